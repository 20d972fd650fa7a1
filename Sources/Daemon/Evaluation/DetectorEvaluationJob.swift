public import Decode
public import Foundation
public import Network
import ReID

/// Lets a detector look at labelled pictures and compares.
public struct DetectorEvaluationJob {
  /// Lower scores are not looked at: they are of no use to anybody, and the curve ends there.
  private static let minimumScore: Float = 0.02

  /// The folder of the pictures.
  public let images: URL
  /// The boxes; see `LabelFile`.
  public let boxes: URL
  /// The model.
  public let model: URL
  /// The share of the machine.
  public let compute: Compute

  /// An evaluation.
  public init(images: URL, boxes: URL, model: URL, compute: Compute) {
    self.images = images
    self.boxes = boxes
    self.model = model
    self.compute = compute
  }

  /// Runs it; `progress` gets the part that is done.
  ///
  /// - Throws: `ReIDError`, `DecodeError`, `NetworkError`.
  public func run(cancellation: Cancellation, progress: (Double) -> Void) throws -> DetectorEvaluationSummary
  {
    let detector = PersonDetector(
      try DetectorModel(contentsOf: model), minimumScore: Self.minimumScore, compute: compute)
    let labels = try LabelFile(contentsOf: boxes, pictures: images).pictures
    guard labels.contains(where: { $0.people.contains { $0.source != .uncertain } }) else {
      throw ReIDError.tooFewLabels(file: boxes.path, reason: "there is nobody in its boxes to look for")
    }
    var pictures: [DetectionEvaluation.Picture] = []
    for label in labels {
      if cancellation.isCancelled { throw ReIDError.interrupted(steps: 0, checkpoint: nil) }
      progress(Double(pictures.count) / Double(labels.count))
      pictures.append(
        DetectionEvaluation.Picture(
          size: label.size, people: label.people.filter { $0.source != .uncertain }.map(\.box),
          uncertain: label.people.filter { $0.source == .uncertain }.map(\.box),
          found: try detector.people(in: ColorPicture(contentsOf: label.file))))
    }
    return DetectorEvaluationSummary(pictures)
  }
}
