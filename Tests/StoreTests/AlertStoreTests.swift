import Foundation
import GRDB
import Testing

@testable import Store

@Suite struct AlertStoreTests {
  let fixture: Fixture
  let store: AlertStore
  let camera: RunCamera

  init() throws {
    fixture = try Fixture()
    store = try fixture.store()
    try store.openRun(.replay())
    camera = try store.addCamera("door", to: "r1")
  }

  @Test func alertComesBackAsItWasStored() throws {
    let id = try store.save(.example(0, from: 1, to: 3), of: camera, snapshot: .snapshot, heatMap: .heatMap)
    let alert = try store.alert(id)
    #expect(alert.id == 1)
    #expect(alert.camera == "door")
    #expect(alert.kind == .irregular)
    #expect(alert.startedAt == .noon(1))
    #expect(alert.peakedAt == .noon(2))
    #expect(alert.endedAt == .noon(3))
    #expect(!alert.isEndEstimated)
    #expect(alert.regularity == 0.25)
    #expect(alert.threshold == 0.5)
    #expect(alert.box == PictureBox(x: 0.25, y: 0.5, width: 0.125, height: 0.25))
    #expect(alert.runID == "r1")
    #expect(alert.mark == nil)
    #expect(try Data(contentsOf: URL(filePath: #require(alert.snapshot))) == Picture.snapshot.data)
    #expect(try Data(contentsOf: URL(filePath: #require(alert.heatMap))) == Picture.heatMap.data)
    #expect(try AlertStore.check(databaseAt: fixture.path) == [])
  }

  @Test func newPeakReplacesPicturesAndDeletesTheOldOnes() throws {
    try store.save(.example(0), of: camera, snapshot: .snapshot, heatMap: .heatMap)
    let before = try store.alert(1)
    var alert = AlertObservation.example(0, from: 1, to: 9, regularity: 0.125)
    try store.save(alert, of: camera, snapshot: Picture(Data("new".utf8), format: .jpeg))
    let after = try store.alert(1)
    #expect(after.regularity == 0.125)
    #expect(after.snapshot != before.snapshot)
    #expect(after.heatMap == before.heatMap)
    #expect(!FileManager.default.fileExists(atPath: try #require(before.snapshot)))
    alert.endedAt = .noon(10)
    try store.save(alert, of: camera)
    #expect(try store.alert(1).snapshot == after.snapshot)
    #expect(try fixture.rows("garbage") == [])
    #expect(try AlertStore.check(databaseAt: fixture.path) == [])
  }

  @Test func settingsOfTheConnectionAreDurable() throws {
    let settings = try store.database.writeWithoutTransaction { database in
      try ["journal_mode", "synchronous", "foreign_keys"].map {
        try String.fetchOne(database, sql: "PRAGMA \($0)")
      }
    }
    #expect(settings == ["wal", "2", "1"])
  }

  @Test func replayingAgainGivesTheSameRowsAndKeepsMarks() throws {
    func replay(_ store: AlertStore) throws {
      try store.openRun(.replay())
      let camera = try store.addCamera(
        "door", to: "r1", model: ModelDescription(hash: "h", name: "stae", path: "m"))
      for ordinal in 0..<3 {
        let start = Double(ordinal * 10)
        try store.save(.example(ordinal, from: start), of: camera, snapshot: .snapshot, heatMap: .heatMap)
        try store.save(
          .example(ordinal, from: start, to: start + 4), of: camera, snapshot: .snapshot, heatMap: .heatMap)
      }
      try store.append(
        (0..<30).map {
          RegularitySecond(
            secondSince1970: Timestamp.noon.secondSince1970 + $0, minimum: 0.5, mean: 0.75, frameCount: 8)
        }, of: camera)
      try store.finishRun("r1", at: .noon(30))
    }
    let tables = ["cameras", "models", "runs", "run_cameras", "alerts", "regularity", "garbage"]
    let first = try Fixture()
    try replay(first.store())
    try first.store().mark(2, isTrue: false)
    let rows = try tables.map(first.rows)
    try replay(first.store())
    #expect(try tables.map(first.rows) == rows)
    #expect(try AlertStore.check(databaseAt: first.path) == [])

    let second = try Fixture()
    try replay(second.store())
    try second.store().mark(2, isTrue: false)
    #expect(try tables.map(second.rows) == rows)
    #expect(try second.store().alert(2).mark == false)
  }

  @Test func alertsNotRaisedAgainAreDeletedWithTheirPictures() throws {
    try store.save(.example(0, from: 1, to: 2), of: camera, snapshot: .snapshot)
    try store.save(.example(1, from: 3, to: 4), of: camera, snapshot: .snapshot)
    try store.finishRun("r1", at: .noon(10))
    try store.openRun(.replay())
    let again = try store.addCamera("door", to: "r1")
    try store.save(.example(0, from: 1, to: 2), of: again, snapshot: .snapshot)
    try store.finishRun("r1", at: .noon(10))
    #expect(try store.alerts().alerts.map(\.id) == [1])
    #expect(fixture.media.names().count == 1)
    #expect(try AlertStore.check(databaseAt: fixture.path) == [])
  }

