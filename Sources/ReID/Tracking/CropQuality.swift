public import Decode
import Foundation

/// How well a person can be recognised from the part of a picture in their box: a product of factors, each 0…1.
public struct CropQuality: Sendable, Hashable {
  /// 0 up to 16 pixels of height, 1 from 144 on, what the embedder takes; equal for each doubling.
  public let size: Double
  /// How sure the detector is.
  public let certainty: Double
  /// Halved by each edge of the picture that cuts the box.
  public let wholeness: Double
  /// The share of the box that nobody else's box covers; who stands behind covers half as much.
  public let freedom: Double
  /// 1 for boxes as wide as a person is; less for those much narrower or wider.
  public let proportion: Double
  /// The overlap with where the motion model has the person: a box that leaps has somebody or something else in it too.
  public private(set) var steadiness = 1.0
  /// The energy of gradients against that of the whole, so that neither light nor clothes count; 1 until measured.
  public private(set) var sharpness = 1.0

  /// The quality of a box by itself and the boxes around it: the most it can be.
  ///
  /// - Parameters:
  ///   - box: a person in a picture of the given size.
  ///   - score: the detector's, 0…1.
  ///   - others: the boxes of everyone else.
  public init(box: Box, score: Float, others: [Box], in picture: PictureSize) {
    let height_pixels = box.height * Double(picture.height)
    let width_pixels = box.width * Double(picture.width)
    size = Self.clamped(log(height_pixels / 16) / log(144.0 / 16))
    certainty = Self.clamped(Double(score))
    wholeness = Self.halves[BorderCut(box, in: picture).count]
    let feet = box.y + box.height
    let covered = others.map { other in
      box.share(coveredBy: other) * (other.y + other.height >= feet ? 1 : 0.5)
    }
    freedom = 1 - (covered.max() ?? 0)
    let aspect = width_pixels / max(height_pixels, 1)
    proportion = max(0.1, Self.clamped(min((aspect - 0.12) / 0.13, (1.2 - aspect) / 0.6)))
  }

  /// All factors together, 0…1.
  public var value: Double { size * certainty * wholeness * freedom * proportion * steadiness * sharpness }

  /// The same for a person who should be at a place.
  func compared(_ box: Box, with expected: Box) -> CropQuality {
    var quality = self
    quality.steadiness = box.intersectionOverUnion(expected)
    return quality
  }

  /// The same with the sharpness of what was cut out.
  func measured(on crop: ColorPicture) -> CropQuality {
    var quality = self
    quality.sharpness = Self.sharpness(of: crop)
    return quality
  }

  /// The mean square of the gray gradient over the variance, against that of a sharp crop, 0…1.
  static func sharpness(of crop: ColorPicture) -> Double {
    let (width, height) = (crop.size.width, crop.size.height)
    guard width > 2, height > 2 else { return 0 }
    let gray = (0..<crop.size.pixelCount).map(crop.luma)
    var sum = 0
    var squares = 0
    var gradients = 0
    for row in 1..<(height - 1) {
      for column in 1..<(width - 1) {
        let index = row * width + column
        let across = gray[index + 1] - gray[index - 1]
        let down = gray[index + width] - gray[index - width]
        sum += gray[index]
        squares += gray[index] * gray[index]
        gradients += across * across + down * down
      }
    }
    let count = Double((width - 2) * (height - 2))
    let mean = Double(sum) / count
    let variance = Double(squares) / count - mean * mean
    let ratio = Double(gradients) / count / 4 / (variance + noiseVariance)
    return min(1, ratio / sharpRatio)
  }

  /// Gray levels squared: below it, differences are noise.
  private static let noiseVariance = 25.0
  /// The ratio of a sharp crop, as of people who walk through a camera's picture in daylight.
  private static let sharpRatio = 0.15
  private static let halves = [1, 0.5, 0.25, 0.125, 0.0625]

  private static func clamped(_ value: Double) -> Double { value.isNaN ? 0 : min(1, max(0, value)) }
}
