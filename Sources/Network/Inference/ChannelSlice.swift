/// Some channels of a tensor, which several operations fill side by side.
struct ChannelSlice {
  let tensor: Tensor
  /// The first of the channels.
  let channel: Int

  /// Where they begin; valid as long as the tensor is kept.
  var pointer: UnsafeMutablePointer<Float> { tensor.pointer + channel }
  /// Floats from one position to the next.
  var stride: Int64 { Int64(tensor.shape.channels) }
}

/// An operation that can write its result into some channels of a wider tensor.
protocol SliceFilling: Operation {
  /// The shape of what it writes, or nil for an input from which it cannot.
  func sliceShape(for input: Shape) throws(NetworkError) -> Shape?

  /// Writes the result for `x`.
  func fill(_ slice: ChannelSlice, from x: Tensor, on compute: Compute) throws(NetworkError)
}
