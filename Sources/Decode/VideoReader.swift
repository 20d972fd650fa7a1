import CFFmpeg

/// Reads any video that FFmpeg reads as frames in presentation order, on a strictly increasing timeline, at the
/// analysis rate and size.
///
/// Damage does not end it: what can be decoded comes, `losses` counts the rest. Errors end it for good, and so does the
/// end of the media; a live source is then opened anew with another reader.
///
/// Owns all of FFmpeg's state for the source. Confined to one thread at a time; only `Cancellation` reaches it from
/// others.
public final class VideoReader {
  /// What the container tells.
  public let info: MediaInfo
  /// The time of the last frame read, whether it was delivered or not.
  public private(set) var position: Duration = .zero

  private let options: ReaderOptions
  private let location: String
  private let demuxer: Demuxer
  private let decoder: VideoDecoder
  private let converter: GrayConverter
  private let motion: MotionTracker?
  private let packet: AVPacketOwner
  private let decoded: AVFrameOwner
  private var timeline: Timeline
  private var sampler: FrameSampler
  private var counted = MediaLosses()
  private var lastSize: PictureSize?
  private var packetCount = 0
  private var decodedCount = 0
  private var skippedCount = 0
  private var deliveredCount = 0
  private var drainingFailures = 0
  private var followsLoss = false
  private var isFinished = false
  private var failure: DecodeError?
  /// When the next frame must have come; nil where there is no hurry.
  private var frameDeadline: Duration?

  /// Opens and probes the source.
  public init(_ location: MediaLocation, options: ReaderOptions = ReaderOptions()) throws(DecodeError) {
    FFmpegLog.install
    options.validate()
    self.options = options
    self.location = location.description
    demuxer = try Demuxer(opening: location, options: options)
    decoder = try VideoDecoder(for: demuxer, options: options)
    converter = GrayConverter(size: options.analysisSize)
    packet = try AVPacketOwner(location)
    decoded = try AVFrameOwner(location)
    let matrix = cffmpeg_display_matrix(decoded.frame, demuxer.stream)
    info = demuxer.info(
      fallbackFramesPerSecond: options.fallbackFramesPerSecond,
      orientation: matrix.map { Orientation(displayMatrix: $0) } ?? .upright)
    let frameDuration = Duration.seconds(1 / (info.framesPerSecond ?? options.fallbackFramesPerSecond))
    motion =
      options.motion == .off
      ? nil
      : MotionTracker(
        location: self.location, options: options, stream: demuxer.stream, nominalFrameDuration: frameDuration
      )
    timeline = Timeline(
      timeBase: (demuxer.stream.pointee.time_base.num, demuxer.stream.pointee.time_base.den),
      wrapBits: Int(demuxer.stream.pointee.pts_wrap_bits),
      nominalFrameDuration: frameDuration,
      forwardLimit: info.isLive || demuxer.hasTimestampJumps ? .seconds(10) : .seconds(30 * 3600))
    sampler = FrameSampler(
      framesPerSecond: options.analysisFramesPerSecond, sourceFrameDuration: frameDuration)
  }

  /// The next frame at the analysis rate; nil at the end of the media.
  ///
  /// Throws when reading is cancelled, a network source stalls, breaks off or sends nothing that gives a frame, or not
  /// one picture can be decoded.
  public func next() throws(DecodeError) -> Frame? {
    if let failure { throw failure }
    do throws(DecodeError) {
      let wait = max(options.ioTimeout, ReaderOptions.longestWaitForFrame)
      frameDeadline = demuxer.location.isNetwork ? options.clock.now + wait : nil
      demuxer.interrupt.restart(until: frameDeadline)
      while !isFinished {
        if options.cancellation.isCancelled {
          throw DecodeError(.cancelled, location, "reading was cancelled")
        }
        if let frame = try step() { return frame }
      }
      return nil
    } catch {
      failure = error
      throw error
    }
  }

  /// What was lost or put right so far.
  public var losses: MediaLosses {
    var losses = counted
    // A stream without any timestamps misses none.
    losses.missingTimestamps = info.hasTimestamps ? timeline.corrections.missing : 0
    losses.backwardTimestamps = timeline.corrections.backward
    losses.timestampJumps = timeline.corrections.jumps
    return losses
  }

  /// Frames of the source so far, delivered or not.
  public var sourceFrameCount: Int { decodedCount + skippedCount }

  /// How much of the media has been read, 0…1; nil for live sources.
  public var fractionRead: Double? {
    if info.isLive { return nil }
    if isFinished { return 1 }
    guard let duration = info.duration, duration > .zero else { return demuxer.fractionOfBytesRead }
    return min(1, position / duration)
  }

  private func step() throws(DecodeError) -> Frame? {
    switch decoder.receive(into: decoded.frame) {
    case .picture:
      defer { av_frame_unref(decoded.frame) }
      return try accept()
    case .needsPacket: try feed()
    case .end: try finish()
    case .failed: try skipFailure()
    }
    return nil
  }

  // MARK: Packets

