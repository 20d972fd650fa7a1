import Foundation
import Store
import TestKit
import Testing

/// The real binary on a database with five people: 1 at the door at noon, 2 at the gate at 12:30 who looks much like 1, 3 at
/// the door at 13:00 who looks a little like 1, 4 of another model, and 5 of whom nothing is known; 1 is in alert 1.
@Suite final class PeopleCommandTests {
  let folder: URL
  var path: String { folder.appending(path: "log.db").path }
  let store: AlertStore

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "people-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    store = try AlertStore(openingAt: folder.appending(path: "log.db").path, mode: .readWrite)
    try store.openRun(Run(id: "r1", kind: .live, startedAt: Self.noon, programVersion: "1"))
    let door = try store.addCamera("door", to: "r1")
    let gate = try store.addCamera("garden gate", to: "r1")
    let alert = try store.save(
      AlertObservation(
        ordinal: 0, kind: .irregular, startedAt: Self.noon, peakedAt: Self.noon, endedAt: Self.noon,
        regularity: 0.25, threshold: 0.5, box: .wholePicture),
      of: door, snapshot: Picture(Data("snapshot".utf8), format: .jpeg),
      heatMap: Picture(Data("heat".utf8), format: .png))
    let crop = Picture(Data("crop".utf8), format: .jpeg)
    let first = try store.save(Self.track(0, after: 0), of: door, crop: crop, vector: Self.vector(1, 0))
    try store.save(Self.track(0, after: 1800), of: gate, crop: crop, vector: Self.vector(0.8, 0.6))
    try store.save(Self.track(1, after: 3600), of: door, vector: Self.vector(0.28, 0.96))
    try store.save(Self.track(2, after: 7200), of: door, vector: Self.vector(1, 0, model: "other"))
    try store.save(Self.track(3, after: 7300), of: door)
    try store.link(tracks: [first], toAlert: alert)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private static let noon = Timestamp(millisecondsSince1970: 1_795_262_400_000)

  private static func track(_ ordinal: Int, after start: Int) -> TrackObservation {
    TrackObservation(
      ordinal: ordinal, firstSeen: noon + .seconds(start), lastSeen: noon + .seconds(start + 4),
      frameCount: 8,
      quality: 0.75, bestSeenAt: noon + .seconds(start + 1),
      box: PictureBox(x: 0, y: 0.5, width: 0.25, height: 0.5))
  }

  private static func vector(_ x: Float16, _ y: Float16, model: String = "model") -> TrackVector {
    TrackVector(
      model: ModelDescription(hash: model, name: "msp-cnn", path: "\(model).safetensors"),
      halves: [x.bitPattern, y.bitPattern])
  }

  private func analytics(_ arguments: String...) throws -> AnalyticsBinary.Result { try run(arguments) }

  private func run(_ arguments: [String]) throws -> AnalyticsBinary.Result {
    try AnalyticsBinary.run(
      arguments + ["--database", path], environment: ["TZ": "Europe/Berlin"], folder: folder)
  }

