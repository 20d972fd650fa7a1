import CFFmpeg

/// A software decoder on the calling thread: total CPU time counts here, not the latency of one frame.
///
/// Owns the `AVCodecContext`. Confined to one thread.
final class VideoDecoder {
  enum Receiving { case picture, needsPacket, end, failed }

  private let context: UnsafeMutablePointer<AVCodecContext>

  init(for demuxer: Demuxer, options: ReaderOptions) throws(DecodeError) {
    var context = avcodec_alloc_context3(demuxer.codec)
    guard let allocated = context else {
      throw DecodeError(.inputOutput, demuxer.location.description, "memory is short")
    }
    avcodec_parameters_to_context(allocated, demuxer.stream.pointee.codecpar)
    allocated.pointee.pkt_timebase = demuxer.stream.pointee.time_base
    allocated.pointee.thread_count = 1
    if options.refusesDamage { allocated.pointee.err_recognition |= AV_EF_EXPLODE }
    if options.motion == .codecOrEstimated { allocated.pointee.flags2 |= AV_CODEC_FLAG2_EXPORT_MVS }
    let (code, log) = FFmpegLog.catchingError { avcodec_open2(allocated, demuxer.codec, nil) }
    guard code >= 0 else {
      avcodec_free_context(&context)
      let name = String(cString: demuxer.codec.pointee.name)
      throw DecodeError(
        .unsupported, demuxer.location.description,
        "the decoder \(name) cannot be started: \(log ?? FFmpegLog.text(of: code))")
    }
    self.context = allocated
  }

  deinit {
    var context: UnsafeMutablePointer<AVCodecContext>? = context
    avcodec_free_context(&context)
  }

  /// Hands a packet over, or nil when there are no more; false where the decoder refuses it.
  func send(_ packet: UnsafePointer<AVPacket>?) -> Bool { avcodec_send_packet(context, packet) >= 0 }

  /// Takes the next picture in presentation order, if one is ready.
  func receive(into frame: UnsafeMutablePointer<AVFrame>) -> Receiving {
    switch avcodec_receive_frame(context, frame) {
    case 0...: .picture
    case cffmpeg_error(EAGAIN): .needsPacket
    case cffmpeg_error_end_of_file(): .end
    default: .failed
    }
  }
}
