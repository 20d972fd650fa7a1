import CFFmpeg
import Foundation

/// An opened container and its best video stream.
///
/// Owns the `AVFormatContext`; the streams inside live as long as it does. Confined to one thread.
final class Demuxer {
  enum Reading { case videoPacket, otherPacket, end, failed(String) }

  let location: MediaLocation
  let context: UnsafeMutablePointer<AVFormatContext>
  let stream: UnsafeMutablePointer<AVStream>
  let codec: UnsafePointer<AVCodec>
  let interrupt: Interrupt

  init(opening location: MediaLocation, options: ReaderOptions) throws(DecodeError) {
    if let path = location.filePath, let failure = FileProbe.failure(reading: path) { throw failure }
    let interrupt = Interrupt(
      clock: options.clock, cancellation: options.cancellation,
      limit: location.isNetwork ? options.ioTimeout : nil)
    let context = try Self.open(location, interrupt)
    do throws(DecodeError) {
      try Self.probe(context, location, interrupt)
      (stream, codec) = try Self.bestVideoStream(of: context, location)
    } catch {
      var opened: UnsafeMutablePointer<AVFormatContext>? = context
      // Closing may ask the interrupt, which FFmpeg does not retain.
      withExtendedLifetime(interrupt) { avformat_close_input(&opened) }
      throw error
    }
    self.location = location
    self.context = context
    self.interrupt = interrupt
    discardOtherStreams()
  }

  deinit {
    interrupt.restart()
    var context: UnsafeMutablePointer<AVFormatContext>? = context
    avformat_close_input(&context)
  }

  /// Reads the next packet, waiting if it must; cancelled and timed-out reading throws.
  func read(into packet: UnsafeMutablePointer<AVPacket>) throws(DecodeError) -> Reading {
    while true {
      if interrupt.check() { throw interruption("waiting for the next picture") }
      let code = av_read_frame(context, packet)
      if code >= 0 {
        return packet.pointee.stream_index == stream.pointee.index ? .videoPacket : .otherPacket
      }
      if interrupt.reason != nil { throw interruption("waiting for the next picture") }
      switch code {
      case cffmpeg_error(EAGAIN): av_usleep(10_000)
      case cffmpeg_error_end_of_file(): return .end
      default: return .failed(FFmpegLog.text(of: code))
      }
    }
  }

  private func interruption(_ activity: String) -> DecodeError {
    Self.interruption(interrupt, location, activity)
  }

  /// Spares the demuxer, and a camera that sends sound too, what nobody reads.
  private func discardOtherStreams() {
    for index in 0..<Int(context.pointee.nb_streams) {
      guard let other = context.pointee.streams[index], other != stream else { continue }
      other.pointee.discard = AVDISCARD_ALL
    }
  }
}

// MARK: - Opening

extension Demuxer {
  private static func open(
    _ location: MediaLocation, _ interrupt: Interrupt
  ) throws(DecodeError) -> UnsafeMutablePointer<AVFormatContext> {
    var context = avformat_alloc_context()
    guard let allocated = context else {
      throw DecodeError(.inputOutput, location.description, "memory is short")
    }
    allocated.pointee.interrupt_callback = interrupt.callback
    // FFmpeg would wait for twenty frames to estimate a rate that live sources are not judged by, and a camera of ten
    // frames a second would be two seconds late.
    if location.isNetwork { allocated.pointee.fps_probe_size = 0 }
    var options: OpaquePointer?
    defer { av_dict_free(&options) }
    if location.scheme?.hasPrefix("rtsp") == true {
      av_dict_set(&options, "rtsp_transport", "tcp", 0)
      av_dict_set(&options, "allowed_media_types", "video", 0)
    }
    interrupt.restart()
    let (code, log) = FFmpegLog.catchingError {
      avformat_open_input(&context, location.openable, nil, &options)
    }
    if interrupt.reason != nil { throw interruption(interrupt, location, "opening it") }
    guard code >= 0, let context else { throw failure(code, log, location) }
    return context
  }

  private static func probe(
    _ context: UnsafeMutablePointer<AVFormatContext>, _ location: MediaLocation, _ interrupt: Interrupt
  ) throws(DecodeError) {
    interrupt.restart()
    let (code, log) = FFmpegLog.catchingError { avformat_find_stream_info(context, nil) }
    if interrupt.reason != nil { throw interruption(interrupt, location, "looking for its streams") }
    guard code >= 0 else { throw failure(code, log, location) }
  }

