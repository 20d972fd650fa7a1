internal import CKernels

/// A fused convolution for some steps in time only.
extension FusedConvolution {
  /// What comes out of [1, D, H, W, C].
  func outputShape(for shape: Shape) throws(NetworkError) -> Shape {
    switch direction {
    case .transposed(let layer): return try layer.adjoint(for: shape).input
    case .forward(let layer):
      return pooled(try layer.geometry(for: shape).output)
    }
  }

  /// The steps that go into some steps of the output, those in the padding included.
  func window(of steps: Range<Int>) -> Range<Int> {
    switch direction {
    case .forward(let layer):
      let (kernel, stride, padding) = (layer.kernel.depth, layer.stride.depth, layer.padding.depth)
      let last = (steps.upperBound * window.depth - 1) * stride - padding + kernel - 1
      return steps.lowerBound * window.depth * stride - padding..<last + 1
    case .transposed(let layer):
      let (kernel, stride, padding) = (layer.kernel.depth, layer.stride.depth, layer.padding.depth)
      func floored(_ n: Int) -> Int { (n - (n < 0 ? stride - 1 : 0)) / stride }
      let first = floored(steps.lowerBound + padding - kernel + stride)
      return first..<floored(steps.upperBound - 1 + padding) + 1
    }
  }

  /// The geometry of some steps of the output from some steps of the input; see `CKernels.h` about parts in depth.
  func geometry(from x: Steps, to steps: Range<Int>) throws(NetworkError) -> ConvolutionGeometry {
    let first = x.range.lowerBound
    switch direction {
    case .forward(let layer):
      let g = try layer.geometry(for: x.whole)
      let from = steps.lowerBound * window.depth
      return g.withDepths(
        input: x.range.count, output: steps.count * window.depth,
        padding: g.padding.depth - from * g.stride.depth + first)
    case .transposed(let layer):
      let g = try layer.adjoint(for: x.whole)
      return g.withDepths(
        input: steps.count, output: x.range.count,
        padding: g.padding.depth + steps.lowerBound - first * g.stride.depth)
    }
  }

  /// Whether `run` can do it.
  func carriesSteps(of shape: Shape) throws(NetworkError) -> Bool {
    switch direction {
    case .transposed(let layer): return carries(try layer.adjoint(for: shape))
    case .forward(let layer): return carries(try layer.geometry(for: shape))
    }
  }

  /// Sets some steps of `y` from `x`, both floats.
  func run(_ x: Steps, into y: Steps, steps: Range<Int>, on compute: Compute) throws(NetworkError) {
    try run(
      geometry(from: x, to: steps).forKernels, from: x.floats(at: x.range.lowerBound),
      to: y.floats(at: steps.lowerBound), on: compute)
  }
}

extension ConvolutionGeometry {
  /// The same with other sizes in depth.
  func withDepths(input: Int, output: Int, padding depth: Int) -> ConvolutionGeometry {
    func changed(_ shape: Shape, _ depth: Int) -> Shape {
      let s = shape.sizes
      return [s[0], depth, s[2], s[3], s[4]]
    }
    return ConvolutionGeometry(
      input: changed(self.input, input), output: changed(self.output, output), kernel: kernel, stride: stride,
      padding: Extent(depth: depth, height: padding.height, width: padding.width))
  }
}
