/// What was deleted with people who were forgotten.
public struct Forgotten: Sendable, Hashable {
  /// How many tracks, each with its vector where it had one.
  public var tracks = 0
  /// How many crops.
  public var crops = 0
  /// How many snapshots and heat maps of alerts that show them.
  public var alertPictures = 0
}
