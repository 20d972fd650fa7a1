extension Tensor {
  /// Batches [N, …] that differ in N only, one after the other.
  public static func joining(_ parts: [Tensor]) -> Tensor {
    guard let first = parts.first, parts.count > 1 else { return parts[0] }
    precondition(parts.allSatisfy { $0.shape.sizes.dropFirst() == first.shape.sizes.dropFirst() })
    let count = parts.reduce(0) { $0 + $1.shape.batch }
    let joined = Tensor(uninitialized: Shape([count] + first.shape.sizes.dropFirst()))
    var offset = 0
    for part in parts {
      (joined.pointer + offset).update(from: part.pointer, count: part.count)
      offset += part.count
    }
    return joined
  }

  /// Some of a batch [N, …].
  public func batch(_ range: Range<Int>) -> Tensor {
    precondition(range.lowerBound >= 0 && range.upperBound <= shape.batch)
    let one = count / shape.batch
    let part = Tensor(uninitialized: Shape([range.count] + shape.sizes.dropFirst()))
    part.pointer.update(from: pointer + range.lowerBound * one, count: part.count)
    return part
  }
}
