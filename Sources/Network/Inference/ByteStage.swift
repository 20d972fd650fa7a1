/// A step of inference in 8-bit integers over the pictures of a batch, which are the steps in depth of `Steps`.
protocol ByteStage {
  /// The shape that comes of [1, N, H, W, C].
  func outputShape(for shape: Shape) throws(NetworkError) -> Shape

  /// Writes the result for `x`, bytes, into the channels of `y` from `channel` on.
  func fill(_ y: Steps, channel: Int, from x: Steps, on compute: Compute) throws(NetworkError)
}

extension ByteStage {
  /// The result for `x` alone.
  func callAsFunction(_ x: Steps, on compute: Compute) throws(NetworkError) -> Steps {
    let y = Steps(x.range, of: try outputShape(for: x.whole), as: .bytes)
    try fill(y, channel: 0, from: x, on: compute)
    return y
  }
}

extension ConvolutionGeometry {
  /// That of pictures [N, 1, H, W, C] whose numbers lie as `Steps` [1, N, H, W, C].
  var withPicturesAsSteps: ConvolutionGeometry {
    func turned(_ shape: Shape) -> Shape {
      let s = shape.sizes
      return [1, s[0], s[2], s[3], s[4]]
    }
    return ConvolutionGeometry(
      input: turned(input), output: turned(output), kernel: kernel, stride: stride, padding: padding)
  }
}

extension Shape {
  /// [N, H, W, C] of `Steps` [1, N, H, W, C].
  var ofPictures: Shape { Shape(Array(sizes.dropFirst())) }
}
