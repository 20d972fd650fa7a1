internal import CKernels
import Synchronization

/// The weights of a convolution, or of an adjoint, as Winograd's kernels take them: made when they are first needed, and
/// shared by the copies of a fused convolution and by threads.
final class WinogradWeights: Sendable {
  /// Written once, before anybody else sees it.
  private struct Made: @unchecked Sendable {
    let tensor: Tensor
  }

  private let made = Mutex<Made?>(nil)

  /// The weights for a convolution that the kernel carries, or nil.
  ///
  /// - Parameters:
  ///   - weight: [kD, 3, 3, inC, outC]; the same on every call.
  ///   - window: That of the max pooling that follows, which must tile the output exactly.
  func callAsFunction(_ geometry: ck_geometry, _ weight: Tensor, window: Extent) -> Tensor? {
    var g = geometry
    let windows = [1, 2, 4]
    guard ck_carries_winograd(&g) != 0, windows.contains(window.height), windows.contains(window.width)
    else { return nil }
    return kept(count: ck_winograd_weight_count(&g)) { Self.transformed(weight, &g) }
  }

  /// The weights for the adjoint of a convolution that the kernel carries, or nil.
  ///
  /// - Parameter weight: [kD, 3, 3, outC, inC] of the convolution; the same on every call.
  func transposed(_ geometry: ck_geometry, _ weight: Tensor) -> Tensor? {
    var g = geometry
    guard ck_carries_winograd_transposed(&g) != 0 else { return nil }
    return kept(count: ck_winograd_transposed_weight_count(&g)) { Self.transposed(weight, &g) }
  }

  private func kept(count: Int64, _ make: () -> Tensor) -> Tensor {
    let kept = made.withLock { made in
      if let made { return made }
      let first = Made(tensor: make())
      made = first
      return first
    }
    precondition(kept.tensor.count == Int(count), "weights of one kernel asked for by another")
    return kept.tensor
  }

  /// The weights for a convolution that the kernel carries, from [kD, 3, 3, inC, outC], or from its taps in reverse order.
  static func transformed(
    _ weight: Tensor, _ g: inout ck_geometry, tapsReversed: Bool = false
  ) -> Tensor {
    let tensor = Tensor(uninitialized: [Int(ck_winograd_weight_count(&g))])
    ck_winograd_weights(&g, weight.pointer, tapsReversed ? 1 : 0, tensor.pointer)
    return tensor
  }

  /// The weights for the adjoint of a convolution that the kernel carries, from [kD, 3, 3, outC, inC].
  static func transposed(_ weight: Tensor, _ g: inout ck_geometry) -> Tensor {
    let tensor = Tensor(uninitialized: [Int(ck_winograd_transposed_weight_count(&g))])
    ck_winograd_transposed_weights(&g, weight.pointer, tensor.pointer)
    return tensor
  }
}