  private func objects(_ arguments: [String]) throws -> [[String: Any]] {
    let result = try run(arguments + ["--json"])
    #expect(result.status == 0, "\(result.stderr)")
    return try result.stdout.split(separator: "\n").map { line in
      try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  private func ids(_ arguments: String...) throws -> [Int] {
    try objects(arguments).map { try #require($0["track"] as? Int) }
  }

  // MARK: - people

  @Test func jsonHasExactlyTheKeysOfTheContract() throws {
    let people = try objects(["people"])
    #expect(people.count == 5)
    let expected: NSDictionary = [
      "track": 1, "camera": "door", "first_seen": "2026-11-21T12:00:00.000Z",
      "last_seen": "2026-11-21T12:00:04.000Z", "frame_count": 8, "quality": 0.75,
      "best_seen_at": "2026-11-21T12:00:01.000Z", "box": ["x": 0, "y": 0.5, "width": 0.25, "height": 0.5],
      "crop": path + ".media/r1/camera-1-track-0-1795262401000-crop.jpg", "run_id": "r1", "model": "model",
    ]
    #expect(people[4] as NSDictionary == expected)
    #expect(people[0]["crop"] is NSNull && people[0]["model"] is NSNull)
  }

  /// What is said where a camera that was asked for is unknown.
  private static func nothing(_ words: String) -> String {
    "\(words): no camera is called \"roof\"; there are \"door\", \"garden gate\"\n"
  }

  @Test func tableIsAlignedAndStatesTheZone() throws {
    let result = try analytics("people", "-n", "4")
    #expect(result.stderr == "")
    #expect(
      result.stdout
        == """
        ID  CAMERA       LAST SEEN                  LASTED  QUALITY
        5   door         2026-11-21 15:01:44+01:00  4.0 s   0.750
        4   door         2026-11-21 15:00:04+01:00  4.0 s   0.750
        3   door         2026-11-21 14:00:04+01:00  4.0 s   0.750
        2   garden gate  2026-11-21 13:30:04+01:00  4.0 s   0.750

        """)
  }

  @Test func optionsNarrow() throws {
    #expect(try ids("people") == [5, 4, 3, 2, 1])
    #expect(try ids("people", "list", "-n2") == [5, 4])
    #expect(try ids("people", "--camera", "garden gate") == [2])
    #expect(try ids("people", "--since", "2026-11-21 14:00") == [5, 4, 3])
    let empty = try analytics("people", "--camera", "roof")
    #expect(empty.status == 0 && empty.stdout == "" && empty.stderr == Self.nothing("no people"))
  }

  @Test func showTellsAllAndSavesTheCrop() throws {
    let crop = folder.appending(path: "c.jpg")
    let result = try analytics("people", "show", "1", "--crop", crop.path)
    #expect(result.status == 0)
    #expect(result.stdout.contains("camera      door\n"))
    #expect(result.stdout.contains("last seen   2026-11-21 13:00:04+01:00\n"))
    #expect(try Data(contentsOf: crop) == Data("crop".utf8))
    #expect(
      try analytics("people", "--json").stdout.hasSuffix(analytics("people", "show", "1", "--json").stdout))
    let none = try analytics("people", "show", "3", "--crop", crop.path)
    #expect(none.status == 1)
    #expect(none.stderr == "analytics: track 3 has no crop.\n")
    #expect(try analytics("people", "show", "1", "--crop", "/nowhere/c.jpg").status == 74)
  }

  // MARK: - search

  @Test func searchFindsTheMostSimilarFirst() throws {
    let found = try objects(["search", "--track", "1"])
    #expect(found.map { $0["track"] as? Int } == [2, 3])
    let similarities = found.compactMap { $0["similarity"] as? Double }
    #expect(abs(similarities[0] - 0.8) < 1e-3 && abs(similarities[1] - 0.28) < 1e-3)
    #expect(Set(found[0].keys).subtracting(["similarity"]) == Set(try objects(["people"])[0].keys))
    let table = try analytics("search", "--track", "1")
    #expect(table.stderr == "1 tracks were left out: their vectors are of another model\n")
    #expect(
      table.stdout
        == """
        ID  CAMERA       LAST SEEN                  LASTED  QUALITY  SIMILARITY
        2   garden gate  2026-11-21 13:30:04+01:00  4.0 s   0.750    0.800
        3   door         2026-11-21 14:00:04+01:00  4.0 s   0.750    0.280

        """)
  }

  /// The filter comes first: the one most similar at the door is not the one most similar of all.
  @Test func searchIsNarrowedBeforeTheMostSimilarAreTaken() throws {
    #expect(try ids("search", "--track", "1", "--top", "1") == [2])
    #expect(try ids("search", "--track", "1", "--top", "1", "--camera", "door") == [3])
    #expect(try ids("search", "--track", "1", "--top", "1", "--since", "2026-11-21 14:00") == [3])
    let nobody = try analytics("search", "--track", "1", "--camera", "roof")
    #expect(nobody.status == 0 && nobody.stdout == "" && nobody.stderr == Self.nothing("nobody else"))
    let other = try analytics("search", "--track", "4")
    #expect(other.stdout == "")
    #expect(other.stderr == "3 tracks were left out: their vectors are of another model\nnobody else\n")
  }

