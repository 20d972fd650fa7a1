import Decode
import Foundation

/// A person cut out of a frame.
struct PersonCrop: Sendable {
  let time: Duration
  let box: Box
  /// 0…1.
  let quality: Double
  let picture: ColorPicture
  /// What the embedder made of it, once it was asked.
  var embedding: Embedding?

  static let largestSize = PictureSize(width: 128, height: 160)

  /// Cuts a box out of a picture, scaled down to the largest size where it is larger.
  static func cut(_ box: Box, from picture: ColorPicture) -> ColorPicture {
    let width = box.width * Double(picture.size.width)
    let height = box.height * Double(picture.size.height)
    let scale = min(1, Double(largestSize.width) / width, Double(largestSize.height) / height)
    let size = PictureSize(
      width: max(1, Int((width * scale).rounded())), height: max(1, Int((height * scale).rounded())))
    return picture.scaled(box, to: size)
  }
}
