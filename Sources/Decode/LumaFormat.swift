import CFFmpeg

/// How luma lies in a frame's first plane, for the formats whose luma is a plane of its own.
struct LumaFormat {
  /// 1 or 2 bytes per sample.
  let bytesPerSample: Int
  /// The samples of black and white.
  let levels: AreaScaler.Levels

  /// nil where luma has to be computed first: RGB, palettes, packed formats, foreign byte order.
  init?(of frame: UnsafePointer<AVFrame>) {
    guard let format = av_pix_fmt_desc_get(AVPixelFormat(frame.pointee.format))?.pointee else { return nil }
    let computed =
      AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL
      | AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BE
    let luma = format.comp.0
    guard format.flags & UInt64(computed) == 0, luma.plane == 0, luma.offset == 0,
      (8...16).contains(luma.depth), luma.step == (luma.depth > 8 ? 2 : 1)
    else { return nil }
    bytesPerSample = Int(luma.step)
    let (depth, shift) = (Int(luma.depth), Int(luma.shift))
    levels =
      Self.isFullRange(frame)
      ? AreaScaler.Levels(black: 0, white: ((1 << depth) - 1) << shift)
      : AreaScaler.Levels(black: 16 << (depth - 8 + shift), white: 235 << (depth - 8 + shift))
  }

  /// Whether black is 0; what a frame does not say follows from its format, as everywhere in FFmpeg.
  static func isFullRange(_ frame: UnsafePointer<AVFrame>) -> Bool {
    switch frame.pointee.color_range {
    case AVCOL_RANGE_JPEG: return true
    case AVCOL_RANGE_MPEG: return false
    default:
      switch AVPixelFormat(frame.pointee.format) {
      case AV_PIX_FMT_YUVJ411P, AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ440P,
        AV_PIX_FMT_YUVJ444P:
        return true
      default:
        let format = av_pix_fmt_desc_get(AVPixelFormat(frame.pointee.format))?.pointee
        return (format?.nb_components ?? 0) <= 2 || (format?.flags ?? 0) & UInt64(AV_PIX_FMT_FLAG_RGB) != 0
      }
    }
  }
}
