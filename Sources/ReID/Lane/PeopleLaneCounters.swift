/// What a lane did and what it left out, since it began.
public struct PeopleLaneCounters: Sendable, Hashable {
  /// Frames taken.
  public internal(set) var frames = 0
  /// Frames in which people were searched for.
  public internal(set) var searches = 0
  /// Searches left out because nothing moved and nobody was followed.
  public internal(set) var searchesWithoutMotion = 0
  /// People the detector found, at any score.
  public internal(set) var detections = 0
  /// Of these: outside the zones or in a mask.
  public internal(set) var detectionsOutsideZones = 0
  /// Of these: no box, or no score.
  public internal(set) var refusedDetections = 0
  /// Of these: left out because there were too many in the frame.
  public internal(set) var droppedDetections = 0
  /// People not followed, or not waited for any longer, because there were too many.
  public internal(set) var droppedTracks = 0
  /// Tracks given out.
  public internal(set) var finishedTracks = 0
  /// Crops that went through the embedder.
  public internal(set) var embeddedCrops = 0
}
