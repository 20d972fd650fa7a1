import Decode
import Network

/// How pictures become what the network takes.
///
/// A picture is scaled to about `pixelCount` pixels whose sides are the multiples of 32 nearest to its own proportions, so
/// that nothing is filled in and boxes keep their fractions; people are stretched by a few percent at most, except in
/// pictures so long that their shorter side would fall below 32.
struct DetectorInput {
  /// The longest side, in pixels.
  static let longestSide = 1024

  /// About how many pixels the network gets.
  let pixelCount: Int

  /// The size that a picture of `size` is scaled to.
  func size(for size: PictureSize) -> PictureSize {
    let scale = min(
      (Double(pixelCount) / Double(max(1, size.pixelCount))).squareRoot(),
      Double(Self.longestSide) / Double(max(1, size.width, size.height)))
    func side(_ length: Int) -> Int { max(32, Int((Double(length) * scale / 32).rounded()) * 32) }
    return PictureSize(width: side(size.width), height: side(size.height))
  }

  /// [1, height, width, 3], RGB in 0…1.
  func tensor(of picture: ColorPicture) -> Tensor {
    let size = size(for: picture.size)
    return DetectorInput.tensor(of: [picture.scaled(to: size)])
  }

  /// [N, height, width, 3] of pictures of one size, RGB in 0…1.
  static func tensor(of pictures: [ColorPicture]) -> Tensor {
    let size = pictures.first?.size ?? PictureSize(width: 32, height: 32)
    let tensor = Tensor([pictures.count, size.height, size.width, 3])
    tensor.withUnsafeMutableBufferPointer { numbers in
      var start = 0
      for picture in pictures {
        picture.pixels.withUnsafeBufferPointer { pixels in
          for i in pixels.indices { numbers[start + i] = Float(pixels[i]) * (1 / 255) }
        }
        start += picture.pixels.count
      }
    }
    return tensor
  }
}
