import Decode
import Foundation
import ReID
import TestKit

/// People who walk through a picture, known by identity, and a detector that sees them as badly as it is told.
struct SyntheticPeople {
  /// Somebody who walks straight on, and may turn.
  struct Person {
    var identity: Int
    /// The middle of the lower edge, in fractions of the picture.
    var start: SIMD2<Double>
    /// Per second, in fractions of the picture.
    var velocity: SIMD2<Double>
    var height: Double
    var from = 0.0
    var until = Double.infinity
    /// After so many seconds of their own they turn to `turned`.
    var turnsAfter = Double.infinity
    var turned = SIMD2<Double>.zero

    func box(at seconds: Double) -> Box? {
      guard seconds >= from, seconds <= until else { return nil }
      let age = seconds - from
      let feet = start + min(age, turnsAfter) * velocity + max(0, age - turnsAfter) * turned
      let width = height * 0.4 * 3 / 4
      return Box(x: feet.x - width / 2, y: feet.y - height, width: width, height: height)
    }
  }

  /// How the detector errs.
  struct Detector {
    /// Share of people missed.
    var missRate = 0.0
    /// Standard deviation of edges, in heights of the person.
    var jitter_heights = 0.015
    var falseAlarmsPerFrame = 0.0
    /// Share of false alarms with a high score.
    var boldFalseAlarms = 0.5
  }

  static let picture = PictureSize(width: 640, height: 480)

  var people: [Person]
  /// Walls that nobody is seen behind.
  var walls: [Box] = []
  var times: [Double]
  var detector = Detector()

  /// Times at a steady rate.
  static func steady(seconds: Double, framesPerSecond: Double = 5) -> [Double] {
    (0..<Int(seconds * framesPerSecond)).map { Double($0) / framesPerSecond }
  }

  /// Who is visible at a time, by at least a third of their whole box.
  func truth(at seconds: Double) -> [TrackingMetrics.Sighting] {
    visible(at: seconds).filter { $0.share >= 1.0 / 3 }
      .map { TrackingMetrics.Sighting(identity: $0.identity, box: $0.box) }
  }

  /// What the detector says. Who is half hidden has a low score, who is hidden by two thirds is not seen.
  func detections(at seconds: Double, generator: inout SplitMix64) -> [Detection] {
    var found: [Detection] = []
    for person in visible(at: seconds) {
      let missed = Double.random(in: 0..<1, using: &generator) < detector.missRate
      let box = jittered(person.box, &generator)
      let full = Float.random(in: 0.65...0.95, using: &generator)
      let low = Float.random(in: 0.15...0.45, using: &generator)
      guard !missed, person.share >= 1.0 / 3 else { continue }
      found.append(Detection(box: box, score: person.share >= 0.6 ? full : low))
    }
    // A Bernoulli draw per possible alarm, ten at most.
    for _ in 0..<10 where Double.random(in: 0..<1, using: &generator) < detector.falseAlarmsPerFrame / 10 {
      let height = Double.random(in: 0.1...0.3, using: &generator)
      let box = Box(
        x: .random(in: 0...0.9, using: &generator), y: .random(in: 0...0.7, using: &generator),
        width: height * 0.3, height: height)
      let isBold = Double.random(in: 0..<1, using: &generator) < detector.boldFalseAlarms
      found.append(Detection(box: box, score: isBold ? 0.65 : 0.25))
    }
    return found
  }

  private func visible(at seconds: Double) -> [(identity: Int, box: Box, share: Double)] {
    let present = people.compactMap { person in person.box(at: seconds).map { (person.identity, $0) } }
    return present.compactMap { identity, box in
      guard let inside = cut(box, to: .wholePicture) else { return nil }
      // Who stands lower in the picture stands in front.
      let inFront = present.filter { $0.0 != identity && $0.1.y + $0.1.height > box.y + box.height }.map(\.1)
      let hidden = (inFront + walls).compactMap { cut(inside, to: $0)?.area }.max() ?? 0
      return (identity, inside, (inside.area - hidden) / box.area)
    }
  }

  private func cut(_ box: Box, to other: Box) -> Box? {
    let (left, top) = (max(box.x, other.x), max(box.y, other.y))
    let right = min(box.x + box.width, other.x + other.width)
    let bottom = min(box.y + box.height, other.y + other.height)
    return right > left && bottom > top
      ? Box(x: left, y: top, width: right - left, height: bottom - top) : nil
  }

  private func jittered(_ box: Box, _ generator: inout SplitMix64) -> Box {
    func normal() -> Double {
      let radius = (-2 * log(Double.random(in: 1e-12..<1, using: &generator))).squareRoot()
      return radius * cos(2 * .pi * Double.random(in: 0..<1, using: &generator))
    }
    let deviation = detector.jitter_heights * box.height
    let (left, right) = (box.x + 0.75 * deviation * normal(), box.x + box.width + 0.75 * deviation * normal())
    let (top, bottom) = (box.y + deviation * normal(), box.y + box.height + deviation * normal())
    return Box(x: left, y: top, width: max(0.005, right - left), height: max(0.005, bottom - top))
  }
}
