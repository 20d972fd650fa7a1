/// A local minimum of a curve, and how far the curve rises before it falls lower.
public struct PersistentMinimum: Sendable, Hashable {
  /// Where it is.
  public let index: Int
  /// The rise, in the curve's units; infinite for the global minimum, which nothing undercuts.
  public let persistence: Float
}

/// The local minima of a curve with their persistence, in ascending order of index.
///
/// Samples are taken in ascending value, equal ones in order of index. One with no neighbour taken before starts a
/// component, one with a neighbour joins it, one between two merges them: the component with the higher minimum (the
/// later one, where they are equal) dies, with the persistence "value at the merge − its minimum". O(n log n).
///
/// Source: Kozlov and Weinkauf, Persistence1D (2013), as used by Hasan et al., "Learning Temporal Regularity in Video
/// Sequences", CVPR 2016.
///
/// - Parameters:
///   - curve: finite values.
///   - least: minima of less persistence are left out. Equal samples make minima of persistence 0.
public func persistentMinima(of curve: [Float], atLeast least: Float = 0) -> [PersistentMinimum] {
  let order = curve.indices.sorted { (curve[$0], $0) < (curve[$1], $1) }
  // A component is a stretch of samples. Its minimum stands at both of its ends, along with the other end.
  var component = [(otherEnd: Int, minimum: Int)?](repeating: nil, count: curve.count)
  var minima: [PersistentMinimum] = []
  for index in order {
    let left = index > 0 ? component[index - 1] : nil
    let right = index + 1 < curve.count ? component[index + 1] : nil
    var minimum = index
    switch (left?.minimum, right?.minimum) {
    case (let left?, let right?):
      let (survivor, victim) = (curve[left], left) <= (curve[right], right) ? (left, right) : (right, left)
      minima.append(PersistentMinimum(index: victim, persistence: curve[index] - curve[victim]))
      minimum = survivor
    case (let neighbor?, nil), (nil, let neighbor?): minimum = neighbor
    case (nil, nil): break
    }
    let first = left?.otherEnd ?? index
    let last = right?.otherEnd ?? index
    component[index] = (index, minimum)
    component[first] = (last, minimum)
    component[last] = (first, minimum)
  }
  if let global = order.first { minima.append(PersistentMinimum(index: global, persistence: .infinity)) }
  return minima.filter { $0.persistence >= least }.sorted { $0.index < $1.index }
}

/// The stretches of ±`radius` frames around the minima, cut to 0..<`count`, where those that touch or overlap are one.
///
/// Hasan et al.'s text has a radius of 50 frames, their released code 100.
public func grownIntervals(around minima: [PersistentMinimum], radius: Int, count: Int) -> [Range<Int>] {
  minima.map(\.index).sorted().reduce(into: []) { intervals, index in
    let grown = max(0, index - radius)..<min(count, index + radius + 1)
    if let last = intervals.last, grown.lowerBound <= last.upperBound {
      intervals[intervals.count - 1] = last.lowerBound..<max(last.upperBound, grown.upperBound)
    } else {
      intervals.append(grown)
    }
  }
}
