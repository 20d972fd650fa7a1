public import Anomaly
public import Decode
public import Foundation
public import Network
public import ReID
public import Store

/// Runs a clip through the pipeline that cameras run through, and stores what it finds. Deterministic: the same clip,
/// model and settings give the same rows.
public struct ReplayJob {
  /// What a replay is doing.
  public enum Progress: Sendable {
    /// Reading the frames to learn from.
    case readingToLearn(fraction: Double?)
    /// Learning.
    case learning(TrainingRun.Progress)
    /// Scoring; `fraction` of the clip is done.
    case scoring(fraction: Double?)
    /// Something the user should know.
    case remark(String)
  }

  /// Steps of `learn`: some two minutes on two cores.
  private static let learningSteps = 240
  /// How a clip is read where nobody scores it.
  private static let framesPerSecondOfPeople = 10.0
  private static let analysisSizeOfPeople = PictureSize(width: 128, height: 128)
  /// Wall time zero, for clips that do not tell when they were taken.
  private static let epoch = Timestamp(millisecondsSince1970: 0)

  /// The clip.
  public var clip: MediaLocation
  /// The name to store its alerts under.
  public var camera: String
  /// The model to score with, or to learn from there on; nil for the weights that come along.
  public var model: URL?
  /// How much of the clip to learn from, from its start; nil to learn nothing.
  public var learn: Duration?
  /// The wall time of the first frame; nil for the container's creation time, else 1970.
  public var startedAt: Timestamp?
  /// The share of the machine.
  public var compute: Compute
  /// The version of the program, for the run's row.
  public var programVersion: String
  /// Whether frames are scored and alerts raised.
  public var raisesAlerts = true
  /// Whether people are looked for and followed.
  public var followsPeople = true
  /// How often people are looked for in a second of footage while something moves.
  public var peopleSearchesPerSecond = PeopleLaneParameters().searchesPerSecond
  /// Where people count; everywhere by default.
  public var peopleZones = DetectionZones()
  /// Whether the summary names the people and who looks like them, as a report wants it.
  public var namesPeople = false

  /// A replay.
  public init(
    clip: MediaLocation, camera: String, model: URL?, learn: Duration?, startedAt: Timestamp?,
    compute: Compute,
    programVersion: String
  ) {
    self.clip = clip
    self.camera = camera
    self.model = model
    self.learn = learn
    self.startedAt = startedAt
    self.compute = compute
    self.programVersion = programVersion
  }

  /// Replays the clip into the store.
  ///
  /// - Parameter store: Opened only when model and clip have proved readable, so that a mistyped name makes no database.
  /// - Throws: `DecodeError`, `NetworkError`, `AnomalyError`, `StoreError`, `ReplayError`, `ModelFolderError`,
  ///   `CameraModelError`, `ReIDError`.
  public func run(
    into store: @autoclosure () throws -> AlertStore, cancellation: Cancellation, progress: (Progress) -> Void
  ) throws -> ReplaySummary {
    var scoring = raisesAlerts ? try Scoring(model: model, learns: learn != nil) : nil
    if scoring?.isOfNoCamera == true {
      progress(
        .remark(
          "scoring with the weights that come along, which do not know this camera; see --learn, --model"))
    }
    let people =
      followsPeople
      ? try PeopleModel.standard(
        searchesPerSecond: peopleSearchesPerSecond, zones: peopleZones, on: compute) : nil
    let reader = try openReader(scoring?.model.card, cancellation)
    let store = try store()
    if let learn, let initial = scoring {
      let model = try learned(from: reader, until: learn, initial: initial.model, cancellation, progress)
      if let remark = model.remark { progress(.remark(remark)) }
      scoring = Scoring(
        model: model, name: initial.name + " and the clip's first \(learn / .seconds(1)) s",
        isOfNoCamera: false)
    }
    let startedAt = startedAt ?? reader.info.creationTime.map { Timestamp($0) } ?? Self.epoch
    let cameraModel = try scoring.map { try CameraModel($0.model, path: $0.name, compute: compute) }
    let settings = settings(people)
    let clipDigest = try clip.filePath.map { try FileDigest.sha256(of: URL(filePath: $0)) }
    let runID = try runID(
      of: clipDigest, cameraModel?.description.hash ?? "none", settings, startedAt: startedAt)
    try store.openRun(
      Run(
        id: runID, kind: .replay, startedAt: startedAt, programVersion: programVersion, settings: settings,
        clipDigest: clipDigest))
    var summary = ReplaySummary(
      clip: clip.description, camera: camera, media: reader.info, runID: runID, modelName: scoring?.name,
      modelDigest: cameraModel?.description.hash, learnedUntil: raisesAlerts ? learn : nil,
      startedAt: startedAt, frameCount: 0,
      scoredFrameCount: 0, curve: [], alerts: [], databasePath: store.path, programVersion: programVersion)
    try process(reader, with: cameraModel, people, into: store, &summary, cancellation, progress)
    summary.alerts = try store.alerts(AlertQuery(runID: runID)).alerts.reversed()
    if let people, namesPeople {
      summary.people = try PeopleFinding(in: store, runID: runID, model: people, on: compute).people
    }
    return summary
  }

  /// What irregularity is measured with.
  private struct Scoring {
    let model: AnomalyModel
    let name: String
    /// Whether the model has never seen this camera.
    let isOfNoCamera: Bool

    init(model: AnomalyModel, name: String, isOfNoCamera: Bool) {
      self.model = model
      self.name = name
      self.isOfNoCamera = isOfNoCamera
    }

