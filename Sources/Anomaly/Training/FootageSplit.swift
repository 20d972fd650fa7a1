import Decode
import Network

/// Footage divided into what the network learns from and what it is judged and calibrated on.
///
/// Of four clips or more every fourth is held back. Fewer are cut into blocks, every fourth of which is held back, or
/// every second where there is little footage: a threshold suffers from too little sooner than a network that others
/// have trained before. So both parts see the whole time of day, and no training window reaches into a held-back block.
public struct FootageSplit: Sendable {
  /// What the network learns from; each clip at least one training window long.
  public let training: [TrainingClip]
  /// What is held back; nothing where no camera is learned.
  public let heldBack: [TrainingClip]

  /// Fewer frames than this are little footage: ten minutes at ten a second.
  private static let plenty = 6_000
  /// Training windows per block: a block of one window would be seen in one way only.
  private static let windowsPerBlock = 3

  /// Divides the clips for training windows of `windowFrames` frames.
  ///
  /// - Throws: `AnomalyError.clipsTooShort` where no clip can be divided, `.tooLittleFootage` where what is held back will
  ///   not do to calibrate on.
  public init(_ clips: [TrainingClip], windowFrames: Int) throws(AnomalyError) {
    let whole = Self.whole(clips, windowFrames: windowFrames)
    let isLittle = whole.reduce(0) { $0 + $1.frames.count } < Self.plenty
    let every = isLittle && whole.count < 4 ? 2 : 4
    let parts =
      whole.count >= 4
      ? whole : whole.flatMap { Self.blocks(of: $0, every: every, windowFrames: windowFrames) }
    training = parts.enumerated().filter { $0.offset % every != every - 1 }.map(\.element)
    heldBack = parts.enumerated().filter { $0.offset % every == every - 1 }.map(\.element)
    guard !training.isEmpty, !heldBack.isEmpty else {
      throw .clipsTooShort(
        longest: clips.map(\.frames.count).max() ?? 0,
        needed: Self.leastFrameCount(windowFrames: windowFrames))
    }
    let (held, needed) = (heldBack.reduce(0) { $0 + $1.frames.count }, CalibrationBuilder.leastFrameCount)
    guard held >= needed else { throw .tooLittleFootage(frames: held, needed: needed) }
  }

  /// All of the clips to learn from, for a network that is to know nothing but its weights.
  ///
  /// - Throws: `AnomalyError.clipsTooShort` where none has a training window.
  public init(undivided clips: [TrainingClip], windowFrames: Int) throws(AnomalyError) {
    training = Self.whole(clips, windowFrames: windowFrames)
    heldBack = []
    guard !training.isEmpty else {
      throw .clipsTooShort(longest: clips.map(\.frames.count).max() ?? 0, needed: windowFrames)
    }
  }

  /// How long a single clip must be to learn from it and to calibrate on it, in frames.
  public static func leastFrameCount(windowFrames: Int) -> Int {
    2 * max(windowFrames, CalibrationBuilder.leastFrameCount)
  }

  /// 16 hexadecimal digits that other footage is unlikely to give: of all clips' names (without their folders), lengths
  /// and times, and of some pixels of some frames.
  var digest: String {
    var hash = FNVHash()
    func mix(_ byte: UInt8) { hash.mix(UInt64(byte)) }
    func mix(_ number: Int64) { withUnsafeBytes(of: number.littleEndian) { $0.forEach(mix) } }
    for clip in training + heldBack {
      (clip.name.split(separator: "/").last ?? "").utf8.forEach(mix)
      mix(Int64(clip.frames.count))
      for time in clip.times { mix(Int64(time / .nanoseconds(1))) }
      for index in stride(from: 0, to: clip.frames.count, by: max(1, clip.frames.count / 8)) {
        let pixels = clip.frames[index].pixels
        for pixel in stride(from: 0, to: pixels.count, by: 7) { mix(pixels[pixel]) }
      }
    }
    return hash.hexDigits
  }

  private static func whole(_ clips: [TrainingClip], windowFrames: Int) -> [TrainingClip] {
    clips.filter { $0.frames.count >= windowFrames }
  }

  /// Blocks of equal length, as many as the pattern of held-back ones asks for or a multiple of that.
  private static func blocks(of clip: TrainingClip, every: Int, windowFrames: Int) -> [TrainingClip] {
    let rounds = max(1, clip.frames.count / (every * windowsPerBlock * windowFrames))
    let count = rounds * every
    guard clip.frames.count >= count * windowFrames else { return [clip] }
    return (0..<count).map {
      clip.part(clip.frames.count * $0 / count..<clip.frames.count * ($0 + 1) / count)
    }
  }
}
