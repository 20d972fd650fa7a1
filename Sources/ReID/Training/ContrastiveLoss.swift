import Network

/// Two crops of a batch, by their places in it.
struct CropPair: Sendable, Hashable {
  let first: Int
  let second: Int
  /// Whether they show one person.
  let isSamePerson: Bool
}

/// High-level similarity: `½ y d² + ½ (1 - y) max(0, margin - d)²`, the mean over pairs, where d is the distance of the
/// features once they have length 1 (Shen et al. 2017; the form and the margin are Hadsell et al. 2006, eq. 4).
///
/// - Parameter features: [N, …, D].
func contrastiveLoss(_ features: Tensor, pairs: [CropPair], margin: Double = 1) -> Loss {
  let unit = UnitFeatures(features)
  let dimension = unit.dimension
  var gradient = [Double](repeating: 0, count: unit.values.count)
  var total = 0.0
  let share = 1 / Double(max(1, pairs.count))
  for pair in pairs {
    let (a, b) = (pair.first * dimension, pair.second * dimension)
    var squared = 0.0
    for i in 0..<dimension {
      let difference = unit.values[a + i] - unit.values[b + i]
      squared += difference * difference
    }
    let distance = max(1e-9, squared.squareRoot())
    let missing = max(0, margin - distance)
    total += share * 0.5 * (pair.isSamePerson ? squared : missing * missing)
    let factor = share * (pair.isSamePerson ? 1 : -missing / distance)
    guard factor != 0 else { continue }
    for i in 0..<dimension {
      let difference = factor * (unit.values[a + i] - unit.values[b + i])
      gradient[a + i] += difference
      gradient[b + i] -= difference
    }
  }
  return Loss(value: total, gradient: unit.pulledBack(gradient))
}