    /// - Parameter learns: Whether the clip's beginning will be learned, which calibrates the model.
    init(model url: URL?, learns: Bool) throws {
      let path = try url ?? ModelFolder.baseModel()
      let model = try AnomalyModel(contentsOf: path)
      guard learns || model.calibration != nil else { throw CameraModelError.notCalibrated(path: path.path) }
      self.init(model: model, name: path.lastPathComponent, isOfNoCamera: url == nil && !learns)
    }
  }

  private func openReader(_ card: AnomalyModel.Card?, _ cancellation: Cancellation) throws -> VideoReader {
    // Where nothing is scored, a difference of pictures tells well enough whether anything moves.
    guard let card else {
      return try VideoReader(
        clip,
        options: .analysis(
          framesPerSecond: Self.framesPerSecondOfPeople, size: Self.analysisSizeOfPeople, motion: .off,
          cancellation: cancellation))
    }
    return try VideoReader(
      clip,
      options: .analysis(
        framesPerSecond: card.framesPerSecond, size: card.cubeShape.pictureSize, cancellation: cancellation))
  }

  // MARK: Learning

  private func learned(
    from reader: VideoReader, until: Duration, initial: AnomalyModel, _ cancellation: Cancellation,
    _ progress: (Progress) -> Void
  ) throws -> AnomalyModel {
    let footage = try TrainingClip(name: clip.description, reading: reader, until: until) {
      progress(.readingToLearn(fraction: min(1, $0 / until)))
    }
    let read = (footage.times.last ?? .zero) / .seconds(1)
    guard let last = footage.times.last, last >= until else {
      throw ReplayError.clipEndsWhileLearning(
        clip: clip.description, learnSeconds: until / .seconds(1), clipSeconds: read)
    }
    let run = TrainingRun(
      clips: [footage], initial: initial, framesPerSecond: initial.card.framesPerSecond,
      cubeShape: initial.card.cubeShape, trainingData: "the first \(until / .seconds(1)) s of \(clip)",
      options: .adapting(budget: .steps(Self.learningSteps)), compute: compute)
    defer { Tensor.releaseUnusedMemory() }
    do {
      return try run.run(isCancelled: { cancellation.isCancelled }, progress: { progress(.learning($0)) })
    } catch AnomalyError.clipsTooShort, AnomalyError.tooLittleFootage {
      let needed = FootageSplit.leastFrameCount(windowFrames: 2 * initial.card.cubeShape.frames)
      throw ReplayError.learnsTooLittle(
        learnSeconds: until / .seconds(1), needed: Double(needed) / initial.card.framesPerSecond)
    }
  }

  // MARK: Processing

  private func process(
    _ reader: VideoReader, with model: CameraModel?, _ people: PeopleModel?, into store: AlertStore,
    _ summary: inout ReplaySummary, _ cancellation: Cancellation, _ progress: (Progress) -> Void
  ) throws {
    let curve = Curve()
    let refusals = Refusals()
    let pipeline = try CameraPipeline(
      camera: try store.addCamera(camera, to: summary.runID, model: model?.description), store: store,
      model: model, people: people,
      startedAt: summary.startedAt, onRefusal: { refusals.append($0) }, onScores: { curve.append($0) })
    var last = Duration.zero
    let failure = Result {
      while let frame = try reader.next() {
        try pipeline.process(frame)
        summary.frameCount += 1
        last = frame.presentationTime
        progress(.scoring(fraction: reader.fractionRead))
      }
    }
    // Whatever ended the reading, what was found so far is kept; but only a whole replay replaces an earlier one.
    try pipeline.finish()
    for refusal in refusals.all { progress(.remark("a row was dropped: \(refusal)")) }
    do { try failure.get() } catch {
      try store.closeOpenAlerts(of: summary.runID, at: summary.startedAt + last)
      guard (error as? DecodeError)?.kind == .cancelled else { throw error }
      throw ReplayError.interrupted(clip: clip.description, frames: summary.frameCount)
    }
    try store.finishRun(summary.runID, at: summary.startedAt + last)
    summary.scoredFrameCount = pipeline.scoredFrameCount
    summary.peopleSummary = pipeline.peopleSummary
    summary.losses = reader.losses.summary
    summary.curve = curve.points
  }

  /// Collects the curve across the pipeline's callback.
  private final class Curve {
    private(set) var points: [ReplaySummary.Point] = []

    func append(_ scores: [ScoredFrame]) {
      points += scores.map { .init(time: $0.presentationTime, regularity: $0.regularity) }
    }
  }

  /// Collects what the database refuses, likewise.
  private final class Refusals {
    private(set) var all: [StoreError] = []

    func append(_ refusal: StoreError) { all.append(refusal) }
  }

  // MARK: Identity

  /// Everything but clip and model that rows depend on.
  private func settings(_ people: PeopleModel?) -> String {
    canonicalJSON([
      "camera": camera, "learn_s": learn.map { "\($0 / .seconds(1))" } ?? "0",
      "people": people?.identity ?? "none",
    ])
  }

  /// A name that belongs to this clip, model and these settings, in the form of a UUID.
  private func runID(
    of clipDigest: String?, _ modelDigest: String, _ settings: String, startedAt: Timestamp
  ) throws(DecodeError) -> String {
    let identity = [clipDigest ?? clip.description, modelDigest, settings, "\(startedAt)", programVersion]
    let digits = Array(try FileDigest.sha256(ofText: identity.joined(separator: "\n")))
    let lengths = [8, 4, 4, 4, 12]
    var start = 0
    return lengths.map { length in
      defer { start += length }
      return String(digits[start..<start + length])
    }.joined(separator: "-")
  }
}
