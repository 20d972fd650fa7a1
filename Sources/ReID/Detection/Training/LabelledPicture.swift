public import Decode
public import Foundation

/// A picture with the people in it, as a label file tells.
public struct LabelledPicture: Sendable, Hashable {
  /// Where a box comes from.
  public enum Source: String, Sendable, Hashable {
    /// Somebody drew it.
    case groundTruth = "gt"
    /// Other detectors agree on it. They miss small people, so that what is not boxed may be somebody.
    case teacher
    /// Perhaps a person: neither one to learn nor background.
    case uncertain
  }

  /// A labelled box.
  public struct Person: Sendable, Hashable {
    /// Where, in fractions of the picture.
    public let box: Box
    /// Who says so.
    public let source: Source
  }

  /// The file.
  public let file: URL
  /// The size that the labels state; boxes were drawn on it.
  public let size: PictureSize
  /// How often to draw the picture in training, relative to others.
  public let weight: Double
  /// Whether somebody squeezed it out of its proportions.
  public let isStretched: Bool
  /// Who is there.
  public var people: [Person]

  /// Whether small people may be missing in the labels.
  var isIncomplete: Bool { people.contains { $0.source != .groundTruth } }
}
