import CFFmpeg

/// Turns decoded frames of any format and size into upright gray pictures of one size.
///
/// Reads luma where it lies, with no detour over RGB. Confined to one thread.
final class GrayConverter {
  private let size: PictureSize
  private var scaler: AreaScaler?
  private var blendsFields = false

  init(size: PictureSize) { self.size = size }

  /// nil where FFmpeg cannot convert the pixel format.
  func convert(_ frame: UnsafePointer<AVFrame>, orientation: Orientation) -> GrayPicture? {
    guard LumaFormat(of: frame) == nil else { return scale(frame, orientation: orientation) }
    guard let gray = PixelConversion.converted(frame, to: AV_PIX_FMT_GRAY8) else { return nil }
    defer {
      var gray: UnsafeMutablePointer<AVFrame>? = gray
      av_frame_free(&gray)
    }
    return scale(gray, orientation: orientation)
  }

  private func scale(_ frame: UnsafePointer<AVFrame>, orientation: Orientation) -> GrayPicture? {
    guard let luma = LumaFormat(of: frame), let plane = frame.pointee.data.0 else { return nil }
    let scaler = scaler(for: frame, orientation: orientation)
    let rowStride = Int(frame.pointee.linesize.0)
    let pixels =
      luma.bytesPerSample == 1
      ? scaler.scale8(plane, rowStride: rowStride, levels: luma.levels)
      : scaler.scale16(plane, rowStride: rowStride, levels: luma.levels)
    guard orientation != .upright else { return GrayPicture(size: size, pixels: pixels) }
    let turned = pixels.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map {
        orientation.upright(
          $0, size: scaler.destination, rowStride: scaler.destination.width, channels: 1)
      }
    }
    return turned.map { GrayPicture(size: size, pixels: $0) }
  }

  private func scaler(for frame: UnsafePointer<AVFrame>, orientation: Orientation) -> AreaScaler {
    let source = PictureSize(of: frame)
    let destination = orientation.uprightSize(of: size)
    let isInterlaced = cffmpeg_frame_is_interlaced(frame) != 0
    if let scaler, scaler.source == source, scaler.destination == destination,
      blendsFields == isInterlaced
    {
      return scaler
    }
    let scaler = AreaScaler(from: source, to: destination, blendsFields: isInterlaced)
    self.scaler = scaler
    blendsFields = isInterlaced
    return scaler
  }
}
