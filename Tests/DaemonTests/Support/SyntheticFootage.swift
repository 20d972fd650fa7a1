import Anomaly
import Daemon
import Decode
import Foundation
import Network
import Network
import Store
import TestKit

/// Footage of a gray wall with a little noise, across which a white block wanders at times: made up, seeded, with the
/// same pixels on every machine.
struct SyntheticFootage {
  static let size = PictureSize(width: 160, height: 120)
  static let framesPerSecond = 10.0
  private static let blockSide = 30

  let seed: UInt64

  /// Frames of the wall; the block is there in `irregular`.
  func pictures(_ count: Int, irregular: Range<Int> = 0..<0) -> [ColorPicture] {
    (0..<count).map {
      picture($0, blockX: irregular.contains($0) ? 10 + 5 * ($0 - irregular.lowerBound) : nil)
    }
  }

  private func picture(_ index: Int, blockX: Int?) -> ColorPicture {
    var generator = SeededGenerator(seed: seed &+ UInt64(index) &* 7_919)
    var pixels: [UInt8] = []
    pixels.reserveCapacity(3 * Self.size.pixelCount)
    for y in 0..<Self.size.height {
      for x in 0..<Self.size.width {
        let isBlock = blockX.map { ($0..<$0 + Self.blockSide).contains(x) && (45..<75).contains(y) } ?? false
        let gray = isBlock ? 250 : 100 + UInt8(generator.next() % 5)
        pixels += [gray, gray, gray]
      }
    }
    return ColorPicture(size: Self.size, pixels: pixels)
  }

  /// Writes the pictures as a stream of JPEGs, which has no timestamps: a reader counts ten frames a second.
  func write(_ count: Int, irregular: Range<Int> = 0..<0, to file: URL) throws {
    var stream = Data()
    for picture in pictures(count, irregular: irregular) { stream += try picture.jpegData(quality: 95) }
    try stream.write(to: file)
  }

  /// The frames as a reader gives them.
  func frames(_ count: Int, irregular: Range<Int> = 0..<0) throws -> [Frame] {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "clip.mjpeg")
    try write(count, irregular: irregular, to: file)
    let reader = try VideoReader(MediaLocation(file: file))
    var frames: [Frame] = []
    while let frame = try reader.next() { frames.append(frame) }
    return frames
  }
}

/// "Reconstructs" every cube as the empty wall, so that whatever is in front of it is an error.
final class WallReconstructor: CubeReconstructor {
  let cubeShape = CubeShape()

  func reconstruct(
    _ cube: UnsafeBufferPointer<Float>, into reconstruction: UnsafeMutableBufferPointer<Float>
  ) {
    reconstruction.update(repeating: 102.0 / 255)
  }
}

extension CameraModel {
  /// A model that knows the wall of `SyntheticFootage`.
  static func wall() throws -> CameraModel {
    CameraModel(
      reconstructor: WallReconstructor(), calibration: try wallCalibration.get(),
      framesPerSecond: SyntheticFootage.framesPerSecond,
      description: ModelDescription(hash: "wall", name: "wall", path: "wall.safetensors"))
  }

  private static let wallCalibration = Result { () throws -> Calibration in
    let errors = FeatureStream(reconstructor: WallReconstructor())
    var builder = CalibrationBuilder(grid: errors.grid)
    for frame in try SyntheticFootage(seed: 99).frames(160) {
      for error in try errors.add(frame) { builder.add(error) }
    }
    return try builder.calibration()
  }
}
