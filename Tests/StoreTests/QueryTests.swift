import Foundation
import TestKit
import Testing

@testable import Store

@Suite struct QueryTests {
  let fixture: Fixture
  let store: AlertStore

  /// Alerts 1…4: door at 10 s and 30 s, gate at 20 s and 5 s after noon, each two seconds long, stored in this order.
  init() throws {
    fixture = try Fixture()
    store = try fixture.store()
    try store.openRun(.replay())
    let door = try store.addCamera("door", to: "r1")
    let gate = try store.addCamera("gate", to: "r1")
    try store.save(.example(0, from: 10, to: 12), of: door)
    try store.save(.example(0, from: 20, to: 22), of: gate)
    try store.save(.example(1, from: 30, to: 32), of: door)
    try store.save(.example(1, from: 5, to: 7), of: gate)
  }

  private func ids(_ query: AlertQuery) throws -> [Int64] { try store.alerts(query).alerts.map(\.id) }

  @Test func newestComeFirst() throws {
    #expect(try ids(AlertQuery()) == [3, 2, 1, 4])
  }

  @Test func sinceAndUntilCountTheirOwnMoment() throws {
    #expect(try ids(AlertQuery(since: .noon(10))) == [3, 2, 1])
    #expect(try ids(AlertQuery(since: .noon(10.001))) == [3, 2])
    #expect(try ids(AlertQuery(until: .noon(10))) == [1, 4])
    #expect(try ids(AlertQuery(until: .noon(9.999))) == [4])
    #expect(try ids(AlertQuery(since: .noon(10), until: .noon(20))) == [2, 1])
    #expect(try ids(AlertQuery(since: .noon(20), until: .noon(10))) == [])
  }

  @Test func cameraIsMatchedWhole() throws {
    #expect(try ids(AlertQuery(camera: "gate")) == [2, 4])
    #expect(try ids(AlertQuery(camera: "doo")) == [])
    #expect(try ids(AlertQuery(camera: "' OR 1 --")) == [])
  }

  @Test func limitTakesTheNewest() throws {
    #expect(try ids(AlertQuery(limit: 2)) == [3, 2])
    #expect(try ids(AlertQuery(limit: 0)) == [])
    #expect(try ids(AlertQuery(camera: "door", limit: 1)) == [3])
  }

  @Test func cursorGoesOnInTheOrderOfTheLog() throws {
    let start = AlertCursor(database: String(store.uuid.prefix(8)), sequence: 0)
    let page = try store.alerts(AlertQuery(limit: 3, after: start))
    #expect(page.alerts.map(\.id) == [1, 2, 3])
    let rest = try store.alerts(AlertQuery(limit: 3, after: page.cursor))
    #expect(rest.alerts.map(\.id) == [4])
    #expect(try ids(AlertQuery(after: rest.cursor)) == [])
    try store.mark(2, isTrue: false)
    #expect(try ids(AlertQuery(after: rest.cursor)) == [2])
    #expect(try ids(AlertQuery(camera: "door", after: rest.cursor)) == [])
  }

  @Test func endIsSeenButNoPeak() throws {
    let door = try store.addCamera("door", to: "r1")
    try store.save(.example(2, from: 40), of: door)
    let cursor = try store.alerts().cursor
    try store.save(.example(2, from: 40, regularity: 0.125), of: door)
    #expect(try ids(AlertQuery(after: cursor)) == [])
    try store.save(.example(2, from: 40, to: 44, regularity: 0.125), of: door)
    #expect(try ids(AlertQuery(after: cursor)) == [5])
  }

  @Test func cursorOfAnotherDatabaseIsRefused() throws {
    let cursor = try AlertCursor("00000000.3")
    #expect(throws: StoreError.badCursor("00000000.3", "it belongs to another database")) {
      try store.alerts(AlertQuery(after: cursor))
    }
  }

  @Test(arguments: [
    "", "x", "12345678", "12345678.", "12345678.-1", "12345678.g", "1234567.1", "12345678.1.1",
  ])
  func textThatIsNoCursorIsRefused(text: String) {
    #expect(throws: StoreError.self) { try AlertCursor(text) }
  }

  @Test func cursorTextComesBack() throws {
    let cursor = try store.alerts().cursor
    #expect(try AlertCursor(cursor.description) == cursor)
  }

  /// A reader that always goes on from its last cursor ends with what the table holds, whatever happens meanwhile.
  @Test(arguments: UInt64(1)...20)
  func followerSeesEverything(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let door = try store.addCamera("door", to: "r1")
    var cursor = AlertCursor(database: String(store.uuid.prefix(8)), sequence: 0)
    var seen: [Int64: Alert] = [:]
    var open: [Int] = []
    for ordinal in 2..<40 {
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        try store.save(.example(ordinal, from: Double.random(in: 0..<60, using: &random)), of: door)
        open.append(ordinal)
      case 1:
        if let ended = open.popLast() { try store.save(.example(ended, from: 60, to: 61), of: door) }
      case 2:
        try store.mark(Int64.random(in: 1...4, using: &random), isTrue: Bool.random(using: &random))
      default:
        let limit = Int.random(in: 0...3, using: &random)
        let page = try store.alerts(AlertQuery(limit: limit, after: cursor))
        #expect(page.alerts.count <= limit)
        for alert in page.alerts { seen[alert.id] = alert }
        cursor = page.cursor
      }
    }
    let rest = try store.alerts(AlertQuery(after: cursor))
    for alert in rest.alerts { seen[alert.id] = alert }
    let all = try store.alerts().alerts
    #expect(seen == Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) }))
    #expect(try ids(AlertQuery(after: rest.cursor)) == [])
  }
}