  private static func bestVideoStream(
    of context: UnsafeMutablePointer<AVFormatContext>, _ location: MediaLocation
  ) throws(DecodeError) -> (UnsafeMutablePointer<AVStream>, UnsafePointer<AVCodec>) {
    let index = av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
    guard index >= 0, let stream = context.pointee.streams[Int(index)],
      stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0
    else {
      let kinds = streamKinds(of: context)
      throw DecodeError(
        .noVideo, location.description, "has no video stream, only \(kinds.isEmpty ? "unknown data" : kinds)")
    }
    let id = stream.pointee.codecpar.pointee.codec_id
    guard id != AV_CODEC_ID_NONE else {
      throw DecodeError(.unreadable, location.description, "its video stream is of no kind that FFmpeg knows")
    }
    guard let codec = avcodec_find_decoder(id) else {
      let name = String(cString: avcodec_get_name(id))
      throw DecodeError(.unsupported, location.description, "this FFmpeg has no decoder for \(name)")
    }
    return (stream, codec)
  }

  private static func streamKinds(of context: UnsafeMutablePointer<AVFormatContext>) -> String {
    let kinds = (0..<Int(context.pointee.nb_streams)).compactMap { index -> String? in
      guard let parameters = context.pointee.streams[index]?.pointee.codecpar else { return nil }
      let type = av_get_media_type_string(parameters.pointee.codec_type).map { String(cString: $0) }
      return "\(type ?? "data") (\(String(cString: avcodec_get_name(parameters.pointee.codec_id))))"
    }
    return kinds.joined(separator: ", ")
  }
}

// MARK: - Errors

extension Demuxer {
  private static func interruption(
    _ interrupt: Interrupt, _ location: MediaLocation, _ activity: String
  ) -> DecodeError {
    switch interrupt.reason {
    case .timedOut:
      DecodeError(.timedOut, location.description, "\(activity) took too long; is the camera there?")
    case .cancelled, nil:
      DecodeError(.cancelled, location.description, "reading was cancelled")
    }
  }

  private static func failure(_ code: Int32, _ log: String?, _ location: MediaLocation) -> DecodeError {
    let log = log.flatMap { location.permitsQuoting($0) ? $0 : nil }
    let reason = log ?? FFmpegLog.text(of: code)
    let name = location.description
    switch code {
    case cffmpeg_error_unauthorized(), cffmpeg_error_forbidden():
      return DecodeError(.accessDenied, name, "the server refuses the user name or password (\(reason))")
    case cffmpeg_error_not_found(), cffmpeg_error(ENOENT):
      return DecodeError(.notFound, name, "there is no such stream (\(reason))")
    case cffmpeg_error_protocol_not_found():
      return DecodeError(.unsupported, name, "this FFmpeg does not speak this protocol")
    case cffmpeg_error(EACCES), cffmpeg_error(EPERM):
      return DecodeError(.accessDenied, name, reason)
    case cffmpeg_error_invalid_data(), cffmpeg_error_end_of_file():
      return unreadable(reason, log, location)
    default:
      return DecodeError(.inputOutput, name, "cannot be opened: \(reason)")
    }
  }

  private static func unreadable(_ reason: String, _ log: String?, _ location: MediaLocation) -> DecodeError {
    let advice =
      if log?.contains("moov atom not found") == true, startsWithBox(location) {
        "; the index at the end of the file is missing, probably because the recording or a copy was cut off"
      } else {
        "; it is neither a video nor a picture, or damaged beyond reading"
      }
    return DecodeError(.unreadable, location.description, reason + advice)
  }

  /// Whether the file begins like MP4 or QuickTime, and not merely is named so.
  private static func startsWithBox(_ location: MediaLocation) -> Bool {
    guard let path = location.filePath, let handle = FileHandle(forReadingAtPath: path),
      let head = try? handle.read(upToCount: 8), head.count == 8
    else { return false }
    return ["ftyp", "moov", "mdat", "free", "skip", "wide"].contains(
      String(decoding: head[4...], as: UTF8.self))
  }
}

// MARK: - What the container tells

extension Demuxer {
  var isLive: Bool {
    guard let scheme = location.scheme else { return false }
    return !scheme.hasPrefix("http") || context.pointee.duration == cffmpeg_no_timestamp()
  }

