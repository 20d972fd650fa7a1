import Network

/// How one person's features differ from crop to crop, over many people: directions in which they differ much say little about
/// who somebody is.
struct WithinPersonScatter {
  /// [D, D]: the mean of `(x - m) (x - m)ᵀ`, x at length 1 and m the mean of its person.
  private(set) var values: [Double]
  private let dimension: Int

  /// - Parameters:
  ///   - features: [N, …, D].
  ///   - labels: Who is on each of the N, counted from 0.
  init(_ features: Tensor, labels: [Int]) {
    let unit = UnitFeatures(features)
    let dimension = unit.dimension
    self.dimension = dimension
    var means = [Double](repeating: 0, count: ((labels.max() ?? -1) + 1) * dimension)
    var counts = [Double](repeating: 0, count: (labels.max() ?? -1) + 1)
    for (row, label) in labels.enumerated() {
      counts[label] += 1
      for i in 0..<dimension { means[label * dimension + i] += unit.values[row * dimension + i] }
    }
    for i in means.indices { means[i] /= max(1, counts[i / dimension]) }
    values = [Double](repeating: 0, count: dimension * dimension)
    var difference = [Double](repeating: 0, count: dimension)
    for (row, label) in labels.enumerated() {
      for i in 0..<dimension {
        difference[i] = unit.values[row * dimension + i] - means[label * dimension + i]
      }
      for i in 0..<dimension {
        let factor = difference[i] / Double(labels.count)
        for j in 0...i { values[i * dimension + j] += factor * difference[j] }
      }
    }
    for i in 0..<dimension { for j in 0..<i { values[j * dimension + i] = values[i * dimension + j] } }
  }

  /// The map after which features differ within a person by as much in every direction: `L⁻¹`, [D, D] row-major, of
  /// `L Lᵀ = S + shrinkage · tr(S)/D · I` (within-class covariance normalisation: Hatch, Kajarekar, Stolcke, Interspeech
  /// 2006). Shrinkage keeps directions of which little was seen from being blown up.
  ///
  /// Nil where the scatter has no such root, as where all features are one.
  func whitening(shrinkage: Double) -> [Double]? {
    let trace = (0..<dimension).reduce(0) { $0 + values[$1 * dimension + $1] }
    var shrunk = values
    for i in 0..<dimension { shrunk[i * dimension + i] += shrinkage * trace / Double(dimension) }
    return CholeskyFactor(shrunk, dimension: dimension)?.inverse()
  }
}
