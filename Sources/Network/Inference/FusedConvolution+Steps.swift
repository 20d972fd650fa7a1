internal import CKernels

/// A fused convolution for some steps in time only.
extension FusedConvolution {
  /// What comes out of [1, D, H, W, C].
  func outputShape(for shape: Shape) throws(NetworkError) -> Shape {
    switch direction {
    case .transposed(let layer): return try layer.adjoint(for: shape).input
    case .forward(let layer):
      let s = try layer.geometry(for: shape).output.sizes
      return [s[0], s[1] / window.depth, s[2] / window.height, s[3] / window.width, s[4]]
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
    case .transposed(let layer):
      var g = try layer.adjoint(for: shape).forKernels
      return ck_carries_transposed_convolution(&g) != 0
    case .forward(let layer):
      let g = try layer.geometry(for: shape)
      var sizes = g.forKernels
      if pooling != nil { return layer.kernels.carriesPooled(g, window: window) }
      return ck_carries_convolution(&sizes) != 0 || ck_carries_single_channel_convolution(&sizes) != 0
    }
  }

  /// Sets some steps of `y` from `x`, both floats.
  func run(_ x: Steps, into y: Steps, steps: Range<Int>, on compute: Compute) throws(NetworkError) {
    try run(
      geometry(from: x, to: steps).forKernels, from: x.floats(at: x.range.lowerBound),
      to: y.floats(at: steps.lowerBound), on: compute)
  }

  /// Sets the output of a geometry that the kernels carry, pooled where a pooling follows.
  func run(
    _ geometry: ck_geometry, from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>, on compute: Compute
  ) throws(NetworkError) {
    var g = geometry
    let w = weight.pointer
    let epilogue = ck_epilogue(shift: UnsafePointer(shift.pointer), slope: slope)
    let status: Int32
    switch direction {
    case .transposed: status = ck_transposed_convolution(&g, from, w, epilogue, to, compute.count)
    case .forward:
      if let weights = winogradWeights(g, weight, window: window) {
        status = ck_winograd(&g, from, weights.pointer, epilogue, window.forKernels, to, compute.count)
      } else if pooling != nil {
        status = ck_convolution_max_pool(&g, from, w, epilogue, window.forKernels, to, compute.count)
      } else if g.out_channels == 1 {
        status = ck_single_channel_convolution(&g, from, w, shift.pointer[0], to, compute.count)
        let count = g.batch * g.out_depth * g.out_height * g.out_width
        if slope != 1 { ck_leaky_relu(to, count, slope, to, compute.count) }
      } else {
        status = ck_convolution(&g, from, w, epilogue, to, compute.count)
      }
    }
    guard status == 0 else { throw .outOfMemory(operation: "a convolution") }
  }
}

extension Extent {
  var forKernels: [Int64] { [Int64(depth), Int64(height), Int64(width)] }
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
