internal import CKernels

/// One convolution of a sliding network, in floats or bytes, with a logistic function after it or not.
struct SlidingStage {
  let fused: FusedConvolution
  let endsInSigmoid: Bool
  let bytes: ByteConvolution?

  /// Whether some steps of the output can be computed without the others.
  func carriesSteps(of shape: Shape) throws(NetworkError) -> Bool {
    if let bytes { return try bytes.carries(shape) }
    return try fused.carriesSteps(of: shape)
  }

  /// Room for the steps `needed` of a result of this shape, of which those in `computing` are set.
  func run(
    _ x: Steps, _ needed: Range<Int>, computing: [Range<Int>], _ shape: Shape, on compute: Compute
  ) throws(NetworkError) -> Steps {
    if let bytes {
      guard try bytes.carries(x.whole) else {
        throw .kernelFailed(
          operation: "a convolution in 8-bit integers", reason: "\(x.whole) is no shape for it")
      }
      let y = Steps(needed, of: shape, as: endsInSigmoid ? .floats : .bytes)
      for steps in computing { try bytes.run(x, into: y, steps: steps, on: compute) }
      return y
    }
    guard try fused.carriesSteps(of: x.whole) else {
      return applySigmoid(to: Steps(try fused(x.tensor, on: compute)), computing, on: compute)
    }
    let y = Steps(needed, of: shape, as: .floats)
    for steps in computing { try fused.run(x, into: y, steps: steps, on: compute) }
    return applySigmoid(to: y, computing, on: compute)
  }

  private func applySigmoid(to y: Steps, _ ranges: [Range<Int>], on compute: Compute) -> Steps {
    guard endsInSigmoid else { return y }
    for steps in ranges {
      let (first, count) = (y.floats(at: steps.lowerBound), steps.count * y.height * y.width * y.channels)
      ck_sigmoid(first, Int64(count), first, compute.count)
    }
    return y
  }
}
