internal import CKernels

extension Tensor {
  /// Adds `other`, of the same shape, to this tensor's numbers.
  public func add(_ other: Tensor, on compute: Compute) {
    precondition(other.count == count, "\(other.shape) cannot be added to \(shape)")
    ck_add(other.pointer, Int64(count), pointer, compute.count)
  }
}
