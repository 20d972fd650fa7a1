import CFFmpeg

/// One decoded picture in the decoder's own format.
///
/// Owns its `AVFrame`, a counted reference to the decoder's buffer, and releases it when the last user lets go. The
/// frame is never written to after `init`, and FFmpeg counts references atomically: so threads may share it.
final class DecodedPicture: @unchecked Sendable {
  private let frame: UnsafeMutablePointer<AVFrame>
  private let orientation: Orientation
  private let location: String

  /// Takes the picture out of `frame`, which is blank afterwards; nil when memory is short.
  init?(moving source: UnsafeMutablePointer<AVFrame>, orientation: Orientation, location: String) {
    guard let frame = av_frame_alloc() else { return nil }
    av_frame_move_ref(frame, source)
    self.frame = frame
    self.orientation = orientation
    self.location = location
  }

  deinit {
    var frame: UnsafeMutablePointer<AVFrame>? = frame
    av_frame_free(&frame)
  }

  /// The size as shown.
  var uprightSize: PictureSize { orientation.uprightSize(of: PictureSize(of: frame)) }

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
