import Foundation

/// Extrapolates how often normal footage exceeds a value beyond any it has shown: peaks over a threshold
/// (Pickands 1975; Davison and Smith 1990).
///
/// Neighbouring exceedances of the base `u` are one cluster and count once. With clusters at a rate λ and excesses of
/// generalised Pareto scale α and shape k, the value exceeded at a rate r is `u + (α/k)·(1 − (r/λ)^k)`, for k = 0
/// `u + α·ln(λ/r)`. All exceedances enter the fit, not only the clusters' peaks: both have the same tail (Leadbetter
/// 1991), and the peaks of long clusters would make it look heavier than it is. For α stands its upper confidence bound
/// `2nα / χ²(2n)` with n clusters, so that little footage gives a higher value.
struct TailFit: Sendable {
  /// A stretch of values at a steady rate.
  struct Segment: Sendable {
    var times: [Duration] = []
    var values: [Float] = []
  }

  /// What the exponential tail is worth against an estimated shape, in clusters.
  private static let shapeWorth = 10.0
  private static let baseQuantile = 0.9
  /// Exceedances nearer than this belong together; the time that an event needs to end.
  private static let shortestPause = EventParameters().hold
  /// The standard normal's 20 % quantile: the bound holds in four of five calibrations.
  private static let confidenceQuantile = -0.8416

  private let base: Double
  private let scale: Double
  private let shape: Double
  private let clustersPerDay: Double
  private let days: Double
  private let largest: Double

  /// Fits the tail of all values of the segments together.
  ///
  /// - Precondition: there is a value, and `days` is positive.
  init(_ segments: [Segment], days: Double) {
    let sorted = segments.flatMap(\.values).sorted()
    let base = Double(quantile(Self.baseQuantile, ofSorted: sorted))
    largest = Double(sorted[sorted.count - 1])
    let excesses = sorted.map { Double($0) - base }.filter { $0 > 0 }
    let count = Double(max(1, Self.clusterCount(segments, above: base)))
    let mean = excesses.reduce(0, +) / Double(max(1, excesses.count))
    shape = Self.shape(ofSorted: excesses, mean: mean) * count / (count + Self.shapeWorth)
    scale = mean * (1 + shape) * 2 * count / Self.lowerBound(ofChiSquareWith: 2 * count)
    clustersPerDay = count / days
    self.base = base
    self.days = days
  }

  /// The value exceeded about `perDay` times a day; at least the largest seen, where that was to be exceeded less
  /// than once in the footage.
  func level(perDay: Double) -> Double {
    let rarity = max(0, log(clustersPerDay / perDay))
    let level = base + scale * (shape > 0 ? (1 - exp(-shape * rarity)) / shape : rarity)
    return perDay * days < 1 ? max(level, largest) : level
  }

  /// The shape by L-moments (Hosking and Wallis 1987), cut to 0…½: an end to the tail is believed in, a heavy tail not.
  private static func shape(ofSorted excesses: [Double], mean: Double) -> Double {
    guard excesses.count > 2 else { return 0 }
    let pairs = Double(excesses.count) * Double(excesses.count - 1)
    let weighted = excesses.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element } / pairs
    let secondMoment = 2 * weighted - mean
    return secondMoment > 0 ? min(0.5, max(0, mean / secondMoment - 2)) : 0
  }

  private static func clusterCount(_ segments: [Segment], above base: Double) -> Int {
    segments.reduce(0) { total, segment in
      let times = zip(segment.times, segment.values).filter { Double($1) > base }.map(\.0)
      let pauses = zip(times.dropFirst(), times).count { $0 - $1 > shortestPause }
      return total + (times.isEmpty ? 0 : pauses + 1)
    }
  }

  /// The `confidenceQuantile` of the chi-square distribution, by the Wilson–Hilferty approximation (1931).
  private static func lowerBound(ofChiSquareWith degreesOfFreedom: Double) -> Double {
    let ninth = 2 / (9 * degreesOfFreedom)
    return degreesOfFreedom * pow(1 - ninth + confidenceQuantile * ninth.squareRoot(), 3)
  }
}

/// The quantile at `fraction`, 0…1, of values in ascending order, linear between neighbours.
func quantile(_ fraction: Double, ofSorted values: [Float]) -> Float {
  let position = fraction * Double(values.count - 1)
  let below = Int(position)
  let above = min(below + 1, values.count - 1)
  return values[below] + Float(position - Double(below)) * (values[above] - values[below])
}
