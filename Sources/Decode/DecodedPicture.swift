import CFFmpeg
import CPictures

/// One decoded picture in the decoder's own format.
///
/// Owns its `AVFrame`, a counted reference to the decoder's buffer, and releases it when the last user lets go. The
/// frame is never written to after `init`, and FFmpeg counts references atomically: so threads may share it.
final class DecodedPicture: @unchecked Sendable {
  private let frame: UnsafeMutablePointer<AVFrame>
  private let orientation: Orientation
  private let location: String
  /// Width by height of a coded pixel.
  private let pixelAspectRatio: Double

  /// Takes the picture out of `frame`, which is blank afterwards; nil when memory is short.
  init?(
    moving source: UnsafeMutablePointer<AVFrame>, orientation: Orientation, pixelAspectRatio: AVRational,
    location: String
  ) {
    guard let frame = av_frame_alloc() else { return nil }
    av_frame_move_ref(frame, source)
    self.frame = frame
    self.orientation = orientation
    self.location = location
    let ratio = Double(pixelAspectRatio.num) / Double(pixelAspectRatio.den)
    // 0 by anything says that it is not known; of what no camera has, the same is believed.
    self.pixelAspectRatio = Self.believablePixelAspectRatios.contains(ratio) ? ratio : 1
  }

  private static let believablePixelAspectRatios = 0.125...8

  deinit {
    var frame: UnsafeMutablePointer<AVFrame>? = frame
    av_frame_free(&frame)
  }

  /// The size as shown.
  var uprightSize: PictureSize { orientation.uprightSize(of: PictureSize(of: frame)) }

  /// Width by height as shown.
  var aspectRatio: Double {
    let size = PictureSize(of: frame)
    let coded = pixelAspectRatio * Double(size.width) / Double(max(1, size.height))
    return orientation.isTransposed ? 1 / coded : coded
  }

  /// Converts the whole picture, upright.
  ///
  /// By way of planes, where libswscale interpolates chroma between rows, and has vector code on x86. Straight to RGB it was off
  /// by up to 27 of 255 at edges of color of a 768×576 picture, planes by 1, and took twice the time (FFmpeg 5.1).
  func colorPicture() throws(DecodeError) -> ColorPicture {
    let size = PictureSize(of: frame)
    var planes = PixelConversion.converted(frame, to: AV_PIX_FMT_GBRP)
    defer { av_frame_free(&planes) }
    guard let planes, let coded = Self.packed(planes, size) else {
      throw DecodeError(.unsupported, location, PixelConversion.failure(of: frame))
    }
    let pixels =
      orientation == .upright
      ? coded : orientation.upright(coded, size: size, rowStride: 3 * size.width, channels: 3)
    return ColorPicture(size: orientation.uprightSize(of: size), pixels: pixels)
  }

  /// The RGB bytes of planes of green, blue and red, row by row.
  private static func packed(_ planes: UnsafePointer<AVFrame>, _ size: PictureSize) -> [UInt8]? {
    let (data, strides) = (planes.pointee.data, planes.pointee.linesize)
    guard let green = data.0, let blue = data.1, let red = data.2 else { return nil }
    return [UInt8](unsafeUninitializedCapacity: 3 * size.pixelCount) { buffer, count in
      guard let rgb = buffer.baseAddress else { return }
      for row in 0..<size.height {
        pix_pack_row(
          red + row * Int(strides.2), green + row * Int(strides.0), blue + row * Int(strides.1),
          Int64(size.width), rgb + 3 * row * size.width)
      }
      count = 3 * size.pixelCount
    }
  }
}

extension PictureSize {
  /// The coded size of a frame.
  init(of frame: UnsafePointer<AVFrame>) {
    self.init(width: Int(frame.pointee.width), height: Int(frame.pointee.height))
  }
}
