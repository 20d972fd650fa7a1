public import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// Measures how much more CPU time reading a clip costs here than bare decoding by the `ffmpeg` command does.
///
/// Both run in turn, so that a noisy machine disturbs them alike, and CPU time counts, not wall time. `ffmpeg -f null`
/// only decodes; the reader also scales every frame to gray. On request, reading with motion takes its turn as well.
public struct DecodeBenchmark: Sendable {
  /// What was measured; CPU times are medians over the rounds.
  public struct Result: Sendable, Hashable, Codable {
    /// CPU time for opening, decoding and scaling the whole clip.
    public let milliseconds: Double
    /// Frames in the clip.
    public let frames: Int
    /// Frames per second of CPU time.
    public let framesPerSecond: Double
    /// CPU time of `ffmpeg -threads 1 -i CLIP -f null -`, user and system; nil where there is no `ffmpeg`.
    public let ffmpegMilliseconds: Double?
    /// The median over the rounds of our time ÷ ffmpeg's.
    public let ratio: Double?
    /// CPU time of the same reading with motion; nil where it was not asked for.
    public let motionMilliseconds: Double?
    /// The median over the rounds of the time with motion ÷ that without it.
    public let motionRatio: Double?
    /// Frames whose motion came from the codec's vectors; nil where motion was not asked for.
    public let codecMotionFrames: Int?
    /// Frames whose motion was estimated from pictures, likewise.
    public let estimatedMotionFrames: Int?

    enum CodingKeys: String, CodingKey {
      case milliseconds, frames, ratio
      case framesPerSecond = "frames_per_second"
      case ffmpegMilliseconds = "ffmpeg_milliseconds"
      case motionMilliseconds = "motion_milliseconds"
      case motionRatio = "motion_ratio"
      case codecMotionFrames = "codec_motion_frames"
      case estimatedMotionFrames = "estimated_motion_frames"
    }
  }

  /// The clip to read.
  public var clip: URL
  /// How often each side runs.
  public var rounds: Int
  /// The motion to measure as well.
  public var motion: MotionSource

  /// Five rounds and no motion unless told otherwise.
  public init(clip: URL, rounds: Int = 5, motion: MotionSource = .off) {
    self.clip = clip
    self.rounds = max(1, rounds)
    self.motion = motion
  }

  /// Runs the rounds. Other threads of this process should rest meanwhile: its CPU time is measured as a whole.
  public func run() throws(DecodeError) -> Result {
    var (still, withMotion): ([MotionField.Origin?], [MotionField.Origin?]) = ([], [])
    var ours: [Double] = []
    var moving: [Double] = []
    var theirs: [Double] = []
    for _ in 0..<rounds {
      let start = Self.processMilliseconds(RUSAGE_SELF)
      still = try readAll(motion: .off)
      let between = Self.processMilliseconds(RUSAGE_SELF)
      ours.append(between - start)
      if motion != .off {
        withMotion = try readAll(motion: motion)
        moving.append(Self.processMilliseconds(RUSAGE_SELF) - between)
      }
      if let milliseconds = ffmpegMilliseconds() { theirs.append(milliseconds) }
    }
    let milliseconds = Self.median(ours)
    let ratios = theirs.count == ours.count ? zip(ours, theirs).map { $0 / $1 } : []
    let isMoving = motion != .off
    return Result(
      milliseconds: milliseconds, frames: still.count,
      framesPerSecond: Double(still.count) / milliseconds * 1000,
      ffmpegMilliseconds: ratios.isEmpty ? nil : Self.median(theirs),
      ratio: ratios.isEmpty ? nil : Self.median(ratios),
      motionMilliseconds: moving.isEmpty ? nil : Self.median(moving),
      motionRatio: moving.isEmpty ? nil : Self.median(zip(moving, ours).map { $0 / $1 }),
      codecMotionFrames: isMoving ? withMotion.count { $0 == .codec } : nil,
      estimatedMotionFrames: isMoving ? withMotion.count { $0 == .estimated } : nil)
  }

  /// Where each frame's motion came from.
  private func readAll(motion: MotionSource) throws(DecodeError) -> [MotionField.Origin?] {
    let reader = try VideoReader(MediaLocation(file: clip), options: ReaderOptions(motion: motion))
    var origins: [MotionField.Origin?] = []
    while let frame = try reader.next() { origins.append(frame.motion?.origin) }
    return origins
  }

  /// nil where `ffmpeg` is missing or fails.
  private func ffmpegMilliseconds() -> Double? {
    let start = Self.processMilliseconds(RUSAGE_CHILDREN)
    let ffmpeg = Process()
    ffmpeg.executableURL = URL(filePath: "/usr/bin/env")
    ffmpeg.arguments =
      ["ffmpeg", "-v", "error", "-nostdin", "-threads", "1", "-i", "file:" + clip.path, "-f", "null", "-"]
    ffmpeg.standardOutput = FileHandle.nullDevice
    ffmpeg.standardError = FileHandle.nullDevice
    do { try ffmpeg.run() } catch { return nil }
    ffmpeg.waitUntilExit()
    guard ffmpeg.terminationStatus == 0 else { return nil }
    return Self.processMilliseconds(RUSAGE_CHILDREN) - start
  }

  /// User and system time so far; of children, those that have ended and been waited for.
  private static func processMilliseconds(_ who: __rusage_who) -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(who.rawValue), &usage)
    let seconds = Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
    return seconds * 1e3 + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3
  }

  /// The middle one, or the mean of the middle two.
  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
