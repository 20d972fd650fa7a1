import Foundation
import Network

/// Closeness of one person's features against everybody else in the batch: for every crop and every other crop of its person,
/// `-log(exp(s / τ) / Σ exp(s' / τ))`, the mean over the person's crops and over all crops whose person comes twice, where s is
/// the two crops' cosine, the sum goes over all other crops of the batch and τ is the temperature (Khosla et al., "Supervised
/// Contrastive Learning", NeurIPS 2020, eq. 2).
///
/// - Parameters:
///   - features: [N, …, D].
///   - labels: Who is on each of the N.
///   - temperature: τ, in cosines, above 0.
func supervisedContrastiveLoss(_ features: Tensor, labels: [Int], temperature: Double) -> Loss {
  let unit = UnitFeatures(features)
  let (count, dimension) = (labels.count, unit.dimension)
  let cosines = unit.cosines()
  let positives = labels.indices.map { anchor in
    labels.indices.filter { $0 != anchor && labels[$0] == labels[anchor] }
  }
  let share = 1 / Double(max(1, positives.count { !$0.isEmpty }))
  var total = 0.0
  var gradient = [Double](repeating: 0, count: unit.values.count)
  for (anchor, positives) in positives.enumerated() where !positives.isEmpty {
    let others = labels.indices.filter { $0 != anchor }
    // No cosine is above 1, so no power is above 1.
    let powers = others.map { exp((cosines[anchor * count + $0] - 1) / temperature) }
    let sum = powers.reduce(0, +)
    var slopes = [Double](repeating: 0, count: count)
    for (other, power) in zip(others, powers) { slopes[other] = power / sum }
    for positive in positives {
      let cosine = cosines[anchor * count + positive]
      total -= share / Double(positives.count) * ((cosine - 1) / temperature - log(sum))
      slopes[positive] -= 1 / Double(positives.count)
    }
    for other in others {
      let slope = slopes[other] * share / temperature
      for i in 0..<dimension {
        gradient[anchor * dimension + i] += slope * unit.values[other * dimension + i]
        gradient[other * dimension + i] += slope * unit.values[anchor * dimension + i]
      }
    }
  }
  return Loss(value: total, gradient: unit.pulledBack(gradient))
}
