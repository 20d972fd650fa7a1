import Anomaly
import Decode
import Foundation
import Network
import TestKit
import Testing

/// `analytics evaluate anomaly` as a user runs it, on a benchmark of one small camera.
@Suite(.enabled(if: SmallCamera.isAvailable)) struct EvaluateCommandTests {
  private let folder: TemporaryFolder
  private let camera: SmallCamera
  private var labels: URL { folder.url.appending(path: "labels.csv") }

  /// 200 frames, of which 80…119 are irregular, and 10 in which nothing happens.
  init() throws {
    folder = try TemporaryFolder()
    camera = try SmallCamera.shared()
    for (clip, name) in [
      (camera.normal, "train/01"), (camera.event, "test/event"), (camera.short, "test/short"),
    ] {
      let link = folder.url.appending(path: name + ".mkv")
      try FileManager.default.createDirectory(
        at: link.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: clip)
    }
    try write(rows(event: 200))
  }

  private func rows(event: Int, name: String = "test/event") -> [String] {
    (0..<event).map { "\(name),\($0),\((80..<120).contains($0) ? 1 : 0)" }
      + (0..<10).map { "test/short,\($0),0" }
  }

  private func write(_ rows: [String]) throws {
    try folder.write((["clip,frame_index,anomalous"] + rows).joined(separator: "\n"), to: "labels.csv")
  }

  private func evaluate(_ arguments: String..., test: String = "test") throws -> AnalyticsBinary.Result {
    try evaluate(arguments, test: test)
  }

  private func evaluate(_ arguments: [String], test: String = "test") throws -> AnalyticsBinary.Result {
    try AnalyticsBinary.run(
      ["evaluate", "anomaly", "--test", test, "--labels", labels.path] + arguments, folder: folder.url)
  }

  /// Every key of an object with those below it, `a.b`.
  private func keys(_ value: Any, _ path: String = "") -> Set<String> {
    guard let object = value as? [String: Any] else { return [path] }
    return object.reduce(into: []) {
      $0.formUnion(keys($1.value, path.isEmpty ? $1.key : path + "." + $1.key))
    }
  }

  private func object(_ result: AnalyticsBinary.Result) throws -> [String: Any] {
    try #require(result.status == 0, "\(result.stderr)")
    #expect(result.stdout.split(separator: "\n").count == 1)
    return try #require(
      try JSONSerialization.jsonObject(with: Data(result.stdout.utf8)) as? [String: Any])
  }

  private static let keys: Set<String> = [
    "paper.auc", "paper.eer", "min_max.auc", "min_max.eer", "per_video.auc", "per_video.one_class_clips",
    "causal.auc", "causal.eer",
    "pixel", "channels.appearance.min_max.auc", "channels.appearance.min_max.eer",
    "channels.appearance.raw.auc", "channels.appearance.raw.eer", "channels.appearance_sum.min_max.auc",
    "channels.appearance_sum.min_max.eer", "channels.appearance_sum.raw.auc",
    "channels.appearance_sum.raw.eer", "channels.motion.min_max.auc",
    "channels.motion.min_max.eer", "channels.motion.raw.auc", "channels.motion.raw.eer",
    "events.true_positives", "events.false_positives", "events.missed", "false_alerts_per_day.asked",
    "false_alerts_per_day.found", "false_alerts_per_day.count", "false_alerts_per_day.regular_seconds",
    "clips", "frames", "irregular_frames", "model",
  ]

  // MARK: Results

  @Test func trainingAndEvaluatingPrintsTheKeysOfTheContract() throws {
    let model = folder.url.appending(path: "model.safetensors").path
    let page = folder.url.appending(path: "report.html")
    let scores = folder.url.appending(path: "scores.csv")
    let trained = try evaluate(
      "--train", "train", "--init", camera.model.path, "--steps", "2", "--json", "--output", model,
      "--report", page.path, "--scores", scores.path)
    let json = try object(trained)
    #expect(keys(json) == Self.keys)
    #expect(json["pixel"] is NSNull)
    #expect(json["clips"] as? Int == 2 && json["frames"] as? Int == 210)
    #expect(json["irregular_frames"] as? Int == 40)
    #expect((json["per_video"] as? [String: Any])?["one_class_clips"] as? Int == 1)
    #expect((json["false_alerts_per_day"] as? [String: Any])?["asked"] as? Double == 1)
    for name in ["paper", "causal"] {
      let curve = try #require(json[name] as? [String: Double])
      #expect(curve.values.allSatisfy { (0...1).contains($0) })
      // A white square before a wall: whatever two steps come to, it is seen.
      #expect(try #require(curve["auc"]) > 0.8)
    }
    #expect(try String(contentsOf: page, encoding: .utf8).hasSuffix("</html>\n"))
    let lines = try String(contentsOf: scores, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 1 + 210)
    #expect(lines[0] == "clip,frame_index,anomalous,irregularity,causal,appearance,motion,appearance_sum")
    #expect(lines[81].hasPrefix("test/event,80,1,"))
    #expect(lines.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == 8 })
    // What was kept is what was measured.
    let again = try evaluate("--model", model, "--json")
    #expect(again.stdout == trained.stdout)
  }

  @Test func masksGiveThePixelLevel() throws {
    let square =
      "color=c=white:s=20x20:r=10[v];[w][v]overlay=x=20:y=12:enable='between(t,8,11.95)':shortest=1"
    for (name, graph) in [
      ("event", "color=c=black:s=64x48:r=10:d=20[w];" + square), ("short", "color=c=black:s=64x48:r=10:d=1"),
    ] {
      let masks = folder.url.appending(path: "masks/test/\(name)")
      try FileManager.default.createDirectory(at: masks, withIntermediateDirectories: true)
      try run(
        "ffmpeg", "-v", "error", "-f", "lavfi", "-i", graph, "-pix_fmt", "gray", "-start_number", "0",
        masks.path + "/%03d.png")
    }
    let tar = folder.url.appending(path: "masks.tar").path
    try run("tar", "-C", folder.url.appending(path: "masks").path, "-cf", tar, "test")
    let json = try object(try evaluate("--model", camera.model.path, "--masks", tar, "--json"))
    #expect(keys(json) == Self.keys.subtracting(["pixel"]).union(["pixel.auc", "pixel.eer"]))
    let pixel = try #require((json["pixel"] as? [String: Double])?["auc"])
    #expect(pixel > 0.8 && pixel <= 1)
    // A mask that is missing is found before anything is trained.
    try run("tar", "-C", folder.url.appending(path: "masks").path, "-cf", tar, "test/event")
    let missing = try evaluate("--train", "train", "--steps", "1000000", "--masks", tar)
    #expect(missing.status == 65)
    #expect(missing.stderr == "analytics: \(tar): there is no mask test/short/0.png\n")
  }

  @Test func peopleReadATable() throws {
    let result = try evaluate("--model", camera.model.path)
    #expect(result.status == 0)
    let lines = result.stdout.split(separator: "\n")
    #expect(lines.first == "test: 2 clips, 210 frames, 40 irregular")
    for name in ["paper", "per video", "causal", "pixel level (raw): no masks", "events", "false alerts"] {
      #expect(lines.contains { $0.hasPrefix(name) }, "\(name)")
    }
  }

  // MARK: A network alone

  private static let networkKeys: Set<String> = Set(
    ["window", "window_median", "sum", "cube"].flatMap { score in
      ["paper.auc", "paper.eer", "min_max.auc", "min_max.eer", "raw.auc", "raw.eer"].map { "\(score).\($0)" }
    }
  ).union(["causal.auc", "causal.eer", "network", "steps", "clips", "frames", "irregular_frames", "model"])

  @Test func aNetworkForMotionIsMeasuredAlone() throws {
    let model = folder.url.appending(path: "motion.safetensors").path
    let scores = folder.url.appending(path: "scores.csv")
    let trained = try evaluate(
      "--input", "motion", "--train", "train", "--steps", "2", "--prediction", "none", "--json", "--output",
      model, "--scores", scores.path)
    let json = try object(trained)
    #expect(keys(json) == Self.networkKeys)
    #expect(json["network"] as? String == "STAE-optflow" && json["steps"] as? Int == 2)
    #expect(json["frames"] as? Int == 210 && json["irregular_frames"] as? Int == 40)
    let lines = try String(contentsOf: scores, encoding: .utf8).split(separator: "\n")
    #expect(
      lines[0] == "clip,frame_index,anomalous,window,window_median,sum,cube,causal" && lines.count == 211)
    #expect(try evaluate("--input", "motion", "--model", model, "--json").stdout == trained.stdout)
    let shown = try AnalyticsBinary.run(["models", "show", model])
    #expect(shown.status == 0 && shown.stdout.hasPrefix("network: STAE-optflow\n"), "\(shown.stderr)")
    // It is no network for what a camera is watched with, nor the other way round.
    let words = "holds STAE-optflow; STAE-grayscale is needed"
    expect(65, words, try evaluate("--model", model, "--train", "train"))
    let exported = try AnalyticsBinary.run(
      ["export", model, "--onnx", folder.url.appending(path: "motion.onnx").path])
    #expect(exported.status == 0, "\(exported.stderr)")
    expect(65, words, try AnalyticsBinary.run(["replay", camera.event.path, "--model", model]))
    expect(
      65, "holds STAE-grayscale; STAE-optflow is needed",
      try evaluate("--input", "motion", "--model", camera.model.path))
  }

  /// Trained from the camera's weights, whose cubes have eight frames, and, for motion fields, from fresh ones.
  @Test(arguments: [[], ["--input", "gray"], ["--input", "motion"]])
  func aNetworkIsTrainedAtTheSizeThatIsAsked(input: [String]) throws {
    let model = folder.url.appending(path: "other-size.safetensors")
    let isMotion = input.contains("motion")
    let start = isMotion ? [] : ["--init", camera.model.path]
    let training = ["--train", "train", "--steps", "1", "--size", "64x96"]
    _ = try object(try evaluate(input + start + training + ["--json", "--output", model.path]))
    let trained = try AnomalyModel(contentsOf: model, for: [isMotion ? .motion : .gray]).card.cubeShape
    #expect(trained.pictureSize.width == 64 && trained.pictureSize.height == 96)
    let before = try isMotion ? .standard(.motion) : AnomalyModel(contentsOf: camera.model).card.cubeShape
    #expect(trained.frames == before.frames)
  }

  @Test func cubesAreChangedAsAsked() throws {
    func trained(_ options: String...) throws -> [UInt8] {
      let model = folder.url.appending(path: UUID().uuidString)
      let training = ["--input", "gray", "--init", camera.model.path, "--train", "train", "--steps", "1"]
      _ = try object(try evaluate(training + ["--json", "--output", model.path] + options))
      return [UInt8](try Data(contentsOf: model))
    }
    let usual = try trained()
    #expect(try trained("--augmentation", "light") == usual)
    #expect(try trained("--augmentation", "none") != usual)
    expect(
      64, "--augmentation is for pictures",
      try evaluate("--input", "motion", "--train", "train", "--augmentation", "paper"))
  }

  @Test func theCamerasNetworkIsMeasuredAlone() throws {
    let json = try object(try evaluate("--input", "gray", "--model", camera.model.path, "--json"))
    #expect(keys(json) == Self.networkKeys && json["network"] as? String == "STAE-grayscale")
    let table = try evaluate("--input", "gray", "--model", camera.model.path)
    let lines = table.stdout.split(separator: "\n")
    for name in ["STAE-grayscale alone", "largest window:", "summed over", "over the cube around"] {
      #expect(lines.contains { $0.hasPrefix(name) }, "\(name)")
    }
    expect(
      64, "--report", try evaluate("--input", "gray", "--model", camera.model.path, "--report", "a.html"))
    expect(64, "--prediction", try evaluate("--train", "train", "--prediction", "sometimes"))
  }

  @Test func theBaselineIsTrainedAndMeasured() throws {
    let convae = ["--input", "gray", "--network", "convae"]
    let result = try evaluate(convae + ["--train", "train", "--steps", "1", "--json"])
    let json = try object(result)
    #expect(keys(json) == Self.networkKeys.subtracting(["model"]))
    #expect(json["network"] as? String == "ConvAE" && json["steps"] as? Int == 1)
    #expect(json["frames"] as? Int == 210)
    let words = "none of --model, --init, --size, --augmentation, --prediction and --output"
    expect(64, words, try evaluate(convae + ["--model", camera.model.path]))
    expect(64, words, try evaluate(convae + ["--train", "train", "--prediction", "none"]))
    expect(64, words, try evaluate(convae + ["--train", "train", "--init", "scratch"]))
    expect(64, words, try evaluate(convae + ["--train", "train", "--output", "a.safetensors"]))
    expect(64, words, try evaluate(convae + ["--train", "train", "--size", "64x64"]))
    expect(64, words, try evaluate(convae + ["--train", "train", "--augmentation", "none"]))
    expect(64, "--network is for", try evaluate("--network", "convae", "--train", "train"))
    expect(64, "--network is for", try evaluate("--input", "motion", "--network", "stae", "--train", "train"))
    expect(64, "--hop 11", try evaluate(convae + ["--train", "train", "--steps", "1", "--hop", "11"]))
  }

  // MARK: Errors

  private func expect(_ status: Int32, _ words: String, _ result: AnalyticsBinary.Result) {
    #expect(result.exited && result.status == status, "\(result.stderr)")
    #expect(result.stderr.contains(words), "\(result.stderr)")
    #expect(result.stdout.isEmpty)
  }

  @Test func whatIsMissingIsNamed() throws {
    let model = camera.model.path
    expect(74, "nowhere: cannot be read: it is no folder", try evaluate("--model", model, test: "nowhere"))
    expect(74, "nowhere: cannot be read", try evaluate("--train", "nowhere", "--steps", "2"))
    expect(
      74, "/nowhere/masks.tar: cannot be read",
      try evaluate("--model", model, "--masks", "/nowhere/masks.tar"))
    expect(74, "/nowhere/model", try evaluate("--model", "/nowhere/model"))
    try FileManager.default.removeItem(at: labels)
    expect(74, labels.path, try evaluate("--model", model))
    try write([])
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "empty"), withIntermediateDirectories: false)
    expect(65, "empty: there is no clip in this folder", try evaluate("--model", model, test: "empty"))
  }

  @Test func outputsThatCannotBeWrittenAreFoundOutBeforeTheWork() throws {
    for option in ["--report", "--scores", "--output"] {
      let path = "/nowhere/\(option)"
      expect(74, path, try evaluate("--train", "train", "--steps", "1000000", option, path))
    }
  }

  @Test func labelsOfOtherClipsAreNoLabels() throws {
    try write((0..<10).map { "clips/event,\($0),0" })
    expect(65, "would call the first one \"test/event\"", try evaluate("--model", camera.model.path))
  }

  @Test(arguments: [199, 201]) func asManyLabelsAsFramesAreNeeded(count: Int) throws {
    try write(rows(event: count))
    let words = "event.mkv: has 200 frames, but \(count) labels"
    expect(65, words, try evaluate("--model", camera.model.path))
    // Before the training, too.
    expect(65, words, try evaluate("--train", "train", "--steps", "1000000"))
  }

  @Test(arguments: ["test/event,0", "test/event,zero,0", "test/event,0,2", "test/event,0,1"])
  func aLineThatIsNoLabelIsNamed(line: String) throws {
    try write(rows(event: 200) + [line])
    expect(65, "labels.csv:212: ", try evaluate("--model", camera.model.path))
  }

  @Test func somethingToLearnFromIsNeeded() throws {
    let model = folder.url.appending(path: "uncalibrated.safetensors")
    let calibrated = try AnomalyModel(contentsOf: camera.model)
    try AnomalyModel(network: calibrated.network, card: calibrated.card, calibration: nil)
      .weightsFile().write(to: model)
    expect(64, "give --train, or a --model that is calibrated", try evaluate("--model", model.path))
    // Nothing but the calibration is missing: with --train that is made, and no training is done.
    let json = try object(try evaluate("--model", model.path, "--train", "train", "--json"))
    #expect(keys(json) == Self.keys)
    expect(64, "give --train", try evaluate())
    expect(64, "--minutes or --steps", try evaluate("--train", "train", "--minutes", "1", "--steps", "1"))
  }

  // MARK: Learning from footage

  /// A folder of 30 s of another wall.
  private func otherWall() throws -> String {
    let clip = folder.url.appending(path: "other/01.mkv")
    try FileManager.default.createDirectory(
      at: clip.deletingLastPathComponent(), withIntermediateDirectories: true)
    try run(
      "ffmpeg", "-v", "error", "-f", "lavfi", "-i",
      "color=c=0x808080:s=64x48:r=10:d=30,noise=alls=25:all_seed=9:allf=t", "-c:v", "mjpeg", clip.path)
    return "other"
  }

  @Test func aModelThatIsCalibratedIsCalibratedAnew() throws {
    let (wall, kept) = (try otherWall(), folder.url.appending(path: "kept.safetensors"))
    let calibrated = try AnomalyModel(contentsOf: camera.model)
    let asItIs = try object(try evaluate("--model", camera.model.path, "--json"))
    let anew = try object(
      try evaluate("--model", camera.model.path, "--train", wall, "--json", "--output", kept.path))
    #expect(anew["model"] as? String != asItIs["model"] as? String)
    let model = try AnomalyModel(contentsOf: kept)
    #expect(model.calibration != calibrated.calibration && model.card == calibrated.card)
    // On the footage that it was trained on, it is what it was.
    let same = try object(try evaluate("--model", camera.model.path, "--train", "train", "--json"))
    #expect(same["model"] as? String == asItIs["model"] as? String)
  }

  /// Scoring may be done in integers; what is usual is always learned in floats.
  @Test func calibratingIsDoneInFloats() throws {
    let wall = try otherWall()
    let model = try AnomalyModel(contentsOf: camera.model)
    var quantisation = try #require(model.quantisation)
    (quantisation.rankCorrelation, quantisation.errorMapDifference) = (1, 0)
    let calibrations = try [quantisation, nil].map { quantisation in
      let (given, kept) = (
        folder.url.appending(path: "given.safetensors"), folder.url.appending(path: "kept.safetensors")
      )
      try AnomalyModel(
        network: model.network, card: model.card, calibration: nil, quantisation: quantisation
      ).weightsFile().write(to: given)
      _ = try object(
        try evaluate("--model", given.path, "--train", wall, "--json", "--output", kept.path))
      return try AnomalyModel(contentsOf: kept).calibration
    }
    #expect(calibrations[0] != nil && calibrations[0] == calibrations[1])
  }

  @Test func whatIsTestedOnIsNotLearnedFrom() throws {
    let link = folder.url.appending(path: "train/02.mkv")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: camera.event)
    let words = "02.mkv: is among the clips to learn from and among the test clips"
    expect(65, words, try evaluate("--train", "train", "--steps", "1000000"))
    expect(65, words, try evaluate("--train", "train", "--model", camera.model.path))
    expect(65, words, try evaluate("--train", "train", "--input", "gray", "--steps", "1000000"))
  }

  @Test func aClipWithoutMotionIsNoFootageForMotion() throws {
    try run(
      "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=c=gray:s=64x48:r=1/4:d=800", "-c:v", "mjpeg",
      folder.url.appending(path: "train/slow.mkv").path)
    expect(
      65, "slow.mkv: no motion is known of any of its frames",
      try evaluate("--input", "motion", "--train", "train", "--steps", "2"))
  }

  // MARK: What does not fit together

  @Test func twoClipsOfOneNameAreRefused() throws {
    let link = folder.url.appending(path: "test/event.avi")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: camera.event)
    expect(65, "both go by the name \"test/event\"", try evaluate("--model", camera.model.path))
  }

  @Test func whatHasNoCounterpartIsNamed() throws {
    let link = folder.url.appending(path: "test/new.mkv")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: camera.short)
    try write(rows(event: 200) + ["test/gone,0,0", "test/lost,0,1"])
    let result = try evaluate("--model", camera.model.path)
    #expect(result.status == 0)
    #expect(result.stderr.contains("test: 1 clip is not labelled and left out, first \"test/new\""))
    #expect(result.stderr.contains("labels.csv: 2 clips are labelled but not in"))
    #expect(result.stderr.contains("first \"test/gone\""))
  }

  @Test func aHopLongerThanTheModelsCubesIsRefused() throws {
    let file = folder.url.appending(path: "short-cubes.safetensors")
    let model = try AnomalyModel(contentsOf: camera.model)
    var card = model.card
    card.cubeShape = CubeShape(frames: 8, height: 32, width: 32)
    try AnomalyModel(network: model.network, card: card, calibration: nil).weightsFile().write(to: file)
    let words = "--hop 9 is more than the 8 frames of the model's cubes"
    expect(64, words, try evaluate("--input", "gray", "--model", file.path, "--hop", "9"))
    _ = try object(try evaluate("--input", "gray", "--model", file.path, "--hop", "8", "--json"))
    expect(
      64, "--hop 17 is more than the 16",
      try evaluate("--input", "motion", "--train", "train", "--steps", "1000000", "--hop", "17"))
  }

  @Test(arguments: [
    ["--steps", "3"], ["--minutes", "3"], ["--init", "scratch"], ["--seed", "2"], ["--prediction", "none"],
    ["--size", "64x64"], ["--augmentation", "none"],
  ]) func whatIsForTrainingIsNotForAModel(option: [String]) throws {
    let result = try AnalyticsBinary.run(
      ["evaluate", "anomaly", "--test", "test", "--labels", labels.path, "--model", camera.model.path]
        + option, folder: folder.url)
    expect(64, "\(option[0]) is for training", result)
  }

  @Test func whatWouldBeIgnoredIsRefused() throws {
    let model = camera.model.path
    expect(64, "--hop is for --input", try evaluate("--model", model, "--hop", "4"))
    expect(
      64, "multiples of 16", try evaluate("--input", "motion", "--train", "train", "--size", "64x72"))
    expect(64, "--train", try evaluate("--model", model, "--input", "gray", "--train", "train"))
    expect(64, "--output keeps", try evaluate("--model", model, "--output", "a.safetensors"))
  }

  @Test func masksOfRegularFramesAreMasks() throws {
    try write((0..<200).map { "test/event,\($0),0" } + (0..<10).map { "test/short,\($0),0" })
    let masks = folder.url.appending(path: "masks/test")
    for (name, seconds) in [("event", 20), ("short", 1)] {
      let clip = masks.appending(path: name)
      try FileManager.default.createDirectory(at: clip, withIntermediateDirectories: true)
      try run(
        "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=c=black:s=64x48:r=10:d=\(seconds)", "-pix_fmt",
        "gray", "-start_number", "0", clip.path + "/%03d.png")
    }
    let tar = folder.url.appending(path: "masks.tar").path
    try run("tar", "-C", folder.url.appending(path: "masks").path, "-cf", tar, "test")
    let table = try evaluate("--model", camera.model.path, "--masks", tar)
    #expect(
      table.stdout.contains("pixel level (raw): no curve, since all frames are of one class"),
      "\(table.stderr)")
    let json = try object(try evaluate("--model", camera.model.path, "--masks", tar, "--json"))
    #expect(try #require(json["pixel"] as? [String: Any])["auc"] is NSNull)
    // The same masks, where labels say otherwise.
    try write(rows(event: 200))
    expect(
      65, "frame 80 of test/event is labelled irregular, and its mask is all black",
      try evaluate("--model", camera.model.path, "--masks", tar))
  }

  private func run(_ command: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(command)")
  }
}
