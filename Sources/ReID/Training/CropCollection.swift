public import Decode
public import Foundation
import Network

/// Labelled crops in memory, each scaled to `pictureSize`: 31 kB a crop.
public struct CropCollection: Sendable {
  /// A little more than the network looks at, since it learns from parts.
  public static let pictureSize = PictureSize(width: 64, height: 160)

  /// A crop, and who is on it.
  struct Crop: Sendable {
    let picture: ColorPicture
    /// The person's place among all, sorted by name.
    let identity: Int
    /// The camera's place among all, sorted by name.
    let camera: Int
  }

  let crops: [Crop]
  /// All pictures.
  public var pictures: [ColorPicture] { crops.map(\.picture) }
  /// How many people there are.
  public let identityCount: Int
  /// How many cameras there are.
  public let cameraCount: Int

  /// Reads the crops of `labels` from `folder`.
  ///
  /// - Throws: `DecodeError` for a picture that is missing or broken.
  public init(
    _ labels: CropLabels, in folder: URL, cancellation: Cancellation,
    progress: (Double) -> Void = { _ in }
  ) throws {
    let identities = Self.places(labels.identities)
    let cameras = Self.places(Set(labels.crops.map(\.camera)).sorted())
    identityCount = identities.count
    cameraCount = cameras.count
    var crops: [Crop] = []
    for (number, crop) in labels.crops.enumerated() {
      if cancellation.isCancelled { throw ReIDError.interrupted(steps: 0, checkpoint: nil) }
      progress(Double(number) / Double(labels.crops.count))
      let picture = try ColorPicture(contentsOf: folder.appending(path: crop.file))
      crops.append(
        Crop(
          picture: picture.scaled(to: Self.pictureSize),
          identity: identities[crop.identity] ?? 0, camera: cameras[crop.camera] ?? 0))
    }
    self.crops = crops
  }

  /// Crops in memory already.
  init(crops: [Crop]) {
    self.crops = crops
    identityCount = (crops.map(\.identity).max() ?? -1) + 1
    cameraCount = (crops.map(\.camera).max() ?? -1) + 1
  }

  private static func places(_ names: [String]) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: zip(names, names.indices))
  }

  /// 16 hexadecimal digits that other crops are unlikely to give: of all identities, cameras and some pixels.
  var digest: String {
    var hash = FNVHash()
    func mix(_ number: Int) { hash.mix(UInt64(truncatingIfNeeded: number)) }
    for crop in crops {
      mix(crop.identity)
      mix(crop.camera)
      for pixel in stride(from: 0, to: crop.picture.pixels.count, by: 997) {
        mix(Int(crop.picture.pixels[pixel]))
      }
    }
    return hash.hexDigits
  }
}
