import Decode
import TestKit

/// Scenes that part a good tracker from a plain one; a seed gives one of each.
enum SyntheticScene: String, CaseIterable {
  /// People who meet in the middle and hide each other.
  case crossings
  /// A wall that hides everyone for one to two seconds.
  case wall
  /// Every fifth person missed in every frame, and boxes that shake.
  case misses
  /// Something that is nobody in every frame.
  case falseAlarms
  /// People who come and go, at the edges too.
  case comings
  /// Frames between a twentieth and half a second apart.
  case unsteady
  /// All of it.
  case everything

  func people(seed: UInt64) -> SyntheticPeople {
    var generator = SplitMix64(seed: seed &* 1000 &+ UInt64(Self.allCases.firstIndex(of: self) ?? 0))
    func random(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &generator) }
    /// Walks across the picture, to the right or to the left, and is in the middle after about `meets` seconds.
    func walker(_ identity: Int, _ meets: Double) -> SyntheticPeople.Person {
      let height = random(0.25...0.4)
      let direction = identity.isMultiple(of: 2) ? 1.0 : -1
      let speed = direction * random(0.6...1.1) * height * 0.75
      return .init(
        identity: identity, start: [0.5 - speed * meets, random(0.55...0.85)],
        velocity: [speed, random(-0.01...0.01)], height: height)
    }
    var scene = SyntheticPeople(people: [], times: SyntheticPeople.steady(seconds: 16))
    switch self {
    case .crossings: scene.people = (0..<8).map { walker($0, random(3...7)) }
    case .wall:
      scene.people = (0..<4).map { walker($0, 3 + 2.5 * Double($0)) }
      scene.walls = [Box(x: 0.4, y: 0, width: 0.2, height: 1)]
    case .misses:
      scene.people = (0..<5).map { walker($0, random(3...10)) }
      scene.detector = .init(missRate: 0.2, jitter_heights: 0.05)
    case .falseAlarms:
      scene.people = (0..<4).map { walker($0, random(3...10)) }
      scene.detector = .init(falseAlarmsPerFrame: 1)
    case .comings:
      scene.people = (0..<10).map { identity in
        var person = walker(identity, random(0...15))
        person.from = 0
        return person
      }
    case .unsteady:
      scene.people = (0..<5).map { walker($0, random(3...10)) }
      scene.times = [0]
      while let last = scene.times.last, last < 16 { scene.times.append(last + random(0.05...0.5)) }
    case .everything:
      scene.people = (0..<7).map { identity in
        var person = walker(identity, random(2...14))
        if identity.isMultiple(of: 3) {
          person.turnsAfter = random(4...8)
          person.turned = [-person.velocity.x, random(-0.02...0.02)]
        }
        return person
      }
      scene.walls = [Box(x: 0.6, y: 0, width: 0.08, height: 1)]
      scene.detector = .init(missRate: 0.2, jitter_heights: 0.03, falseAlarmsPerFrame: 0.5)
      scene.times = [0]
      while let last = scene.times.last, last < 16 { scene.times.append(last + random(0.1...0.3)) }
    }
    return scene
  }
}