  @Test func damagedVectorsAreNamedAndHarmNoOther() throws {
    let door = try store.addCamera("door", to: "r1")
    try store.save(Self.track(9, after: 9000), of: door, vector: Self.vector(.nan, 0))
    try store.save(Self.track(10, after: 9000), of: door, vector: Self.vector(0.5, 0))
    let result = try analytics("search", "--track", "1", "--json")
    #expect(result.status == 0)
    #expect(result.stdout.split(separator: "\n").count == 2)
    #expect(
      result.stderr.contains("track 6 was left out: ") && result.stderr.contains("track 7 was left out: "))
    let damaged = try analytics("search", "--track", "6")
    #expect(damaged.status == 74)
    #expect(damaged.stderr.hasPrefix("analytics: the vector of track 6 is damaged: "))
    #expect(try analytics("check").stdout.hasPrefix("the vector of track 6 has the length nan, not 1\n"))
  }

  // MARK: - forget

  @Test func forgetDeletesAPersonAndTheirPictures() throws {
    let result = try analytics("people", "forget", "1")
    #expect(result.status == 0 && result.stderr == "")
    #expect(
      result.stdout
        == """
        ID  CAMERA  LAST SEEN                  LASTED  QUALITY
        1   door    2026-11-21 13:00:04+01:00  4.0 s   0.750
        forgotten: 1 tracks, 1 crops, 2 pictures of alerts

        """)
    #expect(try ids("people") == [5, 4, 3, 2])
    #expect(try store.alert(1).snapshot == nil && store.alert(1).heatMap == nil)
    #expect(try pictures(of: path).count == 1)
    #expect(try analytics("check").stdout == "\(path): all is well\n")
    let again = try analytics("people", "forget", "1")
    #expect(again.status == 1)
    #expect(again.stderr == "analytics: there is no track 1. `analytics people` lists them.\n")
  }

  @Test func forgetTakesThoseWhoLookSimilarAlong() throws {
    let result = try analytics("people", "forget", "1", "--similar-above", "0.79")
    #expect(result.stdout.hasSuffix("forgotten: 2 tracks, 2 crops, 2 pictures of alerts\n"))
    #expect(try ids("people") == [5, 4, 3])
    #expect(try analytics("people", "forget", "3", "--similar-above", "-1").status == 0)
    #expect(try ids("people") == [5, 4], "another model cannot be compared")
    let unknown = try analytics("people", "forget", "5", "--similar-above", "0.5")
    #expect(unknown.status == 1)
    #expect(unknown.stderr.hasPrefix("analytics: track 5 has no vector to compare with"))
    #expect(try ids("people") == [5, 4], "nothing was changed")
  }

  // MARK: - Bad input

  @Test(arguments: [
    ["people", "-n", "-1"], ["people", "--since", "soon"], ["people", "show"], ["people", "show", "-1"],
    ["people", "show", "x"], ["people", "forget"], ["people", "forget", "1", "--similar-above", "1.5"],
    ["people", "forget", "1", "--similar-above", "-1.01"],
    ["people", "forget", "1", "--similar-above", "nan"],
    ["search"], ["search", "--track", "x"], ["search", "--track", "1", "--top", "0"],
    ["search", "--track", "1", "--top", "-3"],
  ])
  func wrongUsageIsRefused(arguments: [String]) throws {
    let result = try run(arguments)
    #expect(result.status == 64)
    #expect(result.stdout == "")
    #expect(result.stderr.hasPrefix("Error: "))
    #expect(try store.tracks().count == 5)
  }

  @Test(arguments: [["people", "show", "99"], ["people", "forget", "99"], ["search", "--track", "99"]])
  func unknownTrackIsNamed(arguments: [String]) throws {
    let result = try run(arguments)
    #expect(result.status == 1)
    #expect(result.stderr == "analytics: there is no track 99. `analytics people` lists them.\n")
  }

  @Test(arguments: [
    ["people"], ["people", "show", "1"], ["people", "forget", "1"], ["search", "--track", "1"],
  ])
  func missingDatabaseIsNamed(arguments: [String]) throws {
    let result = try AnalyticsBinary.run(arguments + ["--database", "/nowhere/log.db"])
    #expect(result.status == 74)
    #expect(result.stderr.hasPrefix("analytics: /nowhere/log.db: there is no such database"))
  }
}
