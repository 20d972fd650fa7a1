public import Store

/// Somebody whom a replay found, and who looks like them.
public struct FoundPerson: Sendable {
  /// The track.
  public var track: Track
  /// Others in the store, of any camera and time, the most alike first.
  public var neighbours: [PeopleSearch.Match]

  /// A person.
  public init(track: Track, neighbours: [PeopleSearch.Match]) {
    self.track = track
    self.neighbours = neighbours
  }
}
