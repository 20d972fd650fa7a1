import Network

/// The convolutional autoencoder of Hasan et al. ("Learning Temporal Regularity in Video Sequences", CVPR 2016), to compare
/// STAE with: the ten frames of a cube are channels of one picture, so that time is gone behind the first layer.
///
/// Sizes are those of the released network; its layers are those that STAE has. Normalisation and leaky rectifiers stand in
/// for hyperbolic tangents and local response normalisation, and transposed convolutions of stride 2 for unpooling and
/// the stride 1 behind it, so that it gets somewhere in minutes.
public final class ConvAE {
  /// Ten gray frames of 227×227 pixels.
  public static let cubeShape = CubeShape(frames: 10, height: 227, width: 227)

  /// Pictures [N, 227, 227, 10] less the mean frame to what is made of them.
  let layers: Sequential
  /// The mean of the frames to learn from, [227, 227], 0…1.
  let meanFrame: [Float]

  /// A network with fresh weights from `seed`.
  ///
  /// - Parameter meanFrame: [227, 227], 0…1.
  init(meanFrame: [Float], seed: UInt64) {
    precondition(meanFrame.count == Self.cubeShape.pixelsPerFrame, "a mean frame of another size")
    self.meanFrame = meanFrame
    var g = SeededGenerator(seed: seed)
    let frames = Self.cubeShape.frames
    layers = Sequential([
      Conv2d(inputChannels: frames, outputChannels: 256, kernelSize: 11, stride: 4, bias: false, using: &g),
      BatchNorm(256), LeakyReLU(0.2), MaxPool2d(kernelSize: 3, stride: 2),
      Conv2d(inputChannels: 256, outputChannels: 128, kernelSize: 5, padding: 2, bias: false, using: &g),
      BatchNorm(128), LeakyReLU(0.2), MaxPool2d(kernelSize: 3, stride: 2),
      Conv2d(inputChannels: 128, outputChannels: 64, kernelSize: 3, padding: 1, bias: false, using: &g),
      BatchNorm(64), LeakyReLU(0.2),
      ConvTranspose2d(
        inputChannels: 64, outputChannels: 128, kernelSize: 3, stride: 2, bias: false, using: &g),
      BatchNorm(128), LeakyReLU(0.2),
      ConvTranspose2d(
        inputChannels: 128, outputChannels: 256, kernelSize: 5, stride: 2, padding: 1, bias: false, using: &g),
      BatchNorm(256), LeakyReLU(0.2),
      ConvTranspose2d(inputChannels: 256, outputChannels: frames, kernelSize: 11, stride: 4, using: &g),
    ])
  }

  /// What the network sees of a cube: [1, 227, 227, 10], less the mean frame.
  ///
  /// - Parameter value: that of a pixel in a frame of the cube, 0…1.
  func picture(_ value: (_ frame: Int, _ pixel: Int) -> Float) -> Tensor {
    let shape = Self.cubeShape
    let picture = Tensor([1, shape.height, shape.width, shape.frames])
    picture.withUnsafeMutableBufferPointer { values in
      for pixel in meanFrame.indices {
        for frame in 0..<shape.frames {
          values[pixel * shape.frames + frame] = value(frame, pixel) - meanFrame[pixel]
        }
      }
    }
    return picture
  }
}
