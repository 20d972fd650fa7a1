import Anomaly
import Daemon
import Decode
import Foundation
import Store
import TestKit
import Testing

/// What a replay stored.
private struct Rows: Equatable {
  let alerts: [Alert]
  let seconds: [RegularitySecond]
  let pictures: [Data]
}

@Suite struct CameraPipelineTests {
  /// 2026-01-02T03:04:05.500Z: seconds of the curve do not begin with the clip.
  private let startedAt = Timestamp(millisecondsSince1970: 1_767_323_045_500)

  private func replay(_ frames: [Frame], into store: AlertStore) throws -> Rows {
    try store.openRun(
      Run(id: "replay", kind: .replay, startedAt: startedAt, programVersion: "test", clipDigest: "x"))
    let model = try CameraModel.wall()
    let camera = try store.addCamera("gate", to: "replay", model: model.description)
    let pipeline = try CameraPipeline(camera: camera, store: store, model: model, startedAt: startedAt)
    for frame in frames { try pipeline.process(frame) }
    try pipeline.finish()
    try store.finishRun("replay", at: startedAt + .seconds(60))
    let alerts = try store.alerts().alerts
    return Rows(
      alerts: alerts, seconds: try store.regularity(of: "gate", in: "replay"),
      pictures: try alerts.flatMap { [$0.snapshot, $0.heatMap] }.compactMap(\.self).map {
        try Data(contentsOf: URL(filePath: $0))
      })
  }

  private func newStore(_ folder: TemporaryFolder, _ name: String = "alerts.sqlite") throws -> AlertStore {
    try AlertStore(openingAt: folder.url.appending(path: name), mode: .readWrite)
  }

