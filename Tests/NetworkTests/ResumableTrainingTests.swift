import Foundation
import Network
import Testing

@Suite struct ResumableTrainingTests {
  private struct Stop: Error {}

  /// A training of four steps of 25 seconds each, whose checkpoints say how many were taken.
  private final class FakeTraining: ResumableTraining {
    var steps = 0
    var seconds: Double { Double(25 * steps) }
    var isFinished: Bool { steps == 4 }
    func checkpoint() -> WeightsFile { WeightsFile(metadata: ["steps": String(steps)]) }
  }

  /// How many steps the checkpoint tells of after each step, and at the end; nil where there is none.
  private func run(
    stoppingBefore last: Int = .max, failingIn failure: Int = .max, keepsCheckpoint: Bool = true
  ) throws -> [Int?] {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    func told() -> Int? {
      (try? WeightsFile(contentsOf: file))?.metadata["steps"].flatMap { Int($0) }
    }
    let training = FakeTraining()
    var seen: [Int?] = []
    do {
      try training.run(checkpoint: keepsCheckpoint ? file : nil) {
        if training.steps > 0 { seen.append(told()) }
        if training.steps == last { throw Stop() }
      } takeStep: {
        if training.steps == failure { throw Stop() }
        training.steps += 1
      }
    } catch is Stop {}
    return seen + [told()]
  }

  @Test(arguments: [
    ("9223372036854775807", "1"), ("-1", "1"), ("x", "1"), ("1", "-inf"), ("1", "nan"), ("1", "-1"),
  ]) func progressThatNoTrainingHasIsNone(step: String, seconds: String) {
    #expect(WeightsFile(metadata: ["step": step, "seconds": seconds]).trainingProgress == nil)
    #expect(WeightsFile(metadata: ["step": "7", "seconds": "1.5"]).trainingProgress?.step == 7)
  }

  @Test func aCheckpointIsWrittenEveryMinuteAndAtTheEnd() throws {
    // After 25, 50, 75 seconds, and the end.
    #expect(try run() == [nil, nil, 3, 4])
  }

  @Test func anInterruptionKeepsWhatWasDone() throws {
    #expect(try run(stoppingBefore: 2) == [nil, nil, 2])
    #expect(try run(stoppingBefore: 0) == [0])
  }

  @Test func aFailedStepIsNoCheckpoint() throws {
    #expect(try run(failingIn: 1) == [nil, nil])
  }

  @Test func withoutAPlaceNothingIsWritten() throws {
    #expect(try run(keepsCheckpoint: false) == [nil, nil, nil, nil])
  }
}