  private func feed() throws(DecodeError) {
    defer { av_packet_unref(packet.packet) }
    switch try demuxer.read(into: packet.packet) {
    case .videoPacket:
      demuxer.interrupt.restart(until: frameDeadline)
      packetCount += 1
      if packet.packet.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 { followsLoss = true }
      if skipsUnpicked() { return }
      motion?.note(packet.packet)
      if !decoder.send(packet.packet) { countUndecodable() }
    case .otherPacket: break
    case .end: _ = decoder.send(nil)
    case .failed(let reason):
      if info.isLive { throw DecodeError(.interrupted, location, "the stream broke off: \(reason)") }
      counted.truncation = "reading stopped after \(packetCount) packets: \(reason)"
      _ = decoder.send(nil)
    }
  }

  /// Whether the packet needs no decoding: no other frame depends on it, and the sampler will not pick it.
  ///
  /// So a motion JPEG camera costs no more than its analysis rate. Such codecs have no delay: the frames of all earlier
  /// packets have been placed on the timeline already.
  private func skipsUnpicked() -> Bool {
    guard options.analysisFramesPerSecond != nil, demuxer.isIntraOnly else { return false }
    var (timeline, sampler) = (timeline, sampler)
    let time = timeline.place(ticks(packet.packet.pointee.pts), arrival: arrival)
    if sampler.picks(time) { return false }
    self.timeline = timeline
    position = time
    skippedCount += 1
    return true
  }

  private func countUndecodable() {
    counted.undecodablePackets += 1
    followsLoss = true
  }

  /// A decoder that only fails once it is drained must not keep us for ever.
  private func skipFailure() throws(DecodeError) {
    countUndecodable()
    drainingFailures += 1
    if drainingFailures > 1000 { try finish() }
  }

  // MARK: Pictures

  private func accept() throws(DecodeError) -> Frame? {
    let frame = decoded.frame
    decodedCount += 1
    drainingFailures = 0
    let isDamaged =
      followsLoss || frame.pointee.decode_error_flags != 0
      || frame.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0
    followsLoss = false
    if isDamaged { counted.damagedFrames += 1 }
    noteSize(PictureSize(of: frame))
    position = timeline.place(ticks(frame.pointee.best_effort_timestamp), arrival: arrival)
    let orientation =
      cffmpeg_display_matrix(frame, demuxer.stream).map { Orientation(displayMatrix: $0) } ?? .upright
    if !isDamaged { motion?.add(frame, orientation: orientation) }
    guard sampler.picks(position) else { return nil }
    return try deliver(frame, orientation: orientation, isDamaged: isDamaged)
  }

  private func deliver(
    _ frame: UnsafeMutablePointer<AVFrame>, orientation: Orientation, isDamaged: Bool
  ) throws(DecodeError) -> Frame {
    guard let gray = converter.convert(frame, orientation: orientation) else {
      throw DecodeError(.unsupported, location, PixelConversion.failure(of: frame))
    }
    let moment = MotionTracker.Moment(
      time: position, orientation: orientation, isDamaged: isDamaged, clockJumps: timeline.corrections.jumps)
    let motion = try motion?.field(for: frame, at: moment)
    let pixelAspectRatio = av_guess_sample_aspect_ratio(demuxer.context, demuxer.stream, frame)
    guard
      let picture = DecodedPicture(
        moving: frame, orientation: orientation, pixelAspectRatio: pixelAspectRatio, location: location)
    else {
      throw DecodeError(.inputOutput, location, "memory is short")
    }
    defer { deliveredCount += 1 }
    return Frame(
      index: deliveredCount, sourceIndex: sourceFrameCount - 1, presentationTime: position, gray: gray,
      isDamaged: isDamaged, motion: motion,
      picture: picture)
  }

  /// FFmpeg's timestamp, where there is one to trust.
  private func ticks(_ timestamp: Int64) -> Int64? {
    info.hasTimestamps && timestamp != cffmpeg_no_timestamp() ? timestamp : nil
  }

  private var arrival: Duration? { info.isLive ? options.clock.now : nil }

  private func noteSize(_ size: PictureSize) {
    if let lastSize, lastSize != size { counted.sizeChanges += 1 }
    lastSize = size
  }

  // MARK: The end

  private func finish() throws(DecodeError) {
    isFinished = true
    guard decodedCount > 0 else {
      throw DecodeError(
        info.isLive ? .interrupted : .unreadable, location,
        "not one picture could be decoded (\(packetCount) packets of \(info.codec))"
          + (info.isLive ? "" : "; is it damaged or cut off?")
      )
    }
    if !info.isLive, counted.truncation == nil { counted.truncation = missingPart }
  }

  private var missingPart: String? {
    if let announced = demuxer.announcedFrameCount {
      return packetCount < announced
        ? "the file is cut off: \(sourceFrameCount) of \(announced) frames could be read" : nil
    }
    // The duration of the whole container is that of its longest stream, which need not be the video.
    guard let duration = info.duration, info.hasTimestamps, demuxer.context.pointee.nb_streams == 1,
      position + .seconds(1) < duration
    else { return nil }
    return "the file is cut off: it ends after \(position.inTenths) of \(duration.inTenths) s"
  }
}
