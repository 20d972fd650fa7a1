import Foundation

/// `-log softmax(logits)[label]`, averaged over the batch; logits [N, …, classes], one label in 0..<classes per row.
///
/// - Parameter smoothing: The share of the target that is spread evenly over all classes, 0..<1 (Szegedy et al. 2016, §7).
public func softmaxCrossEntropy(_ logits: Tensor, labels: [Int], smoothing: Double = 0) -> Loss {
  let classes = logits.shape.channels
  precondition(logits.shape.rows == labels.count, "\(labels.count) labels for \(logits.shape)")
  let gradient = Tensor(uninitialized: logits.shape)
  var value = 0.0
  for (n, label) in labels.enumerated() {
    let row = UnsafeBufferPointer(start: logits.pointer + n * classes, count: classes)
    let largest = row.max() ?? 0
    let exponentials = row.map { exp(Double($0 - largest)) }
    let sum = exponentials.reduce(0, +)
    let spread = smoothing / Double(classes)
    let mean = row.reduce(0.0) { $0 + Double($1 - largest) } / Double(classes)
    value += log(sum) - (1 - smoothing) * Double(row[label] - largest) - smoothing * mean
    for c in 0..<classes {
      let share = exponentials[c] / sum - (c == label ? 1 - smoothing : 0) - spread
      gradient.pointer[n * classes + c] = Float(share / Double(labels.count))
    }
  }
  return Loss(value: value / Double(labels.count), gradient: gradient)
}
