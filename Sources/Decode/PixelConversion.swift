import CFFmpeg

/// Conversion between pixel formats through libswscale, at unchanged size.
enum PixelConversion {
  /// A new full-range frame with the pixels of `source`, which the caller frees; nil where libswscale cannot.
  ///
  /// A picture that does not name its matrix is taken for BT.709 from 720 lines on and for BT.601 below, as players do.
  static func converted(
    _ source: UnsafePointer<AVFrame>, to format: AVPixelFormat
  ) -> UnsafeMutablePointer<AVFrame>? {
    let (width, height) = (source.pointee.width, source.pointee.height)
    let sourceFormat = AVPixelFormat(source.pointee.format)
    guard
      let context = sws_getContext(
        width, height, sourceFormat, width, height, format,
        Int32(SWS_BILINEAR | SWS_ACCURATE_RND | SWS_BITEXACT | SWS_FULL_CHR_H_INT), nil, nil, nil)
    else { return nil }
    defer { sws_freeContext(context) }
    let matrix = sws_getCoefficients(matrix(of: source))
    sws_setColorspaceDetails(
      context, matrix, LumaFormat.isFullRange(source) ? 1 : 0, matrix, 1, 0, 1 << 16, 1 << 16)

    var converted = av_frame_alloc()
    guard let frame = converted else { return nil }
    frame.pointee.width = width
    frame.pointee.height = height
    frame.pointee.format = format.rawValue
    // Aligned rows with room behind them: libswscale's vector code writes past the last pixel.
    guard av_frame_get_buffer(frame, 0) >= 0, sws_scale_frame(context, frame, source) >= 0 else {
      av_frame_free(&converted)
      return nil
    }
    return frame
  }

  /// Says which format defeated `converted`.
  static func failure(of source: UnsafePointer<AVFrame>) -> String {
    let name = av_get_pix_fmt_name(AVPixelFormat(source.pointee.format)).map { String(cString: $0) }
    return "pictures in the pixel format \(name ?? "unknown") cannot be converted by this FFmpeg"
  }

  private static func matrix(of source: UnsafePointer<AVFrame>) -> Int32 {
    switch source.pointee.colorspace {
    case AVCOL_SPC_BT709: SWS_CS_ITU709
    case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: SWS_CS_BT2020
    case AVCOL_SPC_SMPTE240M: SWS_CS_SMPTE240M
    case AVCOL_SPC_FCC: SWS_CS_FCC
    case AVCOL_SPC_UNSPECIFIED: source.pointee.height >= 720 ? SWS_CS_ITU709 : SWS_CS_ITU601
    default: SWS_CS_ITU601
    }
  }
}
