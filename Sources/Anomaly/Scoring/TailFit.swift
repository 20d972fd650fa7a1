import Foundation

/// Extrapolates how often normal footage exceeds a value beyond any it has shown: peaks over a threshold
/// (Pickands 1975) with an exponential tail.
///
/// Neighbouring exceedances are one cluster and count once, by their peak. With clusters at a rate λ and excesses over
/// `u` of mean β, the value exceeded at a rate r is `u + β·ln(λ/r)`. The mean is replaced by its upper confidence bound
/// `2nβ / χ²(2n)`, so that little footage gives a higher value.
struct TailFit: Sendable {
  /// A stretch of values at a steady rate.
  struct Segment: Sendable {
    var times: [Duration] = []
    var values: [Float] = []
  }

  private static let baseQuantile = 0.8
  /// Exceedances nearer than this belong together; the time that an event needs to end.
  private static let shortestPause = EventParameters().hold
  /// The standard normal's 20 % quantile: the bound holds in four of five calibrations.
  private static let confidenceQuantile = -0.8416

  private let base: Double
  private let meanExcess: Double
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
    let peaks = Self.clusterPeaks(segments, above: base)
    let count = Double(max(peaks.count, 1))
    meanExcess = peaks.map { $0 - base }.reduce(0, +) / Self.lowerBound(ofChiSquareWith: 2 * count) * 2
    clustersPerDay = count / days
    self.base = base
    self.days = days
  }

  /// The value exceeded about `perDay` times a day; at least the largest seen, where that was to be exceeded less
  /// than once in the footage.
  func level(perDay: Double) -> Double {
    let level = base + meanExcess * max(0, log(clustersPerDay / perDay))
    return perDay * days < 1 ? max(level, largest) : level
  }

  private static func clusterPeaks(_ segments: [Segment], above base: Double) -> [Double] {
    segments.flatMap { segment in
      var peaks: [Double] = []
      var last: Duration?
      for (time, value) in zip(segment.times, segment.values) where Double(value) > base {
        if let last, time - last <= shortestPause {
          peaks[peaks.count - 1] = max(peaks[peaks.count - 1], Double(value))
        } else {
          peaks.append(Double(value))
        }
        last = time
      }
      return peaks
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
