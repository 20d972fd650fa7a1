import CFFmpeg

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
  func colorPicture() throws(DecodeError) -> ColorPicture {
    let size = PictureSize(of: frame)
    guard let converted = PixelConversion.converted(frame, to: AV_PIX_FMT_RGB24) else {
      throw DecodeError(.unsupported, location, PixelConversion.failure(of: frame))
    }
    defer {
      var converted: UnsafeMutablePointer<AVFrame>? = converted
      av_frame_free(&converted)
    }
    guard let pixels = converted.pointee.data.0 else {
      throw DecodeError(.unsupported, location, PixelConversion.failure(of: frame))
    }
    return ColorPicture(
      size: orientation.uprightSize(of: size),
      pixels: orientation.upright(
        pixels, size: size, rowStride: Int(converted.pointee.linesize.0), channels: 3))
  }
}

extension PictureSize {
  /// The coded size of a frame.
  init(of frame: UnsafePointer<AVFrame>) {
    self.init(width: Int(frame.pointee.width), height: Int(frame.pointee.height))
  }
}
