import Anomaly
import ArgumentParser
import Daemon
import Foundation
import Network

struct EvaluateAnomaly: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "anomaly",
    abstract: "Measure how well irregular frames are told from regular ones.",
    discussion: """
      Trains on the normal clips of one folder and scores the labelled clips of another. With --model nothing is trained; \
      a model that is not calibrated is calibrated on the normal clips.

      With --input, one of the paper's networks is measured alone: by the sum of its reconstruction errors over the frame, and \
      by the largest mean over a window. The default is what a camera is watched with, which judges by place, and by \
      motion too.
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

  @Option(help: "The model to measure.")
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

  @Option(help: "Measure a network alone that looks at \"gray\" pictures or at \"motion\" fields.")
  var input: NetworkInput?

  @Option(help: "With --input: frames from the end of one cube to the end of the next.")
  var hop = 8

  @Option(
    help: "How predicted frames count in training: \"decreasing\" (default), \"constant\" or \"none\".")
  var prediction = Prediction.decreasing

  @Option(help: "What all randomness comes from.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Keep the model that was trained.", valueName: "file"))
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
    guard minutes == nil || steps == nil else { throw ValidationError("give --minutes or --steps, not both") }
    guard minutes ?? 1 > 0, minutes ?? 1 <= 100_000 else {
      throw ValidationError("--minutes must be positive")
    }
    guard steps ?? 1 > 0 else { throw ValidationError("--steps must be positive") }
    guard (1...256).contains(threads) else { throw ValidationError("--threads must be 1 to 256") }
    guard train != nil || model != nil else {
      throw ValidationError("give --train, a folder to learn from, or --model")
    }
    guard (1...16).contains(hop) else { throw ValidationError("--hop must be 1 to 16") }
    guard input == nil || (masks == nil && report == nil) else {
      throw ValidationError("--masks and --report are for what a camera is watched with, not for --input")
    }
  }

  /// How to train, from fresh weights or from others.
  private func options(isFresh: Bool) -> TrainingOptions {
    let budget = steps.map { TrainingOptions.Budget.steps($0) } ?? .seconds(60 * (minutes ?? 20))
    var options = isFresh ? TrainingOptions(budget: budget) : .adapting(budget: budget)
    if input == .motion { options.augmentation = .motion }
    options.seed = seed
    options.predictionWeights = prediction.weights
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
      model: model.map { URL(filePath: $0) }, initial: initial, masks: masks.map { URL(filePath: $0) },
      options: options(isFresh: initial == "scratch"), compute: Compute(threads: threads))
    try checkOutputs()
    let line = ProgressLine()
    defer { line.end() }
    let result = try job.run(cancellation: InterruptSignal.cancellation()) { line.show($0) }
    line.end()
    if let output { try result.model.weightsFile().write(to: URL(filePath: output)) }
    if let report { try EvaluationReport(result).write(to: URL(filePath: report)) }
    if let scores { try result.evaluation.writeScores(to: scores) }
    let summary = EvaluationSummary(result)
    guard !json else { return try StandardOutput.print(jsonLine(summary)) }
    for text in EvaluationTable(summary).lines { try StandardOutput.print(text) }
  }

  /// What the training of a network starts from; nil for fresh weights, and where there is no training.
  private func initialNetwork(_ content: CubeContent) throws -> URL? {
    guard model == nil, initial != "scratch" else { return nil }
    if let initial { return URL(filePath: initial) }
    // No weights for motion fields come along.
    return content == .gray ? try ModelFolder.baseModel() : nil
  }

  private func runNetwork(_ content: CubeContent) throws {
    let start = try initialNetwork(content)
    let job = NetworkEvaluationJob(
      training: train.map { URL(filePath: $0) }, test: URL(filePath: test), labels: URL(filePath: labels),
      model: model.map { URL(filePath: $0) }, initial: start, content: content, hop: hop,
      options: options(isFresh: start == nil), compute: Compute(threads: threads))
    try checkOutputs()
    let line = ProgressLine()
    defer { line.end() }
    let result = try job.run(cancellation: InterruptSignal.cancellation()) { line.show($0) }
    line.end()
    if let output { try result.model.weightsFile().write(to: URL(filePath: output)) }
    if let scores { try result.writeScores(to: scores) }
    let summary = NetworkEvaluationSummary(result)
    guard !json else { return try StandardOutput.print(jsonLine(summary)) }
    for text in EvaluationTable(summary).lines { try StandardOutput.print(text) }
  }
}

extension AnomalyEvaluation {
  /// Writes one line a frame.
  fileprivate func writeScores(to path: String) throws(OutputError) {
    var lines = ["clip,frame_index,anomalous,irregularity,causal,appearance,motion,appearance_sum"]
    for clip in clips {
      for frame in clip.labels.indices {
        let scores = clip.scores
        let motion = scores.motion.map { "\($0[frame])" } ?? ""
        lines.append(
          "\(clip.name),\(frame),\(clip.labels[frame] ? 1 : 0),\(scores.irregularity[frame]),\(scores.causal[frame]),"
            + "\(scores.appearance[frame]),\(motion),\(scores.totalError[frame])")
      }
    }
    try write(lines, to: path)
  }
}

extension NetworkEvaluationJob.Result {
  /// Writes one line a frame.
  fileprivate func writeScores(to path: String) throws(OutputError) {
    var lines = ["clip,frame_index,anomalous,window,window_median,sum,causal"]
    for clip in clips {
      let scores = clip.scores
      for frame in clip.labels.indices {
        lines.append(
          "\(clip.name),\(frame),\(clip.labels[frame] ? 1 : 0),\(scores.window[frame]),"
            + "\(scores.windowMedian[frame]),\(scores.sum[frame]),\(scores.causal[frame])")
      }
    }
    try write(lines, to: path)
  }
}

private func write(_ lines: [String], to path: String) throws(OutputError) {
  do {
    try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
  } catch {
    throw .failed(target: path, reason: error.localizedDescription)
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
      "largest window, as known when a frame comes: raw \(curve(summary.causal))",
    ]
  }

  init(_ summary: EvaluationSummary) {
    let alerts = summary.falseAlertsPerDay
    let found = alerts.found.map { String(format: "%.0f", $0) } ?? "–"
    let clips = "\(summary.clips) clips, \(summary.frames) frames, \(summary.irregularFrames) irregular"
    lines = [
      "test: \(clips)",
      "paper (per-video min–max, pooled): \(curve(summary.paper))",
      "per video (mean): AUC \(percent(summary.perVideo.auc)) (\(summary.perVideo.oneClassClips) clips of one class left out)",
      "causal (no future frames, not normalised): \(curve(summary.causal))",
      "pixel level (raw): \(curve(summary.pixel))",
      "appearance alone: \(channel(summary.channels.appearance))",
      "appearance, summed over the frame: \(channel(summary.channels.appearanceSum))",
      "motion alone: \(summary.channels.motion.map(channel) ?? "the model knows none")",
      "events: \(summary.events.truePositives) found, \(summary.events.falsePositives) false, \(summary.events.missed) missed",
      String(
        format: "false alerts per camera and day: %g asked, %@ found (%d in %.0f s of regular footage)",
        alerts.asked, found, alerts.count, alerts.regularSeconds),
    ]
  }
}

private func percent(_ share: Double?) -> String { share.map { String(format: "%.1f %%", 100 * $0) } ?? "–" }

private func curve(_ curve: EvaluationSummary.Curve?) -> String {
  curve.map { "AUC \(percent($0.auc)), EER \(percent($0.eer))" } ?? "no masks"
}

private func channel(_ channel: EvaluationSummary.Channel) -> String {
  "raw \(curve(channel.raw)); paper \(curve(channel.paper))"
}
