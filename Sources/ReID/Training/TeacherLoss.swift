import Network

/// Draws features towards a teacher's vectors: `1 - cos(W f, t)`, the mean over a batch, where W is learned, since the teacher's
/// axes are not the features' (as Romero et al., "FitNets", ICLR 2015, but by angle).
final class TeacherLoss {
  private let vectors: TeacherVectors
  private let map: Linear

  init(_ vectors: TeacherVectors, using g: inout SeededGenerator) {
    self.vectors = vectors
    map = Linear(MSPCNN.dimension, vectors.dimension, bias: false, using: &g)
  }

  var namedParameters: [(name: String, parameter: Parameter)] { map.namedParameters(prefix: "teacher.") }

  /// What tells one teacher from another.
  var digest: String { vectors.digest }

  /// Sets the gradient of the map, and returns that of the features. Whatever the loss counts for beside others, the map learns the
  /// same: Adam's steps do not depend on how long gradients are.
  ///
  /// - Parameters:
  ///   - features: [N, …, `MSPCNN.dimension`].
  ///   - crops: The places of the N crops among all.
  func loss(_ features: Tensor, crops: [Int], on compute: Compute) throws(NetworkError) -> Loss {
    let unit = UnitFeatures(try map.forward(features, on: compute))
    let share = 1 / Double(max(1, crops.count))
    var gradient = [Double](repeating: 0, count: unit.values.count)
    var total = 0.0
    for (row, crop) in crops.enumerated() {
      for i in 0..<vectors.dimension {
        let target = Double(vectors.values[crop * vectors.dimension + i])
        total += unit.values[row * vectors.dimension + i] * target
        gradient[row * vectors.dimension + i] = -share * target
      }
    }
    guard
      let pulledBack = try map.backward(unit.pulledBack(gradient), needsInputGradient: true, on: compute)
    else { throw .kernelFailed(operation: "the map to the teacher's vectors", reason: "gave no gradient") }
    return Loss(value: 1 - share * total, gradient: pulledBack)
  }

  func store(into file: inout WeightsFile) { map.store(into: &file, prefix: "teacher.") }

  func load(from file: WeightsFile) throws(NetworkError) { try map.load(from: file, prefix: "teacher.") }
}
