import Anomaly
import ArgumentParser
import Daemon
import Decode
import Foundation
import Network
import SystemReason

struct EvaluateAnomaly: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "anomaly",
    abstract: "Measure how well irregular frames are told from regular ones.",
    discussion: """
      Trains on the normal clips of one folder and scores the labelled clips of another. With --model nothing is trained: \
      with --train it is calibrated on the normal clips, whatever it knew before, and without, it is measured as it is.

      With --input, a network is measured alone: by the papers' sum over the frame of each pixel's error, in the mean of \
      all cubes that hold it, by the mean of the same over the cube in whose middle the frame is, and by the largest mean squared error over a window. The default is what a camera is \
      watched with, which judges by place, and by motion too.
      """)

  @Option(help: ArgumentHelp("The folder of normal clips to learn from.", valueName: "folder"))
  var train: String?

  @Option(help: ArgumentHelp("The folder of test clips.", valueName: "folder"))
  var test: String

  @Option(
    help: ArgumentHelp(
      """
      Lines of clip,frame_index,anomalous: the clip's path without extension relative to this file, the frame from 0, \
      0 or 1.
      """, valueName: "file.csv"))
  var labels: String

  @Option(help: "The model to measure, or to calibrate on --train first.")
  var model: String?

  @Option(
    name: .customLong("init"),
    help:
      "The model to start training from; \"scratch\" for fresh weights. Without it, the weights that come along."
  )
  var initial: String?

  @Option(
    help: ArgumentHelp(
      "Masks of irregular pixels: <clip>/<frame>.png in a tar, white where irregular.", valueName: "file.tar")
  )
  var masks: String?

  @Option(help: "Train for so many minutes (default 20).")
  var minutes: Double?

  @Option(help: "Train for so many steps.")
  var steps: Int?

  @Option(
    help:
      "The size to train at, each side a multiple of 8 from 16 to 1024, of 16 with --input motion (default: that of the model to start from, else 128x128)."
  )
  var size: AnalysisSize?

  @Option(help: "Measure a network alone that looks at \"gray\" pictures or at \"motion\" fields.")
  var input: NetworkInput?

  @Option(help: "With --input gray: \"stae\" (default), or \"convae\", the baseline of Hasan et al.")
  var network: NetworkChoice?

  @Option(help: "With --input: frames from the end of one cube to the end of the next (default 8).")
  var hop: Int?

  @Option(
    help: "How predicted frames count in training: \"decreasing\" (default), \"constant\" or \"none\".")
  var prediction: Prediction?

  @Option(
    help:
      "How clips are changed at random in training: \"none\", \"light\" or \"paper\" (default: paper for fresh weights, else light)."
  )
  var augmentation: AugmentationChoice?

  @Option(help: "What all randomness comes from (default 1).")
  var seed: UInt64?

  @Option(help: ArgumentHelp("Keep the model that was trained or calibrated.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("Write a page with the curves.", valueName: "file.html"))
  var report: String?

  @Option(help: ArgumentHelp("Write the scores of every frame.", valueName: "file.csv"))
  var scores: String?

  @Flag(help: "Print one JSON object; rates are fractions.")
  var json = false

  @Option(help: "Threads to use.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    try TrainingArguments.validate(minutes: minutes, steps: steps, threads: threads)
    guard train != nil || model != nil else {
      throw ValidationError("give --train, a folder to learn from, or --model")
    }
    try validateCombinations()
    try validateOutputs()
  }

  /// A model may be calibrated or trained in place.
  private func validateOutputs() throws {
    let footage: [OutputFiles.Named] = [
      ("--train", train), ("--test", test), ("--labels", labels), ("--masks", masks),
    ]
    try OutputFiles([("--output", output)]).check(against: footage)
    try OutputFiles([("--report", report), ("--scores", scores)]).check(
      against: footage + [("--model", model), ("--init", initial), ("--output", output)])
  }

  /// Refuses what would be ignored.
  private func validateCombinations() throws {
    guard hop == nil || input != nil else { throw ValidationError("--hop is for --input") }
    try validateNetwork()
    guard hop ?? 1 > 0 else { throw ValidationError("--hop must be positive") }
    guard input == nil || (masks == nil && report == nil) else {
      throw ValidationError("--masks and --report are for what a camera is watched with, not for --input")
    }
    guard model == nil || input == nil || train == nil else {
      throw ValidationError("a --model that is measured alone with --input has nothing to learn from --train")
    }
    guard train != nil || output == nil else {
      throw ValidationError("--output keeps what comes of --train, and there is none")
    }
    let ofTraining: [(name: String, isGiven: Bool)] = [
      ("--minutes", minutes != nil), ("--steps", steps != nil), ("--init", initial != nil),
      ("--size", size != nil), ("--augmentation", augmentation != nil),
      ("--seed", seed != nil), ("--prediction", prediction != nil),
    ]
    if model != nil, let option = ofTraining.first(where: \.isGiven) {
      throw ValidationError("\(option.name) is for training, and with --model nothing is trained")
    }
  }

  private func validateNetwork() throws {
    guard augmentation == nil || input != .motion else {
      throw ValidationError("--augmentation is for pictures, not for --input motion")
    }
    if input == .motion, let size = size?.size {
      guard size.width.isMultiple(of: 16), size.height.isMultiple(of: 16) else {
        throw ValidationError("--size must be multiples of 16 with --input motion")
      }
    }
    guard let network else { return }
    guard input == .gray else { throw ValidationError("--network is for --input gray") }
    guard network == .convae else { return }
    guard train != nil, model == nil, output == nil, prediction == nil, initial == nil, size == nil,
      augmentation == nil
    else {
      throw ValidationError(
        "convae is trained from fresh weights, in its own way, and not kept: give --train, and none of --model, --init, "
          + "--size, --augmentation, --prediction and --output")
    }
  }

  /// How to train, from fresh weights or from others.
  private func options(isFresh: Bool) -> TrainingOptions {
    let budget = steps.map { TrainingBudget.steps($0) } ?? .seconds(60 * (minutes ?? 20))
    var options = isFresh ? TrainingOptions(budget: budget) : .adapting(budget: budget)
    if input == .motion { options.augmentation = .motion }
    if let augmentation { options.augmentation = augmentation.augmentation }
    options.seed = seed ?? 1
    options.predictionWeights = (prediction ?? .decreasing).weights
    return options
  }

  /// Finds out before the work what could not be written after it.
  private func checkOutputs() throws {
    for path in [report, scores].compactMap(\.self) { try ReplayReport.checkFolder(of: URL(filePath: path)) }
    if let output { try WeightsFile.checkWritable(URL(filePath: output)) }
  }

  func run() throws {
    if let input { return try runNetwork(input.content) }
    let job = AnomalyEvaluationJob(
      training: train.map { URL(filePath: $0) }, test: URL(filePath: test), labels: URL(filePath: labels),
      model: model.map { URL(filePath: $0) }, initial: initial, analysisSize: size?.size,
      masks: masks.map { URL(filePath: $0) }, options: options(isFresh: initial == "scratch"),
      compute: Compute(threads: threads))
    try checkOutputs()
    let line = ProgressLine()
    defer { line.end() }
    let result = try job.run(cancellation: InterruptSignal.cancellation()) { line.show($0) }
    line.end()
    if let output { try result.model.weightsFile().write(to: URL(filePath: output)) }
    if let report { try EvaluationReport(result).write(to: URL(filePath: report)) }
    if let scores { try ScoreTable(result.evaluation).write(to: scores) }
    let summary = EvaluationSummary(result)
    guard !json else { return try StandardOutput.print(jsonLine(summary)) }
    for text in EvaluationTable(summary).lines { try StandardOutput.print(text) }
  }

  /// The network that is measured alone.
  private func subject(_ content: CubeContent) throws -> NetworkEvaluationJob.Subject {
    if network == .convae { return .convAE }
    if let model { return .model(URL(filePath: model), content) }
    let start: URL? =
      switch initial {
      case "scratch": nil
      case let path?: URL(filePath: path)
      // No weights for motion fields come along.
      case nil: content == .gray ? try ModelFolder.baseModel() : nil
      }
    return .stae(content, initial: start, analysisSize: size?.size)
  }

  private func runNetwork(_ content: CubeContent) throws {
    let subject = try subject(content)
    let job = NetworkEvaluationJob(
      training: train.map { URL(filePath: $0) }, test: URL(filePath: test), labels: URL(filePath: labels),
      subject: subject, hop: hop ?? 8, options: options(isFresh: subject.isFresh),
      compute: Compute(threads: threads))
    try checkOutputs()
    let line = ProgressLine()
    defer { line.end() }
    let result = try job.run(cancellation: InterruptSignal.cancellation()) { line.show($0) }
    line.end()
    if let output { try result.model?.weightsFile().write(to: URL(filePath: output)) }
    if let scores { try ScoreTable(result).write(to: scores) }
    let summary = NetworkEvaluationSummary(result)
    guard !json else { return try StandardOutput.print(jsonLine(summary)) }
    for text in EvaluationTable(summary).lines { try StandardOutput.print(text) }
  }
}

/// The scores of every frame, one line each.
private struct ScoreTable {
  /// What the labels call a clip, its labels, and a column of scores under each name; a column may be missing.
  typealias Clip = (name: String, labels: [Bool], columns: [[Float]?])

  let columns: [String]
  let clips: [Clip]

  init(_ evaluation: AnomalyEvaluation) {
    columns = ["irregularity", "causal", "appearance", "motion", "appearance_sum"]
    clips = evaluation.clips.map { clip in
      let scores = clip.scores
      return (
        clip.name, clip.labels,
        [scores.irregularity, scores.causal, scores.appearance, scores.motion, scores.totalError]
      )
    }
  }

  init(_ result: NetworkEvaluationJob.Result) {
    columns = ["window", "window_median", "sum", "cube", "causal"]
    clips = result.clips.map { clip in
      let scores = clip.scores
      return (
        clip.name, clip.labels, [scores.window, scores.windowMedian, scores.sum, scores.cube, scores.causal]
      )
    }
  }

  func write(to path: String) throws(OutputError) {
    var lines = [(["clip", "frame_index", "anomalous"] + columns).joined(separator: ",")]
    for clip in clips {
      lines += clip.labels.enumerated().map { frame, isIrregular in
        let scores = clip.columns.map { column in column.map { "\($0[frame])" } ?? "" }
        return ([clip.name, "\(frame)", isIrregular ? "1" : "0"] + scores).joined(separator: ",")
      }
    }
    do {
      try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    } catch {
      throw .failed(target: path, reason: error.systemReason)
    }
  }
}

/// What `evaluate anomaly` prints for people.
private struct EvaluationTable {
  let lines: [String]

  init(_ summary: NetworkEvaluationSummary) {
    let counts = "\(summary.clips) clips, \(summary.frames) frames, \(summary.irregularFrames) irregular"
    lines = [
      "test: \(counts)", "\(summary.network) alone, after \(summary.steps) steps",
      "largest window: \(channel(summary.window))",
      "largest window, median of five frames: \(channel(summary.windowMedian))",
      "summed over the frame: \(channel(summary.sum))",
      "over the cube around a frame: \(channel(summary.cube))",
      "largest window, as known when a frame comes: raw \(curve(summary.causal))",
    ]
  }

  init(_ summary: EvaluationSummary) {
    let alerts = summary.falseAlertsPerDay
    let found = alerts.found.map { String(format: "%.0f", $0) } ?? "–"
    let clips = "\(summary.clips) clips, \(summary.frames) frames, \(summary.irregularFrames) irregular"
    lines = [
      "test: \(clips)",
      "paper (regularity, per-video min–max, pooled): \(curve(summary.paper))",
      "irregularity, per-video min–max, pooled: \(curve(summary.minMax))",
      "per video (mean): AUC \(percent(summary.perVideo.auc)) (\(summary.perVideo.oneClassClips) clips of one class left out)",
      "causal (no future frames, not normalised): \(curve(summary.causal))",
      "pixel level (raw): \(summary.pixel.map(curve) ?? "no masks")",
      "appearance alone: \(channel(summary.channels.appearance))",
      "appearance, squared errors summed over the frame: \(channel(summary.channels.appearanceSum))",
      "motion alone: \(summary.channels.motion.map(channel) ?? "the model knows none")",
      "events by Hasan's rule, where each clip has one at least: \(summary.events.truePositives) found, "
        + "\(summary.events.falsePositives) false, \(summary.events.missed) missed",
      String(
        format:
          "false alerts per camera and day, by the model's threshold: %g asked, %@ found (%d in %.0f s of regular footage)",
        alerts.asked, found, alerts.count, alerts.regularSeconds),
    ]
  }
}

private func percent(_ share: Double?) -> String { share.map { String(format: "%.1f %%", 100 * $0) } ?? "–" }

private func curve(_ curve: EvaluationSummary.Curve) -> String {
  guard curve.auc != nil else { return "no curve, since all frames are of one class" }
  return "AUC \(percent(curve.auc)), EER \(percent(curve.eer))"
}

private func channel(_ channel: EvaluationSummary.Channel) -> String {
  "raw \(curve(channel.raw)); min–max \(curve(channel.minMax))"
}

private func channel(_ channel: NetworkEvaluationSummary.Channel) -> String {
  "raw \(curve(channel.raw)); paper \(curve(channel.paper)); min–max \(curve(channel.minMax))"
}
