import Decode
import Foundation
import ReID
import Store

/// From frames to tracks in the store: who was there, what they look like, and which alerts they stood in.
///
/// Not `Sendable`: one thread at a time.
final class TrackLane {
  /// JPEG quality of crops: they are small, and people look at their details.
  private static let cropQuality = 90
  /// Stored tracks that alerts can still ask for: those of the lane's memory, with room to spare.
  private static let rememberedTracks = 2 * PeopleLane.rememberedTracks

  /// The wall time of presentation time zero.
  var startedAt: Timestamp
  private let lane: PeopleLane
  private let store: AlertStore
  private let camera: RunCamera
  private let model: ModelDescription
  private let onRefusal: (StoreError) -> Void
  /// Tracks that the database could not take yet.
  private var unstored: [Ended] = []
  /// The numbers of stored tracks by ordinal, and their ordinals in the order in which they were stored.
  private var numbers: [Int: Int64] = [:]
  private var storedOrdinals: [Int] = []
  /// Tracks and the alerts in whose box they stood, as far as the database does not know it yet.
  private var unlinked: [(track: Int64, alert: Int64)] = []
  /// Why something waits to be stored; nil where nothing does.
  private var refusal: StoreError?
  /// When alerts began that last, in presentation time, which stays as it is when the camera's clock is corrected.
  private var startsOfAlerts: [Int64: Duration] = [:]
  /// Alerts that wait for a track to end, by its ordinal.
  private var waitingAlerts: [Int: [Int64]] = [:]

  /// A track that has ended, with its wall times as they were then.
  private struct Ended {
    let track: PersonTrack
    let observation: TrackObservation
  }

  init(
    camera: RunCamera, store: AlertStore, model: PeopleModel, startedAt: Timestamp,
    onRefusal: @escaping (StoreError) -> Void
  ) {
    self.camera = camera
    self.store = store
    self.startedAt = startedAt
    self.onRefusal = onRefusal
    self.model = model.description
    lane = PeopleLane(finder: model.finder, embedder: model.embedder, parameters: model.parameters)
  }

  /// Takes the next frame.
  func process(_ frame: Frame) throws { try store(lane.process(frame)) }

  /// Ends all tracks and stores them. All alerts have ended before.
  func finish() throws {
    startsOfAlerts = [:]
    lane.remembersFrom = nil
    try store(lane.finish())
    // There is no next frame to try again with.
    if let refusal { throw refusal }
  }

  /// Notes who stood in the box of an alert once it has ended; whoever is still there will be noted when they are gone.
  func note(_ alert: AlertObservation, _ id: Int64) {
    guard let end = alert.endedAt else {
      startsOfAlerts[id] = presentationTime(alert.startedAt)
      return lane.remembersFrom = startsOfAlerts.values.min()
    }
    let start = startsOfAlerts.removeValue(forKey: id) ?? presentationTime(alert.startedAt)
    lane.remembersFrom = startsOfAlerts.values.min()
    let span = start...max(start, presentationTime(end))
    let box = Box(x: alert.box.x, y: alert.box.y, width: alert.box.width, height: alert.box.height)
    for ordinal in lane.tracks(in: box, during: span) {
      if let number = numbers[ordinal] {
        unlinked.append((number, id))
      } else {
        waitingAlerts[ordinal, default: []].append(id)
      }
    }
  }

  /// What was done and what was left out.
  var summary: String {
    let counters = lane.counters
    let dropped = counters.droppedDetections + counters.droppedTracks
    let people = "\(counters.finishedTracks) \(counters.finishedTracks == 1 ? "track" : "tracks") of people"
    return dropped > 0
      ? "\(people); \(dropped) detections were left out, because there were too many" : people
  }

  // MARK: Storing

  /// Stores tracks that have ended, and who stood in which alert. What cannot be stored now is kept and tried again with the
  /// next frame.
  private func store(_ tracks: [PersonTrack]) throws {
    for track in tracks { unstored.append(Ended(track: track, observation: observation(track))) }
    refusal = nil
    while let ended = unstored.first {
      guard try attempt({ () throws(StoreError) in try save(ended) }) else { return }
      unstored.removeFirst()
    }
    while let (track, alert) = unlinked.first {
      guard try attempt({ () throws(StoreError) in try link(track, alert) }) else { return }
      unlinked.removeFirst()
    }
  }

  /// Whether `work` is done with, for good or because the database will never take it; what waits for a locked database
  /// waits within bounds.
  private func attempt(_ work: () throws(StoreError) -> Void) throws -> Bool {
    let mayWait = unstored.count + unlinked.count < Self.rememberedTracks
    do throws(StoreError) { refusal = try StoreError.whyWaiting(where: mayWait, toStore: work) } catch {
      guard case .invalidValue = error else { throw error }
      onRefusal(error)
    }
    return refusal == nil
  }

  private func save(_ ended: Ended) throws(StoreError) {
    let number = try store.save(
      ended.observation, of: camera, crop: crop(of: ended.track), vector: vector(of: ended.track))
    remember(number, of: ended.track.ordinal)
  }

  private func remember(_ number: Int64, of ordinal: Int) {
    numbers[ordinal] = number
    storedOrdinals.append(ordinal)
    if storedOrdinals.count > Self.rememberedTracks { numbers[storedOrdinals.removeFirst()] = nil }
    for alert in waitingAlerts.removeValue(forKey: ordinal) ?? [] { unlinked.append((number, alert)) }
  }

  /// An alert or a track may have been deleted meanwhile; then there is nothing to note.
  private func link(_ track: Int64, _ alert: Int64) throws(StoreError) {
    do throws(StoreError) { try store.link(tracks: [track], toAlert: alert) } catch .noSuchAlert {
    } catch .noSuchTrack {}
  }

  private func crop(of track: PersonTrack) -> Picture? {
    (try? track.bestCrop.jpegData(quality: Self.cropQuality)).map { Picture($0, format: .jpeg) }
  }

  private func vector(of track: PersonTrack) -> TrackVector? {
    track.embedding.map { TrackVector(model: model, halves: $0.halves) }
  }

  private func observation(_ track: PersonTrack) -> TrackObservation {
    TrackObservation(
      ordinal: track.ordinal, firstSeen: startedAt + track.firstSeen, lastSeen: startedAt + track.lastSeen,
      frameCount: track.frameCount, quality: track.quality, bestSeenAt: startedAt + track.bestCropTime,
      box: PictureBox(track.bestCropBox),
      path: track.path.map { TrackPoint(seenAt: startedAt + $0.time, box: PictureBox($0.box)) })
  }

  private func presentationTime(_ moment: Timestamp) -> Duration {
    .milliseconds(moment.millisecondsSince1970 - startedAt.millisecondsSince1970)
  }
}
