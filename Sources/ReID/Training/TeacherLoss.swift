import Network

/// Draws features towards a teacher's vectors: `1 - cos(W f, t)`, the mean over a batch, where W is learned, since the teacher's
/// axes are not the features' (as Romero et al., "FitNets", ICLR 2015, but by angle).
final class TeacherLoss {
  /// What is added to the mean square of each feature when a map is fitted, over the mean of all.
  private static let ridge = 1e-3

  private let vectors: TeacherVectors
  private let map: Linear

  init(_ vectors: TeacherVectors, using g: inout SeededGenerator) {
    self.vectors = vectors
    map = Linear(MSPCNN.dimension, vectors.dimension, bias: false, using: &g)
  }

  var namedParameters: [(name: String, parameter: Parameter)] { map.namedParameters(prefix: "teacher.") }

  /// What tells one teacher from another.
  var digest: String { vectors.digest }

  /// Begins with the map that makes vectors of what the network gives already, by least squares: a random one would undo what it
  /// has learned.
  ///
  /// - Parameter features: [N, …, `MSPCNN.dimension`], of the crops in the order of the vectors.
  func fit(_ features: Tensor) {
    let unit = UnitFeatures(features)
    let (inputs, outputs) = (unit.dimension, vectors.dimension)
    var squares = [Double](repeating: 0, count: inputs * inputs)
    var products = [Double](repeating: 0, count: outputs * inputs)
    for row in 0..<vectors.count {
      for i in 0..<inputs {
        let value = unit.values[row * inputs + i]
        for j in 0...i { squares[i * inputs + j] += value * unit.values[row * inputs + j] }
      }
      for i in 0..<outputs {
        let target = Double(vectors.values[row * outputs + i])
        for j in 0..<inputs { products[i * inputs + j] += target * unit.values[row * inputs + j] }
      }
    }
    // So few crops that some directions are open leave them at 0.
    for i in 0..<inputs { squares[i * inputs + i] += Self.ridge * Double(vectors.count) / Double(inputs) }
    // It has one, unless features are no numbers, which the first step finds out.
    guard let factor = CholeskyFactor(squares, dimension: inputs) else { return }
    let rows = (0..<outputs).flatMap { factor.solution(of: products[$0 * inputs..<($0 + 1) * inputs]) }
    for parameter in map.parameters {
      parameter.value.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: rows.map { Float($0) }) }
    }
  }

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
