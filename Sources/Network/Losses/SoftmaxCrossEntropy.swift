import Foundation

/// `-log softmax(logits)[label]`, averaged over the batch; logits [N, classes], one label in 0..<classes per row.
public func softmaxCrossEntropy(_ logits: Tensor, labels: [Int]) -> Loss {
  let classes = logits.shape.channels
  precondition(logits.shape.rows == labels.count, "\(labels.count) labels for \(logits.shape)")
  let gradient = Tensor(uninitialized: logits.shape)
  var value = 0.0
  for (n, label) in labels.enumerated() {
    let row = UnsafeBufferPointer(start: logits.pointer + n * classes, count: classes)
    let largest = row.max() ?? 0
    let exponentials = row.map { exp(Double($0 - largest)) }
    let sum = exponentials.reduce(0, +)
    value += log(sum) - Double(row[label] - largest)
    for c in 0..<classes {
      let share = exponentials[c] / sum - (c == label ? 1 : 0)
      gradient.pointer[n * classes + c] = Float(share / Double(labels.count))
    }
  }
  return Loss(value: value / Double(labels.count), gradient: gradient)
}
