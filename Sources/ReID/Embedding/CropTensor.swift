import Decode
import Network

/// Crops as the network takes them: [N, 144, 56, 3], red, green and blue, each less its mean over many people's pictures,
/// in units of their spread.
enum CropTensor {
  /// Of red, green and blue, in 0…255.
  private static let means: [Float] = [102, 102, 101]
  /// In 0…255.
  private static let deviation: Float = 58

  /// Whole crops, of any size.
  static func whole(_ crops: [ColorPicture], areMirrored: Bool = false) -> Tensor {
    let tensor = empty(count: crops.count)
    tensor.withUnsafeMutableBufferPointer { buffer in
      for (index, crop) in crops.enumerated() {
        fill(slice(buffer, index), with: crop.scaled(to: MSPCNN.inputSize), isMirrored: areMirrored)
      }
    }
    return tensor
  }

  /// Room for so many crops of one size.
  static func empty(count: Int, size: PictureSize = MSPCNN.inputSize) -> Tensor {
    Tensor([count, size.height, size.width, 3])
  }

  /// The numbers of one crop.
  static func slice(
    _ buffer: UnsafeMutableBufferPointer<Float>, _ index: Int, size: PictureSize = MSPCNN.inputSize
  ) -> UnsafeMutableBufferPointer<Float> {
    let count = size.pixelCount * 3
    return UnsafeMutableBufferPointer(rebasing: buffer[index * count..<(index + 1) * count])
  }

  /// Writes a picture, every colour times its gain plus `bias`, of a range of 0…255.
  static func fill(
    _ numbers: UnsafeMutableBufferPointer<Float>, with picture: ColorPicture, isMirrored: Bool,
    gains: [Float] = [1, 1, 1], bias: Float = 0
  ) {
    let (width, height) = (picture.size.width, picture.size.height)
    picture.pixels.withUnsafeBufferPointer { pixels in
      for y in 0..<height {
        for x in 0..<width {
          let from = (y * width + (isMirrored ? width - 1 - x : x)) * 3
          let to = (y * width + x) * 3
          for channel in 0..<3 {
            let value = min(255, max(0, Float(pixels[from + channel]) * gains[channel] + bias))
            numbers[to + channel] = (value - means[channel]) / deviation
          }
        }
      }
    }
  }
}
