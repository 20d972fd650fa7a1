@testable import Daemon
import Decode
import Testing

@Suite struct RecentFramesTests {
  @Test func framesWithoutAScoreAreBounded() throws {
    var recent = RecentFrames(capacity: 16, memory: .milliseconds(500))
    let frames = try SyntheticFootage(seed: 1).frames(60)
    for frame in frames { recent.append(frame) }
    #expect((0..<60).filter { recent.frame($0) != nil } == Array(44..<60))
  }

  @Test func scoredFramesAreKeptForAMoment() throws {
    var recent = RecentFrames(capacity: 16, memory: .milliseconds(500))
    for frame in try SyntheticFootage(seed: 1).frames(16) { recent.append(frame) }
    recent.forget(before: .milliseconds(1_500))
    #expect((0..<16).filter { recent.frame($0) != nil } == Array(10..<16))
    recent.removeAll()
    #expect(recent.frame(15) == nil)
  }
}
