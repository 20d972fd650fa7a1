internal import CKernels

/// Max pooling of pictures in bytes, whose result may have another range than what goes in.
struct ByteMaxPool: ByteStage {
  let pooling: MaxPool
  let input: ActivationRange
  let output: ActivationRange

  func outputShape(for shape: Shape) throws(NetworkError) -> Shape {
    try pooling.geometry(for: shape.ofPictures).withPicturesAsSteps.output
  }

  func fill(_ y: Steps, channel: Int, from x: Steps, on compute: Compute) throws(NetworkError) {
    var g = try pooling.geometry(for: x.whole.ofPictures).withPicturesAsSteps.forKernels
    g.out_stride = Int64(y.channels)
    ck_byte_max_pool(
      &g, x.bytes(at: 0), input.scale / output.scale, input.zero, output.zero, y.bytes(at: 0) + channel,
      compute.count)
  }
}

/// Average pooling of pictures in bytes; the result has the range of what goes in.
struct ByteAveragePool: ByteStage {
  let pooling: AveragePool2d
  let range: ActivationRange

  func outputShape(for shape: Shape) throws(NetworkError) -> Shape {
    try pooling.geometry(for: shape.ofPictures).withPicturesAsSteps.output
  }

  func fill(_ y: Steps, channel: Int, from x: Steps, on compute: Compute) throws(NetworkError) {
    var g = try pooling.geometry(for: x.whole.ofPictures).withPicturesAsSteps.forKernels
    g.out_stride = Int64(y.channels)
    guard ck_carries_byte_average_pool(&g) != 0 else {
      throw .kernelFailed(operation: "pooling in 8-bit integers", reason: "\(x.whole) is no shape for it")
    }
    let status = ck_byte_average_pool(
      &g, x.bytes(at: 0), range.zero, y.bytes(at: 0) + channel, compute.count)
    guard status == 0 else { throw .outOfMemory(operation: "pooling") }
  }
}