  /// Elementary streams have none; what libavformat shows for them is counted at a rate of its own.
  var hasTimestamps: Bool {
    guard let format = context.pointee.iformat?.pointee else { return true }
    let name = format.long_name.map { String(cString: $0) } ?? ""
    return format.flags & AVFMT_NOTIMESTAMPS == 0 && !name.hasPrefix("raw ")
  }

  /// Whether the format's timestamps may jump by design, as where transport streams are joined.
  var hasTimestampJumps: Bool {
    (context.pointee.iformat?.pointee.flags ?? 0) & AVFMT_TS_DISCONT != 0
  }

  /// Whether every frame of the codec stands alone.
  var isIntraOnly: Bool {
    let descriptor = avcodec_descriptor_get(stream.pointee.codecpar.pointee.codec_id)
    return (descriptor?.pointee.props ?? 0) & AV_CODEC_PROP_INTRA_ONLY != 0
  }

  func info(fallbackFramesPerSecond: Double, orientation: Orientation) -> MediaInfo {
    let parameters = stream.pointee.codecpar.pointee
    let coded = PictureSize(width: Int(parameters.width), height: Int(parameters.height))
    let rate = hasTimestamps ? framesPerSecond : fallbackFramesPerSecond
    let duration = isLive || !hasTimestamps ? nil : self.duration
    let counted = duration.flatMap { duration in
      rate.flatMap { Int(exactly: (duration.inSeconds * $0).rounded()) }
    }
    return MediaInfo(
      container: context.pointee.iformat?.pointee.name.map { String(cString: $0) } ?? "",
      codec: String(cString: avcodec_get_name(parameters.codec_id)),
      videoStream: videoStreams.firstIndex(of: stream.pointee.index) ?? 0,
      videoStreamCount: videoStreams.count,
      size: orientation.uprightSize(of: coded),
      framesPerSecond: rate,
      duration: duration,
      estimatedFrameCount: announcedFrameCount ?? counted,
      creationTime: creationTime,
      isLive: isLive,
      hasTimestamps: hasTimestamps)
  }

  /// The number of frames in the container's header or index; nil where it has none.
  var announcedFrameCount: Int? {
    stream.pointee.nb_frames > 0 ? Int(stream.pointee.nb_frames) : nil
  }

  /// How long the video lasts according to the container; estimates from the bit rate do not count.
  var duration: Duration? {
    let none = cffmpeg_no_timestamp()
    if stream.pointee.duration != none, stream.pointee.duration > 0 {
      let nanoseconds = av_rescale_q(
        stream.pointee.duration, stream.pointee.time_base, AVRational(num: 1, den: 1_000_000_000))
      return nanoseconds > 0 ? .nanoseconds(nanoseconds) : nil
    }
    guard context.pointee.duration != none, context.pointee.duration > 0,
      context.pointee.duration_estimation_method != AVFMT_DURATION_FROM_BITRATE
    else { return nil }
    return .microseconds(context.pointee.duration)
  }

  /// How much of the container's bytes has been read, 0…1; nil where it has no size.
  var fractionOfBytesRead: Double? {
    guard let input = context.pointee.pb else { return nil }
    let size = avio_size(input)
    let position = avio_seek(input, 0, SEEK_CUR)
    return size > 0 && position >= 0 ? min(1, Double(position) / Double(size)) : nil
  }

  private var framesPerSecond: Double? {
    let mean = stream.pointee.avg_frame_rate
    let rate = mean.num > 0 && mean.den > 0 ? mean : stream.pointee.r_frame_rate
    return rate.num > 0 && rate.den > 0 ? Double(rate.num) / Double(rate.den) : nil
  }

  private var videoStreams: [Int32] {
    (0..<Int(context.pointee.nb_streams)).compactMap { index in
      guard let stream = context.pointee.streams[index],
        stream.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_VIDEO,
        stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0
      else { return nil }
      return stream.pointee.index
    }
  }

  private var creationTime: Date? {
    let entry =
      av_dict_get(stream.pointee.metadata, "creation_time", nil, 0)
      ?? av_dict_get(context.pointee.metadata, "creation_time", nil, 0)
    guard let text = entry?.pointee.value else { return nil }
    var microseconds: Int64 = 0
    guard av_parse_time(&microseconds, text, 0) >= 0, microseconds > 0 else { return nil }
    return Date(timeIntervalSince1970: Double(microseconds) / 1e6)
  }
}
