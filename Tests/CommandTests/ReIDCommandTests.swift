import Foundation
import Network
import TestKit
import Testing

/// `train reid` and `evaluate reid` as a user runs them, on pictures of plain colours.
@Suite(.enabled(if: SmallCamera.isAvailable)) struct ReIDCommandTests {
  private let folder: TemporaryFolder
  private static let header = "file,identity,camera,index,remark"
  private static let lines = ["red", "green", "blue"].flatMap { color in
    ["A", "B"].map { "\(color)-\($0).jpg,\(color),\($0),0,none" }
  }

  init() throws {
    folder = try TemporaryFolder()
    for line in Self.lines {
      let file = line.prefix { $0 != "," }
      try SmallCamera.run(
        "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=\(file.prefix { $0 != "-" }):s=64x160",
        "-frames:v", "1",
        folder.url.appending(path: String(file)).path)
    }
  }

  private func labels(_ lines: [String], named name: String = "labels.csv") throws -> String {
    try folder.write(lines.joined(separator: "\n") + "\n", to: name)
    return name
  }

  private func run(_ arguments: String...) throws -> AnalyticsBinary.Result {
    try AnalyticsBinary.run(arguments, folder: folder.url)
  }

  @Test func aModelIsTrainedAndMeasured() throws {
    let labels = try labels([Self.header] + Self.lines)
    let trained = try run(
      "train", "reid", "--images", ".", "--labels", labels, "--output", "m.safetensors", "--steps", "2")
    #expect(trained.status == 0 && trained.stderr.contains("2 steps in all, 3 people"), "\(trained.stderr)")
    #expect(!FileManager.default.fileExists(atPath: folder.url.path + "/m.safetensors.checkpoint"))
    let measured = try run(
      "evaluate", "reid", "--images", ".", "--labels", labels, "--model", "m.safetensors", "--json")
    #expect(measured.status == 0, "\(measured.stderr)")
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(measured.stdout.utf8)) as? [String: Any])
    #expect(
      Set(object.keys) == [
        "identities", "images", "probes", "rank1", "rank5", "rank10", "rank20", "map", "stranger_similarity",
      ])
    #expect(
      object["identities"] as? Int == 3 && object["images"] as? Int == 6 && object["probes"] as? Int == 3)
    // Among three people everybody is among the first five.
    #expect(object["rank5"] as? Double == 1)
    let fewer = try run(
      "evaluate", "reid", "--images", ".", "--labels", labels, "--model", "m.safetensors", "--identities",
      "2",
      "--json")
    #expect(fewer.stdout.contains("\"identities\":2"))
    #expect(
      try run(
        "evaluate", "reid", "--images", ".", "--labels", labels, "--model", "m.safetensors", "--identities",
        "9"
      ).status == 65)
  }

  /// A vector for each picture, in a file that is no model.
  private func vectors(of files: [String], named name: String = "vectors.safetensors") throws -> String {
    let vectors = files.enumerated().map { place, file in
      (file, WeightsFile.StoredTensor(shape: [2], values: [1, Float(place)]))
    }
    try WeightsFile(tensors: Dictionary(uniqueKeysWithValues: vectors)).write(
      to: folder.url.appending(path: name))
    return name
  }

  @Test func aTeachersVectorsAreTakenByName() throws {
    // The first person has one picture and is passed over, with their vector.
    let lines = Self.lines.filter { !$0.contains("blue-B") }
    let labels = try labels([Self.header] + lines)
    let files = lines.map { String($0.prefix { $0 != "," }) }
    let taught = try run(
      "train", "reid", "--images", ".", "--labels", labels, "--output", "m.safetensors", "--steps", "1",
      "--teacher", try vectors(of: files))
    #expect(taught.status == 0 && taught.stderr.contains("steps in all, 2 people"), "\(taught.stderr)")
    let shown = try run("models", "show", "m.safetensors")
    #expect(shown.stdout.contains("taught by vectors.safetensors"), "\(shown.stdout)")
    let missing = try run(
      "train", "reid", "--images", ".", "--labels", labels, "--output", "m.safetensors", "--steps", "1",
      "--teacher", try vectors(of: files.filter { $0 != "red-B.jpg" }, named: "fewer.safetensors"))
    #expect(
      missing.status == 65 && missing.stderr.contains("has no vector of red-B.jpg, which ")
        && missing.stderr.contains("labels.csv:3 labels"),
      "\(missing.stderr)")
  }

  @Test func peopleOfOnePictureArePassedOver() throws {
    let labels = try labels([Self.header] + Self.lines.filter { !$0.contains("green-B") })
    let trained = try run(
      "train", "reid", "--images", ".", "--labels", labels, "--output", "m.safetensors", "--steps", "1")
    #expect(trained.status == 0 && trained.stderr.contains("steps in all, 2 people"), "\(trained.stderr)")
    #expect(trained.stderr.contains("1 person passed over"), "\(trained.stderr)")
    #expect(!trained.stderr.contains("one camera"), "\(trained.stderr)")
  }

  @Test func whatAModelWillLackIsSaid() throws {
    let labels = try labels([Self.header] + Self.lines.map { $0.replacing(",B,", with: ",A,") })
    let trained = try run(
      "train", "reid", "--images", ".", "--labels", labels, "--output", "m.safetensors", "--steps", "1")
    #expect(
      trained.status == 0 && trained.stderr.contains("all pictures are of one camera"), "\(trained.stderr)")
    #expect(trained.stderr.contains("too few people to hold some back"), "\(trained.stderr)")
  }

  @Test func labelsThatWillNotDoAreNamed() throws {
    let cases: [(lines: [String], status: Int32, words: String)] = [
      ([], 65, "there is no column"),
      ([Self.header], 65, "labels no picture"),
      ([Self.header, "gone.jpg,red,A,0,x", "red-B.jpg,red,B,0,x", "blue-B.jpg,blue,B,0,x"], 74, "gone.jpg"),
      ([Self.header] + Self.lines.filter { $0.contains(",A,") }, 65, "one camera"),
      ([Self.header] + Self.lines.filter { $0.contains(",red,") }, 65, "only one person"),
      ([Self.header, "red-A.jpg,red,A"], 65, "line 2"),
    ]
    for (number, wrong) in cases.enumerated() {
      let labels = try labels(wrong.lines, named: "\(number).csv")
      let result = try run("evaluate", "reid", "--images", ".", "--labels", labels)
      #expect(result.status == wrong.status && result.stderr.contains(wrong.words), "\(result.stderr)")
    }
    let singletons = try labels([Self.header] + Self.lines.filter { $0.contains(",A,") }, named: "a.csv")
    let trained = try run("train", "reid", "--images", ".", "--labels", singletons, "--output", "m")
    #expect(trained.status == 65 && trained.stderr.contains("nobody has two pictures"), "\(trained.stderr)")
    let lonely = try self.labels(
      [Self.header] + Self.lines.filter { !$0.contains("green-B") && !$0.contains("blue-B") },
      named: "one.csv")
    let refused = try run("train", "reid", "--images", ".", "--labels", lonely, "--output", "m")
    #expect(
      refused.status == 65 && refused.stderr.contains("only one person has two pictures"), "\(refused.stderr)"
    )
    let missing = try run("evaluate", "reid", "--images", ".", "--labels", "none.csv")
    #expect(
      missing.status == 74 && missing.stderr.contains("none.csv: cannot be read: No such file or directory"),
      "\(missing.stderr)")
    try Data([0xff, 0xfe, 0xff]).write(to: folder.url.appending(path: "bytes.csv"))
    let bytes = try run("evaluate", "reid", "--images", ".", "--labels", "bytes.csv")
    #expect(
      bytes.status == 74 && bytes.stderr.contains("cannot be read: it is not UTF-8 text"), "\(bytes.stderr)")
    #expect(try run("train", "reid", "--images", ".", "--labels", "none.csv", "--output", "m").status == 74)
    #expect(
      try run("train", "reid", "--images", ".", "--labels", "x", "--output", "m", "--steps", "0").status == 64
    )
  }
}
