import CFFmpeg
import Foundation

/// Writes JPEG files with libavcodec's encoder.
struct JPEGEncoder {
  /// 1…100.
  let quality: Int

  func encode(_ picture: ColorPicture) throws(DecodeError) -> Data {
    var context = avcodec_alloc_context3(avcodec_find_encoder(AV_CODEC_ID_MJPEG))
    defer { avcodec_free_context(&context) }
    var packet = av_packet_alloc()
    defer { av_packet_free(&packet) }
    guard let context, let packet, let frame = yuvFrame(of: picture) else {
      throw failure("this FFmpeg has no JPEG encoder, or memory is short")
    }
    defer {
      var frame: UnsafeMutablePointer<AVFrame>? = frame
      av_frame_free(&frame)
    }
    configure(context, for: picture.size)
    var code = avcodec_open2(context, nil, nil)
    if code >= 0 { code = avcodec_send_frame(context, frame) }
    if code >= 0 { code = avcodec_receive_packet(context, packet) }
    guard code >= 0, let bytes = packet.pointee.data else { throw failure(FFmpegLog.text(of: code)) }
    return Data(bytes: bytes, count: Int(packet.pointee.size))
  }

  /// libavcodec's scale of quantisers: 2 is the best, 31 the worst that is still a picture.
  private var quantiser: Int32 { Int32(2 + (100 - min(max(quality, 1), 100)) * 29 / 99) }

  private func configure(_ context: UnsafeMutablePointer<AVCodecContext>, for size: PictureSize) {
    context.pointee.width = Int32(size.width)
    context.pointee.height = Int32(size.height)
    context.pointee.pix_fmt = AV_PIX_FMT_YUVJ420P
    context.pointee.color_range = AVCOL_RANGE_JPEG
    context.pointee.time_base = AVRational(num: 1, den: 1)
    context.pointee.thread_count = 1
    // Bit-exact leaves the encoder's version out of the file.
    context.pointee.flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT
    context.pointee.global_quality = quantiser * FF_QP2LAMBDA
  }

  private func yuvFrame(of picture: ColorPicture) -> UnsafeMutablePointer<AVFrame>? {
    FFmpegLog.install
    var rgb = av_frame_alloc()
    defer { av_frame_free(&rgb) }
    guard let rgb else { return nil }
    rgb.pointee.width = Int32(picture.size.width)
    rgb.pointee.height = Int32(picture.size.height)
    rgb.pointee.format = AV_PIX_FMT_RGB24.rawValue
    rgb.pointee.colorspace = AVCOL_SPC_SMPTE170M  // the matrix of JFIF
    guard av_frame_get_buffer(rgb, 0) >= 0, let rows = rgb.pointee.data.0 else { return nil }
    let rowBytes = 3 * picture.size.width
    picture.pixels.withUnsafeBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return }
      for y in 0..<picture.size.height {
        let row = rows + y * Int(rgb.pointee.linesize.0)
        row.update(from: base + y * rowBytes, count: rowBytes)
        // Of an odd width libswscale reads one pixel more for the chroma: aligned rows have room for a copy.
        if !picture.size.width.isMultiple(of: 2) {
          (row + rowBytes).update(from: base + (y + 1) * rowBytes - 3, count: 3)
        }
      }
    }
    guard let yuv = PixelConversion.converted(rgb, to: AV_PIX_FMT_YUVJ420P) else { return nil }
    yuv.pointee.quality = quantiser * FF_QP2LAMBDA
    return yuv
  }

  private func failure(_ reason: String) -> DecodeError {
    DecodeError(.unsupported, "JPEG", reason)
  }
}
