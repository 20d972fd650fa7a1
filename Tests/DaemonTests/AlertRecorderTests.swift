@testable import Anomaly
@testable import Daemon
import Decode
import Foundation
import GRDB
import Store
import TestKit
import Testing

@Suite struct AlertRecorderTests {
  private let folder: TemporaryFolder
  private let store: AlertStore
  private let camera: RunCamera
  private let frames = RecentFrames(capacity: 16, memory: .seconds(1))
  private let startedAt = Timestamp(millisecondsSince1970: 1_767_323_045_500)

  init() throws {
    folder = try TemporaryFolder()
    store = try AlertStore(openingAt: folder.url.appending(path: "alerts.db"), mode: .readWrite)
    try store.openRun(Run(id: "live", kind: .live, startedAt: startedAt, programVersion: "test"))
    camera = try store.addCamera("gate", to: "live")
  }

  private func event(
    _ kind: EventKind, at second: Int, box: Box = .wholePicture, evidence: Evidence? = nil
  ) -> Event {
    Event(
      kind: kind, start: .seconds(second), peak: .seconds(second), end: .seconds(second), peakFrameIndex: 0,
      regularity: 0.3, evidence: evidence, threshold: 0.5,
      heatMap: HeatMap(grid: CellGrid(columns: 2, rows: 1), values: [0.5, 1]), box: box)
  }

  @Test func anAlertThatTheDatabaseRefusesDoesNotHoldUpOthers() throws {
    var refusals: [StoreError] = []
    var news: [Int] = []
    var recorder = AlertRecorder(
      store: store, camera: camera, startedAt: startedAt, onAlert: { news.append($1.ordinal) },
      onRefusal: { refusals.append($0) })
    let impossible = event(.irregular, at: 1, box: Box(x: 0, y: 0, width: 7, height: 1))
    recorder.take([.opened(impossible), .opened(event(.sceneChange, at: 2))], frames: frames)
    try recorder.flush()
    // What becomes of the dropped one is no news.
    recorder.take([.peaked(impossible), .closed(impossible)], frames: frames)
    try recorder.flush()
    #expect(refusals.count == 1)
    #expect(news == [1])
    #expect(try store.alerts().alerts.map(\.kind) == [.sceneChange])
    // The next of its kind is stored.
    recorder.take([.opened(event(.irregular, at: 9))], frames: frames)
    try recorder.flush()
    #expect(refusals.count == 1 && news == [1, 2])
  }

  @Test func theEvidenceIsThatOfThePeak() throws {
    var recorder = AlertRecorder(
      store: store, camera: camera, startedAt: startedAt, onAlert: { _, _ in }, onRefusal: { _ in })
    func evidence() throws -> [AlertEvidence?] { try store.alerts().alerts.map(\.evidence).reversed() }
    recorder.take([.opened(event(.irregular, at: 1, evidence: .appearance))], frames: frames)
    try recorder.flush()
    #expect(try evidence() == [.appearance])
    let peak = event(.irregular, at: 2, evidence: .motion)
    recorder.take([.peaked(peak), .closed(peak), .opened(event(.sceneChange, at: 9))], frames: frames)
    try recorder.flush()
    #expect(try evidence() == [.motion, nil])
  }

  /// Another program holds the database for a while, as `people forget` does.
  @Test func whatALockedDatabaseDoesNotTakeWaits() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "alerts.db").path
    let store = try AlertStore(openingAt: path, mode: .readWrite, busyTimeout: .milliseconds(1))
    try store.openRun(Run(id: "live", kind: .live, startedAt: startedAt, programVersion: "test"))
    let camera = try store.addCamera("gate", to: "live")
    let lane = try AlertLane(
      camera: camera, store: store, model: .wall(), startedAt: startedAt, eventParameters: EventParameters(),
      onAlert: { _, _ in }, onRefusal: { _ in }, onScores: { _ in })
    let other = try DatabaseQueue(path: path)
    try other.writeWithoutTransaction { database in
      try database.execute(sql: "BEGIN IMMEDIATE")
      for frame in try SyntheticFootage(seed: 1).frames(90, irregular: 40..<55) { try lane.process(frame) }
      #expect(throws: StoreError.locked(path: path)) { try lane.finish() }
      try database.execute(sql: "COMMIT")
    }
    #expect(try store.alerts().alerts.isEmpty)
    try lane.finish()
    #expect(try store.alerts().alerts.count == 1)
    let stored = try store.regularity(of: "gate", in: "live").map(\.frameCount)
    #expect(stored.reduce(0, +) == lane.scoredFrameCount)
  }

  /// Wider than JPEG allows.
  @Test func anAlertWhosePictureCannotBeEncodedHasNone() throws {
    let (width, height) = (70_000, 2)
    var clip = Data("YUV4MPEG2 W\(width) H\(height) F10:1 C420jpeg\nFRAME\n".utf8)
    clip += Data(repeating: 128, count: width * height * 3 / 2)
    let file = folder.url.appending(path: "wide.y4m")
    try clip.write(to: file)
    let frame = try #require(try VideoReader(MediaLocation(file: file)).next())
    #expect(throws: DecodeError.self) { try frame.colorPicture().jpegData(quality: 85) }
    var frames = frames
    frames.append(frame)
    var recorder = AlertRecorder(
      store: store, camera: camera, startedAt: startedAt, onAlert: { _, _ in }, onRefusal: { _ in })
    recorder.take([.opened(event(.irregular, at: 0))], frames: frames)
    try recorder.flush()
    let alert = try #require(try store.alerts().alerts.first)
    #expect(alert.snapshot == nil && alert.heatMap == nil)
  }
}
