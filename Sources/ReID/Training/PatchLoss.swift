import Network

/// Low-level similarity at Pool1: `y (1 - R) + (1 - y) max(0, R - margin)`, the mean over pairs, where R is the
/// `PatchCorrelation` of the two maps (Shen et al. 2017; the margin is our reading).
///
/// - Parameter maps: [N, H, W, C]; [N, 72, 28, 16] of crops of full size.
/// - Throws: `NetworkError.outOfMemory`.
func patchLoss(_ maps: Tensor, pairs: [CropPair], margin: Double = 0.3, on compute: Compute)
  throws(NetworkError) -> Loss
{
  let gradient = Tensor(maps.shape)
  let share = 1 / Double(max(1, pairs.count))
  var total = 0.0
  for pair in pairs {
    let correlation = try PatchCorrelation(maps, pair.first, pair.second, on: compute)
    let excess = correlation.similarity - margin
    total += share * (pair.isSamePerson ? 1 - correlation.similarity : max(0, excess))
    if pair.isSamePerson {
      try correlation.addGradient(-share, to: gradient)
    } else if excess > 0 {
      try correlation.addGradient(share, to: gradient)
    }
  }
  return Loss(value: total, gradient: gradient)
}
