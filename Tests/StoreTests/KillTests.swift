import Foundation
import GRDB
import Synchronization
import TestKit
import Testing

@testable import Store

/// Kills a writing process at random points, a hundred times over one database.
@Suite struct KillTests {
  @Test func killedWriterLeavesTheStoreWholeAndLosesNothingAcknowledged() async throws {
    let fixture = try Fixture()
    let path = fixture.path
    for seed in UInt64(0)..<100 {
      await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, seed = seed as UInt64] in
        try writeUntilKilled(path, seed: seed)
      }
      // Before the next start has cleaned up, and, at the next kill, after it has.
      let findings = try AlertStore.check(databaseAt: path)
      try #require(findings == [], "seed \(seed)")
      #expect(try lostAlerts(fixture) == [], "seed \(seed)")
    }
    let store = try fixture.store()
    try store.openRun(.live("last"))
    #expect(try !store.alerts().alerts.contains { $0.endedAt == nil })
    #expect(try fixture.rows("garbage") == [])
    #expect(try AlertStore.check(databaseAt: path) == [])
    // The kills must have come while there was something to lose.
    #expect(try store.alerts().alerts.contains(where: \.isEndEstimated))
  }

  /// The alerts of which the writers were told that they are stored, with the person in them, and are not.
  private func lostAlerts(_ fixture: Fixture) throws -> [String] {
    let stored = try fixture.connection().read { database in
      try Set(
        String.fetchAll(
          database,
          sql: """
            SELECT runs.id || ' ' || alerts.ordinal FROM alerts
            JOIN run_cameras ON run_cameras.id = alerts.run_camera_id JOIN runs ON runs.number = run_number
            JOIN tracks ON tracks.run_camera_id = alerts.run_camera_id AND tracks.ordinal = alerts.ordinal
            JOIN embeddings ON track_id = tracks.id
            """))
    }
    let acknowledged = try String(contentsOfFile: acknowledgements(fixture.path), encoding: .utf8)
    return acknowledged.split(separator: "\n").map(String.init).filter { !stored.contains($0) }
  }
}

private func acknowledgements(_ path: String) -> String { path + ".acknowledged" }

/// Writes alerts and people with pictures, and now and then forgets somebody, until, after a random number of steps and a random moment more, a second thread kills the
/// process.
private func writeUntilKilled(_ path: String, seed: UInt64) throws {
  let steps = Steps()
  var random = SplitMix64(seed: seed)
  let last = Int.random(in: 1...120, using: &random)
  let spins = Int.random(in: 0...100_000, using: &random)
  Thread.detachNewThread {
    while steps.count < last {}
    for _ in 0..<spins { _ = steps.count }
    kill(getpid(), SIGKILL)
  }

  let log = open(acknowledgements(path), O_WRONLY | O_APPEND | O_CREAT, 0o644)
  let store = try AlertStore(openingAt: path, mode: .readWrite, files: steps.counting(.posix))
  let run = Run.live("live-\(seed)")
  try store.openRun(run)
  let camera = try store.addCamera("door", to: run.id)
  for ordinal in 0... {
    let start = Double(10 * ordinal)
    for end in [nil, nil, start + 5] as [Double?] {
      try store.save(
        .example(ordinal, from: start, to: end), of: camera, snapshot: .snapshot, heatMap: .heatMap)
      steps.add()
    }
    for person in [ordinal, 1_000 + ordinal] {
      let track = try store.save(
        .person(person, from: start, to: start + 5), of: camera, crop: .crop, vector: .example(seed))
      steps.add()
      if person == 1_002 { try store.forgetTracks([track]) }
      steps.add()
    }
    let line = "\(run.id) \(ordinal)\n"
    _ = line.withCString { write(log, $0, strlen($0)) }
    let second = Timestamp.noon(start).secondSince1970
    try store.append(
      [RegularitySecond(secondSince1970: second, minimum: 0.5, mean: 0.75, frameCount: 8)], of: camera)
    steps.add()
  }
}

/// Counts what a writer does.
private final class Steps: Sendable {
  private let value = Atomic(0)
  var count: Int { value.load(ordering: .relaxed) }

  func add() { value.add(1, ordering: .relaxed) }

  /// File operations that count.
  func counting(_ files: FileOperations) -> FileOperations {
    FileOperations(
      write: { path, data throws(FileError) in
        self.add()
        try files.write(path, data)
      },
      sync: { path throws(FileError) in
        self.add()
        try files.sync(path)
      },
      rename: { path, newPath throws(FileError) in
        self.add()
        try files.rename(path, newPath)
      },
      createFolder: { path throws(FileError) in
        self.add()
        return try files.createFolder(path)
      },
      remove: { path throws(FileError) in
        self.add()
        try files.remove(path)
      })
  }
}