  @Test func anEventBecomesOneAlertWithItsPictures() throws {
    let folder = try TemporaryFolder()
    let frames = try SyntheticFootage(seed: 1).frames(90, irregular: 40..<55)
    let rows = try replay(frames, into: try newStore(folder))
    #expect(rows.alerts.count == 1)
    let alert = try #require(rows.alerts.first)
    #expect(alert.camera == "gate" && alert.kind == .irregular)
    // The block is there from 4.0 s to 5.4 s.
    #expect(alert.startedAt >= startedAt + .seconds(4) && alert.startedAt <= startedAt + .seconds(4.5))
    #expect(alert.peakedAt >= alert.startedAt && alert.peakedAt <= startedAt + .seconds(5.6))
    let end = try #require(alert.endedAt)
    #expect(end >= alert.peakedAt && end <= startedAt + .seconds(6))
    #expect(alert.regularity < alert.threshold && alert.threshold == 0.5)
    // The box lies around the row in which the block wanders: 45…75 of 120.
    #expect(alert.box.y < 0.5 && alert.box.y + alert.box.height > 0.5 && alert.box.height < 0.6)
    // Its snapshot is of the peak: the block's white stands where the picture says it was.
    let snapshot = try #require(alert.snapshot)
    let picture = try #require(try VideoReader(MediaLocation(snapshot)).next())
    #expect(picture.fullSize == SyntheticFootage.size)
    #expect(picture.gray.pixels.count { $0 > 200 } > 400)
    let overlay = try #require(
      alert.heatMap.map { try VideoReader(MediaLocation($0)).next()?.colorPicture() })
    #expect(overlay?.size == SyntheticFootage.size)
  }

  @Test func theCurveHasEverySecondAndEveryFrame() throws {
    let folder = try TemporaryFolder()
    let frames = try SyntheticFootage(seed: 1).frames(90, irregular: 40..<55)
    let rows = try replay(frames, into: try newStore(folder))
    // Nine seconds from half past: ten seconds of the clock.
    #expect(rows.seconds.map(\.frameCount) == [5] + Array(repeating: 10, count: 8) + [5])
    #expect(rows.seconds.first?.secondSince1970 == startedAt.secondSince1970)
    #expect(
      zip(rows.seconds, rows.seconds.dropFirst()).allSatisfy { $0.secondSince1970 + 1 == $1.secondSince1970 })
    #expect(rows.seconds.allSatisfy { $0.minimum <= $0.mean })
    #expect(rows.seconds.map(\.minimum).min() == rows.alerts.first?.regularity)
  }

  @Test func replayingTwiceGivesTheSameRowsBitForBit() throws {
    let folder = try TemporaryFolder()
    let frames = try SyntheticFootage(seed: 2).frames(120, irregular: 60..<80)
    let here = try newStore(folder)
    let first = try replay(frames, into: here)
    #expect(first.alerts.count == 1)
    let id = try #require(first.alerts.first?.id)
    try here.mark(id, isTrue: false)
    let again = try replay(frames, into: here)
    #expect(again.alerts.map(\.id) == [id])
    #expect(again.alerts.map(\.mark) == [false])
    #expect(again.seconds == first.seconds && again.pictures == first.pictures)
    let elsewhere = try TemporaryFolder()
    let other = try replay(frames, into: try newStore(elsewhere))
    #expect(other.seconds == first.seconds && other.pictures == first.pictures)
    #expect(other.alerts.map(\.startedAt) == first.alerts.map(\.startedAt))
    #expect(other.alerts.map(\.regularity) == first.alerts.map(\.regularity))
  }

  @Test func aClipShorterThanACubeEndsCleanly() throws {
    let folder = try TemporaryFolder()
    let store = try newStore(folder)
    let rows = try replay(try SyntheticFootage(seed: 3).frames(5), into: store)
    #expect(rows.alerts.isEmpty && rows.seconds.isEmpty)
    #expect(try replay([], into: store).seconds.isEmpty)
  }

  @Test func anEventThatIsOpenAtTheEndIsEnded() throws {
    let folder = try TemporaryFolder()
    let frames = try SyntheticFootage(seed: 4).frames(60, irregular: 40..<60)
    let rows = try replay(frames, into: try newStore(folder))
    #expect(rows.alerts.count == 1)
    let end = try #require(rows.alerts.first?.endedAt)
    #expect(end == startedAt + .milliseconds(5_900))
  }

  @Test func aGapStartsANewCube() throws {
    let folder = try TemporaryFolder()
    let store = try newStore(folder)
    // Frames 20…22 are dropped: the 20 before are scored first, the rest in cubes of its own.
    let frames = try SyntheticFootage(seed: 5).frames(60)
    let rows = try replay(frames.filter { !(20...22).contains($0.index) }, into: store)
    #expect(rows.alerts.isEmpty)
    #expect(rows.seconds.map(\.frameCount).reduce(0, +) == 20 + 37)
  }

  @Test func aNewSegmentEndsTheEventAndGoesOnInTheSameRun() throws {
    let folder = try TemporaryFolder()
    let store = try newStore(folder)
    try store.openRun(Run(id: "live", kind: .live, startedAt: startedAt, programVersion: "test"))
    let model = try CameraModel.wall()
    let camera = try store.addCamera("gate", to: "live")
    var news: [AlertObservation] = []
    var ids: [Int64] = []
    let pipeline = try CameraPipeline(
      camera: camera, store: store, model: model, startedAt: startedAt,
      onAlert: { id, alert in
        ids.append(id)
        news.append(alert)
      })
    let frames = try SyntheticFootage(seed: 6).frames(64, irregular: 40..<64)
    for frame in frames { try pipeline.process(frame) }
    // The connection is lost within the event, and the next one begins a minute later.
    #expect(try store.alerts().alerts.map(\.endedAt) == [nil])
    try pipeline.begin(at: startedAt + .seconds(60))
    #expect(try store.alerts().alerts.first?.endedAt == startedAt + .milliseconds(6_300))
    for frame in frames { try pipeline.process(frame) }
    try pipeline.finish()
    let alerts = try store.alerts().alerts.sorted { $0.startedAt < $1.startedAt }
    #expect(alerts.count == 2)
    #expect(alerts.last.map { $0.startedAt >= startedAt + .seconds(64) } == true)
    #expect(pipeline.alertCount == 2)
    #expect(news.map(\.ordinal) == [0, 0, 1, 1])
    #expect(ids == [alerts[0].id, alerts[0].id, alerts[1].id, alerts[1].id])
    #expect(news.map { $0.endedAt == nil } == [true, false, true, false])
  }

  @Test func aCorrectedClockKeepsAnAlertInOrder() throws {
    let folder = try TemporaryFolder()
    let store = try newStore(folder)
    try store.openRun(Run(id: "live", kind: .live, startedAt: startedAt, programVersion: "test"))
    let pipeline = try CameraPipeline(
      camera: try store.addCamera("gate", to: "live"), store: store, model: .wall(), startedAt: startedAt)
    // While the event lasts, the host's clock turns out to be a minute fast.
    for frame in try SyntheticFootage(seed: 8).frames(80, irregular: 40..<60) {
      if frame.index == 49 { pipeline.rebase(to: startedAt + .seconds(-60)) }
      try pipeline.process(frame)
    }
    try pipeline.finish()
    let alert = try #require(try store.alerts().alerts.first)
    let end = try #require(alert.endedAt)
    #expect(alert.startedAt <= alert.peakedAt && alert.peakedAt <= end)
  }

  @Test func aCameraThatStumblesDoesNotPileUpFrames() throws {
    // Every ten frames a pause: no cube is ever full, so no frame is ever scored.
    let folder = try TemporaryFolder()
    let store = try newStore(folder)
    let frames = try SyntheticFootage(seed: 7).frames(200)
    let rows = try replay(frames.filter { $0.index % 20 < 10 }, into: store)
    #expect(rows.seconds.isEmpty && rows.alerts.isEmpty)
  }
}
