internal import CKernels
internal import COneDNN

/// Sizes along depth, height and width.
struct Extent: Hashable, Sendable {
  let depth: Int
  let height: Int
  let width: Int

  var product: Int { depth * height * width }

  var forKernels: [Int64] { [Int64(depth), Int64(height), Int64(width)] }
}

/// The sizes of a convolution from `input` to `output`, both [N, D, H, W, C].
struct ConvolutionGeometry: Hashable {
  let input: Shape
  let output: Shape
  let kernel: Extent
  let stride: Extent
  let padding: Extent

  var inputChannels: Int { input.channels }
  var outputChannels: Int { output.channels }
  var weightCount: Int { kernel.product * inputChannels * outputChannels }

  var forKernels: ck_geometry {
    let (i, o) = (input.sizes.map(Int64.init), output.sizes.map(Int64.init))
    return ck_geometry(
      batch: i[0],
      in_depth: i[1], in_height: i[2], in_width: i[3], in_channels: i[4],
      out_depth: o[1], out_height: o[2], out_width: o[3], out_channels: o[4],
      kernel_depth: Int64(kernel.depth), kernel_height: Int64(kernel.height),
      kernel_width: Int64(kernel.width),
      stride_depth: Int64(stride.depth), stride_height: Int64(stride.height),
      stride_width: Int64(stride.width),
      padding_depth: Int64(padding.depth), padding_height: Int64(padding.height),
      padding_width: Int64(padding.width), out_stride: 0)
  }

  var forOneDNN: od_geometry {
    let (i, o) = (input.sizes.map(Int64.init), output.sizes.map(Int64.init))
    func three(_ e: Extent) -> (Int64, Int64, Int64) { (Int64(e.depth), Int64(e.height), Int64(e.width)) }
    return od_geometry(
      input: (i[0], i[1], i[2], i[3], i[4]), output: (o[0], o[1], o[2], o[3], o[4]),
      kernel: three(kernel), stride: three(stride), padding: three(padding))
  }

  /// With stride 1, the adjoint is a convolution too, from the output's side, with taps in reverse order. So input and output
  /// gradient can exchange their roles in the weight gradient, whose taps then come out in reverse order.
  var withRolesExchanged: ConvolutionGeometry {
    ConvolutionGeometry(
      input: output, output: input, kernel: kernel, stride: stride,
      padding: Extent(
        depth: kernel.depth - 1 - padding.depth, height: kernel.height - 1 - padding.height,
        width: kernel.width - 1 - padding.width))
  }
}
