import Network

/// The softmax that tells people apart in training, by the angle between a crop's features and a person's direction alone,
/// as embeddings are compared in use: `s · cos θ` (NormFace: Wang et al. 2017, eq. 4).
final class CosineClassifier {
  /// What a batch came to.
  struct Result {
    /// Of the features, [N, …, D].
    let loss: Loss
    /// The share of the batch that was right, 0…1.
    let accuracy: Double
  }

  private let scale: Float
  private let smoothing: Double
  private let dropout: Dropout
  private let directions: Sequential

  /// A classifier of so many people, whose directions are drawn from `g`.
  init(people: Int, options: EmbedderTrainingOptions, using g: inout SeededGenerator) {
    scale = options.cosineScale
    smoothing = options.labelSmoothing
    dropout = Dropout(options.dropout, using: &g)
    directions = Sequential([dropout, Linear(MSPCNN.dimension, people, bias: false, using: &g)])
    normalize()
  }

  var namedParameters: [(name: String, parameter: Parameter)] {
    directions.namedParameters(prefix: "classifier.")
  }

  /// Draws anew what is dropped.
  func reseed(_ seed: UInt64) { dropout.reseed(seed) }

  /// Sets the gradients of the directions, and returns that of the features.
  func loss(_ features: Tensor, labels: [Int], on compute: Compute) throws(NetworkError) -> Result {
    let unit = UnitFeatures(features)
    let cosines = try directions.forward(
      Tensor(features.shape, unit.values.map { Float($0) }), on: compute)
    let classes = cosines.shape.channels
    let logits = cosines.values.map { $0 * scale }
    let right = labels.enumerated().count { row, label in
      let own = logits[row * classes + label]
      return logits[row * classes..<(row + 1) * classes].allSatisfy { $0 <= own }
    }
    let loss = softmaxCrossEntropy(Tensor(cosines.shape, logits), labels: labels, smoothing: smoothing)
    guard
      let gradient = try directions.backward(
        loss.gradient.scaled(by: scale), needsInputGradient: true, on: compute)
    else { throw .kernelFailed(operation: "the classifier", reason: "gave no gradient") }
    return Result(
      loss: Loss(value: loss.value, gradient: unit.pulledBack(gradient.values.map(Double.init))),
      accuracy: Double(right) / Double(max(1, labels.count)))
  }

  /// Points at the mean direction of each person's features, as a network that tells people apart already needs it: random
  /// directions would undo what it has learned (Qi, Brown, Lowe, "Low-Shot Learning with Imprinted Weights", CVPR 2018).
  ///
  /// - Parameter features: [N, …, D].
  func imprint(_ features: Tensor, labels: [Int]) {
    let unit = UnitFeatures(features)
    for (_, parameter) in namedParameters {
      parameter.value.withUnsafeMutableBufferPointer { directions in
        directions.update(repeating: 0)
        for (row, label) in labels.enumerated() {
          for i in 0..<unit.dimension {
            directions[label * unit.dimension + i] += Float(unit.values[row * unit.dimension + i])
          }
        }
      }
    }
    normalize()
  }

  /// Gives the directions length 1 again, after a step.
  func normalize() {
    for (_, parameter) in namedParameters {
      let dimension = parameter.value.shape.channels
      parameter.value.withUnsafeMutableBufferPointer { values in
        for start in stride(from: 0, to: values.count, by: dimension) {
          let row = start..<start + dimension
          let length = max(1e-6, row.reduce(0) { $0 + values[$1] * values[$1] }.squareRoot())
          for i in row { values[i] /= length }
        }
      }
    }
  }

  func store(into file: inout WeightsFile) { directions.store(into: &file, prefix: "classifier.") }

  func load(from file: WeightsFile) throws(NetworkError) {
    try directions.load(from: file, prefix: "classifier.")
  }
}

extension Tensor {
  /// The same numbers, each times `factor`.
  func scaled(by factor: Float) -> Tensor {
    factor == 1 ? self : Tensor(shape, values.map { $0 * factor })
  }
}
