/// An alert as it stands in the log.
public struct Alert: Sendable, Hashable {
  /// Its number in this database, never used twice.
  public let id: Int64
  /// The camera's name.
  public let camera: String
  /// What it says.
  public let kind: AlertKind
  /// When it began.
  public let startedAt: Timestamp
  /// When regularity was lowest.
  public let peakedAt: Timestamp
  /// When it ended, nil while it lasts.
  public let endedAt: Timestamp?
  /// Whether the program died during the alert, so that its end is the last moment known of it.
  public let isEndEstimated: Bool
  /// Regularity at the peak, 0…1.
  public let regularity: Double
  /// The regularity below which an alert is raised, 0…1.
  public let threshold: Double
  /// What stands out at the peak; nil for a scene change, and where nobody noted it.
  public let evidence: AlertEvidence?
  /// The region that stands out at the peak.
  public let box: PictureBox
  /// The path of the picture at the peak, nil where there is none. Relative where the database's path was.
  public let snapshot: String?
  /// The path of the heat map at the peak, nil where there is none. Relative where the database's path was.
  public let heatMap: String?
  /// The run that raised it.
  public let runID: String
  /// Whether a person said that it is a true alert (true) or a false one (false), nil where nobody did.
  public let mark: Bool?
  /// The numbers of the tracks of people who stood in the box, ascending.
  public let tracks: [Int64]
}

extension Alert: Encodable {
  private enum CodingKeys: String, CodingKey {
    case id, camera, kind, evidence, regularity, threshold, box, snapshot, marked, tracks
    case startedAt = "started_at"
    case peakedAt = "peaked_at"
    case endedAt = "ended_at"
    case heatMap = "heat_map"
    case runID = "run_id"
  }

  /// Writes every key, null where there is no value.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(id, forKey: .id)
    try container.encode(camera, forKey: .camera)
    try container.encode(kind, forKey: .kind)
    try container.encode(evidence, forKey: .evidence)
    try container.encode(startedAt, forKey: .startedAt)
    try container.encode(peakedAt, forKey: .peakedAt)
    try container.encode(endedAt, forKey: .endedAt)
    try container.encode(regularity, forKey: .regularity)
    try container.encode(threshold, forKey: .threshold)
    try container.encode(box, forKey: .box)
    try container.encode(snapshot, forKey: .snapshot)
    try container.encode(heatMap, forKey: .heatMap)
    try container.encode(runID, forKey: .runID)
    try container.encode(mark.map { $0 ? "true" : "false" }, forKey: .marked)
    try container.encode(tracks, forKey: .tracks)
  }
}
