import Foundation
import GRDB
import Synchronization
import TestKit
import Testing

@testable import Store

@Suite struct DurabilityTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture() }

  /// The store's file operations, with what was done written down, and one of them made to fail.
  private final class Recorder: Sendable {
    let steps = Mutex<[String]>([])
    let failing = Mutex<String?>(nil)
    let fixture: Fixture

    init(_ fixture: Fixture) { self.fixture = fixture }

    /// Writes down the step and how many alerts other programs see meanwhile.
    func note(_ step: String, _ path: String) throws(FileError) {
      let alerts =
        try? fixture.connection().read { try Int.fetchOne($0, sql: "SELECT count(*) FROM alerts") } ?? 0
      let kind = path.hasSuffix(".tmp") ? "temporary" : path.contains("alert-") ? "picture" : "folder"
      steps.withLock { $0.append("\(step) \(kind), \(alerts ?? 0) alerts") }
      if failing.withLock({ $0 }) == step { throw FileError(path: path, doing: step, code: ENOSPC) }
    }

    var operations: FileOperations {
      let real = FileOperations.posix
      return FileOperations(
        write: { path, data throws(FileError) in
          // A disk that is full takes the first bytes.
          if self.failing.withLock({ $0 }) == "write" { try real.write(path, data.prefix(3)) }
          try self.note("write", path)
          try real.write(path, data)
        },
        sync: { path throws(FileError) in
          try self.note("sync", path)
          try real.sync(path)
        },
        rename: { path, newPath throws(FileError) in
          try self.note("rename", newPath)
          try real.rename(path, newPath)
        },
        createFolder: { path throws(FileError) in
          try self.note("createFolder", path)
          return try real.createFolder(path)
        },
        remove: { path throws(FileError) in
          if self.failing.withLock({ $0 }) == "remove" {
            throw FileError(path: path, doing: "remove", code: EACCES)
          }
          try real.remove(path)
        })
    }
  }

  @Test func pictureIsOnTheDiskBeforeItsRowIsSeen() throws {
    let recorder = Recorder(fixture)
    let store = try fixture.store(busyTimeout: .seconds(5), files: recorder.operations)
    try store.openRun(.replay())
    let camera = try store.addCamera("door", to: "r1")
    recorder.steps.withLock { $0 = [] }
    try store.save(.example(0), of: camera, snapshot: .snapshot)
    #expect(
      recorder.steps.withLock(\.self) == [
        "createFolder folder, 0 alerts", "sync folder, 0 alerts", "write temporary, 0 alerts",
        "sync temporary, 0 alerts", "rename picture, 0 alerts", "sync folder, 0 alerts",
      ])
    #expect(try store.alerts().alerts.count == 1)
  }

  /// For instance since another user's replay has put it in a folder of theirs.
  @Test func anOldPictureThatCannotBeDeletedKeepsNothingElseFromHappening() throws {
    let recorder = Recorder(fixture)
    func open() throws -> AlertStore {
      try fixture.store(busyTimeout: .seconds(5), files: recorder.operations)
    }
    do {
      let store = try open()
      try store.openRun(.replay())
      let camera = try store.addCamera("door", to: "r1")
      recorder.failing.withLock { $0 = "remove" }
      try store.save(.example(0), of: camera, snapshot: .snapshot)
      try fixture.connection().write { try $0.execute(sql: "INSERT INTO garbage VALUES ('r1/old.jpg')") }
      try store.save(.example(0, to: 3), of: camera)
      try store.finishRun("r1", at: .noon(9))
    }
    #expect(try open().alerts().alerts.count == 1)
    #expect(try fixture.rows("garbage").count == 1)
    recorder.failing.withLock { $0 = nil }
    _ = try open()
    #expect(try fixture.rows("garbage") == [])
  }

  @Test(arguments: ["createFolder", "write", "sync", "rename"])
  func fullDiskLeavesNothingHalfWritten(step: String) throws {
    let recorder = Recorder(fixture)
    let store = try fixture.store(busyTimeout: .seconds(5), files: recorder.operations)
    try store.openRun(.replay())
    let camera = try store.addCamera("door", to: "r1")
    recorder.failing.withLock { $0 = step }
    let error = #expect(throws: StoreError.self) {
      try store.save(.example(0), of: camera, snapshot: .snapshot, heatMap: .heatMap)
    }
    guard case .diskFull(_, "alert 0 of camera door") = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try store.alerts().alerts == [])
    #expect(try AlertStore.check(databaseAt: fixture.path) == [])
    recorder.failing.withLock { $0 = nil }
    try store.save(.example(0, from: 1, to: 2), of: camera, snapshot: .snapshot, heatMap: .heatMap)
    #expect(fixture.media.names().count == 2)
    #expect(try AlertStore.check(databaseAt: fixture.path) == [])
  }

  @Test(.enabled(if: SmallDisk.isAvailable, "mounting a small file system needs privileges"))
  func diskThatIsReallyFullIsReportedAndStaysWhole() throws {
    let disk = try SmallDisk(kilobytes: 512)
    let path = disk.path + "/alerts.db"
    let store = try AlertStore(openingAt: path, mode: .readWrite)
    try store.openRun(.replay())
    let camera = try store.addCamera("door", to: "r1")
    let picture = Picture(Data(repeating: 7, count: 8192), format: .jpeg)
    var stored = 0
    let error = #expect(throws: StoreError.self) {
      while stored < 1000 {
        try store.save(.example(stored, from: 1, to: 2), of: camera, snapshot: picture)
        stored += 1
      }
    }
    guard case .diskFull(_, let lost) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(stored > 0)
    #expect(lost == "alert \(stored) of camera door")
    #expect(try store.alerts().alerts.count == stored)
    #expect(try AlertStore.check(databaseAt: path) == [])
  }

  @Test(.enabled(if: SmallDisk.isAvailable, "mounting a small file system needs privileges"))
  func databaseOnAReadOnlyDiskIsReadButNotWritten() throws {
    let disk = try SmallDisk(kilobytes: 2048)
    let path = disk.path + "/alerts.db"
    do {
      let store = try AlertStore(openingAt: path, mode: .readWrite)
      try store.openRun(.replay())
      try store.save(.example(0, from: 1, to: 2), of: store.addCamera("door", to: "r1"), snapshot: .snapshot)
      try store.finishRun("r1", at: .noon(3))
    }
    try disk.makeReadOnly()
    #expect(throws: StoreError.readOnly(path: path)) { try AlertStore(openingAt: path, mode: .readWrite) }
    #expect(throws: StoreError.self) { try AlertStore(openingAt: disk.path + "/new.db", mode: .readWrite) }
    #expect(try AlertStore(openingAt: path, mode: .readOnly).alerts().alerts.count == 1)
    #expect(try AlertStore.check(databaseAt: path) == [])
  }
}
