internal import CKernels

/// How similar two feature maps are, patch by patch: the mean over channels and positions of the largest normalised
/// cross-correlation of the 5×5 patch there with a patch of the other map at most two rows away, at any column.
///
/// Subramaniam et al., "Deep Neural Networks with Inexact Matching for Person Re-Identification" (NIPS 2016, eq. 1), with
/// the maximum in place of all responses, as Shen et al. 2017 have it.
public struct PatchCorrelation {
  /// -1…1.
  public let similarity: Double
  private let first: Slice
  private let second: Slice
  private let best: [Int32]
  private let compute: Compute

  /// One map of a batch.
  private struct Slice {
    let tensor: Tensor
    let index: Int
    var size: Int { tensor.count / tensor.shape.batch }
    var pointer: UnsafeMutablePointer<Float> { tensor.pointer + index * size }
  }

  /// Of the maps `first` and `second` of a batch [N, H, W, C].
  ///
  /// - Throws: `NetworkError.outOfMemory`.
  public init(_ maps: Tensor, _ first: Int, _ second: Int, on compute: Compute) throws(NetworkError) {
    (self.first, self.second) = (Slice(tensor: maps, index: first), Slice(tensor: maps, index: second))
    self.compute = compute
    let (height, width, channels) = Self.sizes(maps)
    var best = [Int32](repeating: 0, count: Int(height * width * channels))
    var responses = [Double](repeating: 0, count: Int(channels))
    let status = ck_patch_correlation(
      self.first.pointer, self.second.pointer, height, width, channels, &best, &responses, compute.count)
    guard status == 0 else { throw .outOfMemory(operation: "a correlation of patches") }
    self.best = best
    similarity = responses.reduce(0, +) / Double(best.count)
  }

  /// Adds `factor` times the gradient of the similarity to that of the batch.
  ///
  /// - Throws: `NetworkError.outOfMemory`.
  public func addGradient(_ factor: Double, to gradient: Tensor) throws(NetworkError) {
    let (height, width, channels) = Self.sizes(gradient)
    let status = ck_patch_correlation_gradient(
      first.pointer, second.pointer, height, width, channels, best, Float(factor / Double(best.count)),
      gradient.pointer + first.index * first.size, gradient.pointer + second.index * second.size,
      compute.count)
    guard status == 0 else { throw .outOfMemory(operation: "a correlation of patches") }
  }

  private static func sizes(_ maps: Tensor) -> (height: Int64, width: Int64, channels: Int64) {
    let s = maps.shape.sizes.map(Int64.init)
    return (s[1], s[2], s[3])
  }
}
