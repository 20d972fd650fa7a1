public import Decode

/// Where people count: those whose feet are in a zone and in no mask.
public struct DetectionZones: Sendable, Hashable {
  /// Where they count; everywhere if empty.
  public var zones: [PictureRegion]
  /// Where they do not.
  public var masks: [PictureRegion]

  /// Zones and masks; everywhere by default.
  public init(zones: [PictureRegion] = [], masks: [PictureRegion] = []) {
    self.zones = zones
    self.masks = masks
  }

  /// Whether a person counts, by the middle of the lower edge of their box. Feet below the picture count at its edge.
  public func contain(_ box: Box) -> Bool {
    let inside = 1e-9...(1 - 1e-9)
    let feet = SIMD2(
      min(max(box.x + box.width / 2, inside.lowerBound), inside.upperBound),
      min(max(box.y + box.height, inside.lowerBound), inside.upperBound))
    return (zones.isEmpty || zones.contains { $0.contains(feet) }) && !masks.contains { $0.contains(feet) }
  }
}
