@testable import Daemon
import Decode
import Foundation
import Store
import TestKit
import Testing

@Suite struct WatchdogTests {
  private let status = CameraStatus(camera: "gate", now: { Timestamp(millisecondsSince1970: 0) })
  private let other = CameraStatus(camera: "yard", now: { Timestamp(millisecondsSince1970: 0) })

  private func hanging(_ watchdog: inout Watchdog, at second: Int) -> [String] {
    watchdog.hangingCameras([status.snapshot, other.snapshot], now: .seconds(second))
  }

  @Test func aCameraThatAdvancesIsAlive() {
    var watchdog = Watchdog(patience: .seconds(60))
    for status in [status, other] { status.enter(.streaming) }
    for second in stride(from: 0, to: 600, by: 50) {
      for status in [status, other] {
        status.update {
          $0.framesRead += 1
          $0.framesAnalysed += 1
        }
      }
      #expect(hanging(&watchdog, at: second).isEmpty)
    }
  }

  /// Opening, probing and waiting for the first frame, each as slow as may be, are no hanging.
  @Test func everyDeadlineOfACameraIsShorterThanThePatience() throws {
    let unit = try String(
      contentsOf: TestData.packageRoot.appending(path: "systemd/analytics.service"), encoding: .utf8)
    let minutes = try #require(unit.firstMatch(of: /WatchdogSec=(\d+)min/).flatMap { Int($0.1) })
    // As the line to systemd has it: half of the time.
    let patience = Duration.seconds(60 * minutes) / 2
    let longest = Duration.seconds(CameraConfiguration.timeoutSeconds.upperBound)
    #expect(longest * 3 < patience)
    #expect(longest * 2 + max(longest, ReaderOptions.longestWaitForFrame) < patience)
  }

  @Test func oneCameraThatHangsIsNamed() {
    var watchdog = Watchdog(patience: .seconds(60))
    for status in [status, other] { status.enter(.streaming) }
    #expect(hanging(&watchdog, at: 0).isEmpty)
    other.update {
      $0.framesRead += 1
      $0.framesAnalysed += 1
    }
    #expect(hanging(&watchdog, at: 60).isEmpty)
    #expect(hanging(&watchdog, at: 61) == ["gate"])
    status.update {
      $0.framesRead += 1
      $0.framesAnalysed += 1
    }
    #expect(hanging(&watchdog, at: 62).isEmpty)
  }

  @Test func aReaderThatGoesOnDoesNotExcuseAnAnalysisThatHangs() {
    var watchdog = Watchdog(patience: .seconds(60))
    status.enter(.streaming)
    other.enter(.finished)
    var found: [[String]] = []
    for second in stride(from: 0, through: 80, by: 20) {
      status.update { $0.framesRead += 1 }
      found.append(hanging(&watchdog, at: second))
    }
    // Analysis stood still from the first look at 0 s.
    #expect(found == [[], [], [], [], ["gate"]])
  }

  @Test(arguments: [
    CameraState.backingOff(reason: "timed out", delay: .seconds(60)), .finished, .failed(reason: "no model"),
    .stopped,
  ])
  func aCameraThatKnowinglyWaitsIsAlive(state: CameraState) {
    var watchdog = Watchdog(patience: .seconds(60))
    for status in [status, other] { status.enter(state) }
    #expect(hanging(&watchdog, at: 0).isEmpty)
    #expect(hanging(&watchdog, at: 100_000).isEmpty)
  }

  @Test(arguments: [CameraState.starting, .connecting])
  func openingThatNeverEndsIsNot(state: CameraState) {
    var watchdog = Watchdog(patience: .seconds(60))
    status.enter(state)
    other.enter(.stopped)
    #expect(hanging(&watchdog, at: 0).isEmpty)
    #expect(hanging(&watchdog, at: 61) == ["gate"])
    // Going on to the next state is progress.
    status.enter(.streaming)
    #expect(hanging(&watchdog, at: 62).isEmpty)
  }
}
