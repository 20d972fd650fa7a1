import Testing

@testable import Decode

@Suite struct FrameSamplerTests {
  private func picked(_ milliseconds: [Int], rate: Double?, frame: Duration) -> [Int] {
    var sampler = FrameSampler(framesPerSecond: rate, sourceFrameDuration: frame)
    return milliseconds.filter { sampler.picks(.milliseconds($0)) }
  }

  @Test func picksEveryFrameWithoutARate() {
    #expect(picked([0, 1, 7], rate: nil, frame: .milliseconds(40)) == [0, 1, 7])
  }

  @Test func picksTheNearestFrames() {
    // 25 to 10 per second; the grid is 0, 100, 200, …
    #expect(
      picked([0, 40, 80, 120, 160, 200, 240, 280, 320], rate: 10, frame: .milliseconds(40))
        == [0, 80, 200, 280])
  }

  @Test func keepsASourceOfTheSameRateWholeInSpiteOfJitter() {
    let times = [0, 95, 212, 290, 405, 499, 610, 688]
    #expect(picked(times, rate: 10, frame: .milliseconds(100)) == times)
  }

  @Test func keepsASlowerSourceWhole() {
    #expect(picked([0, 200, 400, 600], rate: 10, frame: .milliseconds(200)) == [0, 200, 400, 600])
  }

  @Test func goesByTimeAndNotByIndex() {
    // A burst gives one frame, a gap none.
    #expect(picked([0, 1, 2, 3, 5000, 5001, 5100], rate: 10, frame: .milliseconds(40)) == [0, 5000, 5100])
  }
}