  @Test func closingEndsOnlyWhatStillLasts() throws {
    try store.save(.example(0, from: 1, to: 2), of: camera)
    try store.save(.example(1, from: 5), of: camera)
    try store.save(.example(2, from: 9), of: camera)
    #expect(try store.closeOpenAlerts(of: "r1", at: .noon(7)) == 2)
    #expect(try store.alerts().alerts.map(\.endedAt) == [.noon(9), .noon(7), .noon(2)])
  }

  @Test func runOfADeadProgramIsEndedAtTheLastMomentKnown() throws {
    let other = try Fixture()
    do {
      let dying = try other.store()
      try dying.openRun(.live("dead"))
      let door = try dying.addCamera("door", to: "dead")
      let gate = try dying.addCamera("gate", to: "dead")
      try dying.save(.example(0, from: 2), of: door)
      try dying.save(.example(0, from: 4), of: gate)
      try dying.append(
        [
          RegularitySecond(
            secondSince1970: Timestamp.noon(6).secondSince1970, minimum: 0.1, mean: 0.2, frameCount: 8)
        ], of: door)
    }
    let next = try other.store()
    #expect(try next.alerts().alerts.map(\.endedAt) == [nil, nil])
    try next.openRun(.live("next"))
    let alerts = try next.alerts().alerts
    #expect(alerts.map(\.camera) == ["gate", "door"])
    #expect(alerts.map(\.endedAt) == [.noon(4), .noon(6)])
    #expect(alerts.map(\.isEndEstimated) == [true, true])
    let run = try other.connection().read {
      try Row.fetchOne($0, sql: "SELECT was_interrupted, ended_at_ms FROM runs WHERE id = 'dead'")
    }
    #expect(run?["was_interrupted"] == 1)
    #expect(run?["ended_at_ms"] == Timestamp.noon(6).millisecondsSince1970)
    #expect(try AlertStore.check(databaseAt: other.path) == [])
  }

  @Test func runOfALivingProgramIsLeftAlone() throws {
    try store.save(.example(0), of: camera)
    let other = try fixture.store()
    #expect(throws: StoreError.runInUse(id: "r1")) { try other.openRun(.replay()) }
    try other.openRun(.live())
    #expect(try other.alert(1).endedAt == nil)
    #expect(throws: StoreError.runInUse(id: "r1")) { try store.openRun(.replay()) }
    try store.finishRun("r1", at: .noon(20))
    try other.openRun(.replay())
  }

  @Test func liveRunIsNotOpenedTwice() throws {
    try store.openRun(.live())
    try store.finishRun("l1", at: .noon(1))
    #expect(throws: StoreError.invalidValue("run l1 exists, and only a replay can be done again")) {
      try store.openRun(.live())
    }
    #expect(throws: StoreError.invalidValue("run l1 is not open")) { try store.addCamera("door", to: "l1") }
  }

  @Test func curveComesBackInOrder() throws {
    let second = RegularitySecond(secondSince1970: 20, minimum: 0.25, mean: 0.5, frameCount: 3)
    let earlier = RegularitySecond(secondSince1970: 10, minimum: 0.5, mean: 0.5, frameCount: 1)
    try store.append([second, earlier], of: camera)
    #expect(try store.regularity(of: "door", in: "r1") == [earlier, second])
    #expect(try store.regularity(of: "gate", in: "r1") == [])
  }

  @Test func impossibleValuesAreRefusedAndLeaveNothing() throws {
    let bad: [(inout AlertObservation) -> Void] = [
      { $0.regularity = 1.5 }, { $0.regularity = .nan }, { $0.threshold = -0.1 }, { $0.box.width = 0.9 },
      { $0.endedAt = .noon(0) }, { $0.peakedAt = .noon(-1) }, { $0.ordinal = -1 },
      {
        $0.kind = .sceneChange
        $0.evidence = .motion
      },
    ]
    for change in bad {
      var alert = AlertObservation.example(0)
      change(&alert)
      let error = #expect(throws: StoreError.self) { try store.save(alert, of: camera, snapshot: .snapshot) }
      guard case .invalidValue = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
    #expect(throws: StoreError.self) {
      try store.append(
        [
          RegularitySecond(secondSince1970: 1, minimum: 0.5, mean: 0.5, frameCount: 1),
          RegularitySecond(secondSince1970: 2, minimum: 0.5, mean: 0.25, frameCount: 1),
        ], of: camera)
    }
    #expect(throws: StoreError.self) { try store.openRun(.replay("../escape")) }
    #expect(try store.alerts().alerts == [])
    #expect(try store.regularity(of: "door", in: "r1") == [])
    #expect(fixture.media.names() == [])
    #expect(try AlertStore.check(databaseAt: fixture.path) == [])
  }

  @Test func markIsStoredWithItsTime() throws {
    try store.save(.example(0, from: 1, to: 2), of: camera)
    try store.mark(1, isTrue: true)
    #expect(try store.alert(1).mark == true)
    try store.mark(1, isTrue: false)
    #expect(try store.alert(1).mark == false)
    let time = try fixture.connection().read {
      try Int64.fetchOne($0, sql: "SELECT marked_at_ms FROM alerts")
    }
    #expect(time == Timestamp.noon.millisecondsSince1970)
    #expect(throws: StoreError.noSuchAlert(id: 7)) { try store.mark(7, isTrue: true) }
  }
}
