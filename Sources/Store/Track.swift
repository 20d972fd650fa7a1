/// A person who was followed by one camera, as the store has it.
public struct Track: Sendable, Hashable {
  /// Its number in this database, never used twice.
  public let id: Int64
  /// The camera's name.
  public let camera: String
  /// When the person came into view.
  public let firstSeen: Timestamp
  /// When the person was last in view.
  public let lastSeen: Timestamp
  /// In how many frames the person was found.
  public let frameCount: Int
  /// How good the best crop is, 0…1.
  public let quality: Double
  /// When the best crop was taken.
  public let bestSeenAt: Timestamp
  /// Where the person was then.
  public let box: PictureBox
  /// The path of the best crop, nil where there is none. Relative where the database's path was.
  public let crop: String?
  /// The run that followed the person.
  public let runID: String
  /// The digest of the model that the track's vector is of, nil where there is no vector.
  public let model: String?
}

extension Track: Encodable {
  private enum CodingKeys: String, CodingKey {
    case camera, quality, box, crop, model
    case id = "track"
    case firstSeen = "first_seen"
    case lastSeen = "last_seen"
    case frameCount = "frame_count"
    case bestSeenAt = "best_seen_at"
    case runID = "run_id"
  }

  /// Writes every key, null where there is no value.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(id, forKey: .id)
    try container.encode(camera, forKey: .camera)
    try container.encode(firstSeen, forKey: .firstSeen)
    try container.encode(lastSeen, forKey: .lastSeen)
    try container.encode(frameCount, forKey: .frameCount)
    try container.encode(quality, forKey: .quality)
    try container.encode(bestSeenAt, forKey: .bestSeenAt)
    try container.encode(box, forKey: .box)
    try container.encode(crop, forKey: .crop)
    try container.encode(runID, forKey: .runID)
    try container.encode(model, forKey: .model)
  }
}
