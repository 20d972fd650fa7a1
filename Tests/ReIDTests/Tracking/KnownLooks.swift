import Decode
import ReID

/// Looks of synthetic people by which everybody can be told who stands alone.
final class KnownLooks: AppearanceSource {
  private var truth: [TrackingMetrics.Sighting] = []
  private var detections: [Detection] = []
  /// Who each track was when it began, which is what its crops show above all.
  private var identities: [Int: Int] = [:]

  /// Begins with people whom nobody knows.
  func forget() { identities = [:] }

  /// Shows a frame, before the tracker sees it.
  func show(_ detections: [Detection], truth: [TrackingMetrics.Sighting]) {
    (self.detections, self.truth) = (detections, truth)
  }

  /// Notes who the new tracks are, after the tracker saw the frame.
  func note(_ matches: [TrackerUpdate.Match]) {
    for match in matches where identities[match.ordinal] == nil {
      identities[match.ordinal] = identity(of: match.detection)
    }
  }

  func similarities(of pairs: [AppearancePair]) throws -> [Float?] {
    pairs.map { pair in
      guard canTell(pair.detection), let known = identities[pair.ordinal],
        let identity = identity(of: pair.detection)
      else { return nil }
      return identity == known ? 0.9 : 0.3
    }
  }

  func canTell(_ detection: Int) -> Bool {
    truth.count { $0.box.intersectionOverUnion(detections[detection].box) > 0.2 } == 1
  }

  private func identity(of detection: Int) -> Int? {
    let box = detections[detection].box
    let nearest = truth.max { $0.box.intersectionOverUnion(box) < $1.box.intersectionOverUnion(box) }
    return nearest.flatMap { $0.box.intersectionOverUnion(box) >= 0.4 ? $0.identity : nil }
  }
}
