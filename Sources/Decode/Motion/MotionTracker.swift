import CFFmpeg

/// Gives every delivered frame of a `VideoReader` its motion since the one before.
///
/// Confined to the reader's thread.
final class MotionTracker {
  /// What the reader knows of a frame.
  struct Moment {
    let time: Duration
    let orientation: Orientation
    let isDamaged: Bool
    /// Jumps that were taken out of the source's clock so far: across one, the time between frames is a guess.
    let clockJumps: Int
  }

  /// Area of the largest picture that motion is estimated on, in pixels: what follows people on synthetic irregularities best for
  /// its time (`design/motion.md`).
  static let largestArea = 216 * 144
  /// The longest side of such a picture, for pictures that are hardly more than a line.
  static let longestSide = 4096

  private let location: String
  private let grid: MotionGrid
  private let longestInterval: Duration
  private let codec: CodecMotion?
  private var last: (moment: Moment, size: PictureSize)?
  private var converter: GrayConverter?
  private var estimator: MotionEstimator?

  /// - Parameters:
  ///   - location: what is read, for errors.
  ///   - options: of the reader; `motion` is not off.
  ///   - stream: the chosen stream, which outlives the tracker.
  init(
    location: String, options: ReaderOptions, stream: UnsafePointer<AVStream>, nominalFrameDuration: Duration
  ) {
    self.location = location
    grid = MotionGrid(analysisSize: options.analysisSize)
    longestInterval = max(.seconds(1), .seconds(2.5 / (options.analysisFramesPerSecond ?? 2.5)))
    let parameters: UnsafePointer<AVCodecParameters> = UnsafePointer(stream.pointee.codecpar)
    codec =
      options.motion == .codecOrEstimated && CodecMotion.isExported(by: parameters.pointee.codec_id)
      ? CodecMotion(
        parameters: parameters, timeBase: stream.pointee.time_base,
        nominalFrameDuration: nominalFrameDuration, grid: grid) : nil
  }

  /// Notes a packet before it is decoded.
  func note(_ packet: UnsafePointer<AVPacket>) { codec?.note(packet) }

  /// Takes the vectors out of a decoded, undamaged frame, whether it will be delivered or not.
  func add(_ frame: UnsafeMutablePointer<AVFrame>, orientation: Orientation) {
    codec?.add(frame, orientation: orientation)
  }

  /// The motion of a frame that is delivered; nil where FFmpeg cannot convert its pixel format. Throws where memory is
  /// short.
  func field(for frame: UnsafePointer<AVFrame>, at moment: Moment) throws(DecodeError) -> MotionField? {
    let size = moment.orientation.uprightSize(of: PictureSize(of: frame))
    let interval = interval(to: moment, size: size)
    last = (moment, size)
    guard let codec else { return try estimated(frame, at: moment, size: size, interval: interval) }
    guard interval != nil else {
      codec.forget()
      estimator?.forget()
      return grid.rest
    }
    if codec.hasVectors {
      estimator?.forget()
    } else if let motion = try estimated(frame, at: moment, size: size, interval: interval),
      motion.origin != .none
    {
      // The second frame running without vectors: there may be none at all in this stream.
      codec.forget()
      return motion
    }
    return MotionField(columns: grid.columns, rows: grid.rows, velocities: codec.take(), origin: .codec)
  }

  /// The time since the frame before in seconds; nil where the two have no motion between them.
  private func interval(to moment: Moment, size: PictureSize) -> Double? {
    guard let last, last.size == size, last.moment.orientation == moment.orientation,
      !last.moment.isDamaged, !moment.isDamaged, last.moment.clockJumps == moment.clockJumps
    else { return nil }
    let interval = moment.time - last.moment.time
    return interval <= longestInterval ? interval.inSeconds : nil
  }

  private func estimated(
    _ frame: UnsafePointer<AVFrame>, at moment: Moment, size: PictureSize, interval: Double?
  ) throws(DecodeError) -> MotionField? {
    let estimator = try estimator(for: size)
    guard let picture = converter?.convert(frame, orientation: moment.orientation) else { return nil }
    if interval == nil { estimator.forget() }
    estimator.push(picture)
    guard let interval, estimator.pictureCount == 2 else { return grid.rest }
    let scale = SIMD2(
      Float(grid.analysisSize.width) / Float(picture.size.width),
      Float(grid.analysisSize.height) / Float(picture.size.height))
    return MotionField(
      columns: grid.columns, rows: grid.rows,
      velocities: grid.means(of: estimator.displacementField(), times: scale / Float(interval)),
      origin: .estimated)
  }

  private func estimator(for size: PictureSize) throws(DecodeError) -> MotionEstimator {
    let pictureSize = Self.pictureSize(for: size)
    if let estimator, estimator.pictureSize == pictureSize { return estimator }
    guard let estimator = MotionEstimator(pictureSize: pictureSize) else {
      throw DecodeError(.inputOutput, location, "memory is short")
    }
    self.estimator = estimator
    converter = GrayConverter(size: pictureSize)
    return estimator
  }

  /// `full`, made smaller in proportion until its area is at most `largestArea`.
  static func pictureSize(for full: PictureSize) -> PictureSize {
    let scale = min(1, (Double(largestArea) / Double(full.pixelCount)).squareRoot())
    func side(_ full: Int) -> Int { min(max(1, Int(Double(full) * scale)), longestSide) }
    return PictureSize(width: side(full.width), height: side(full.height))
  }
}
