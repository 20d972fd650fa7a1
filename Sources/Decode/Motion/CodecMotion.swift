import CFFmpeg

/// Adds the vectors that the decoder exports up to velocities per cell, over all frames since the last one delivered.
///
/// A cell's velocity is the mean over the vectors on it, by area, each divided by the time to the picture it points to. So
/// it neither depends on the analysis rate nor on B-frames. What is coded without vectors (I-frames, intra blocks) adds
/// nothing; a cell on which there are none at all keeps half of its last velocity, and all of it over B-frames of MPEG-4,
/// whose exported vectors are zero where blocks are predicted from their neighbours in time.
///
/// Confined to the reader's thread.
final class CodecMotion {
  /// Whether this codec's decoder exports vectors.
  static func isExported(by codec: AVCodecID) -> Bool {
    [AV_CODEC_ID_H264, AV_CODEC_ID_MPEG4, AV_CODEC_ID_MPEG2VIDEO, AV_CODEC_ID_MPEG1VIDEO].contains(codec)
  }

  /// What a cell without vectors keeps of its velocity from frame to frame.
  private static let persistence: Float = 0.5
  /// References farther away than this are taken for errors.
  private static let longestReference = 2.0

  private let grid: MotionGrid
  private let isH264: Bool
  private let isMPEG4: Bool
  private let lengthBytes: Int?
  private let secondsPerTick: Double
  private let nominalSeconds: Double
  private var references = ReferenceTimes()
  /// Per cell the velocities (x, y), each times the area of its vectors, and that area in analysis pixels.
  private var sums: [SIMD4<Float>]
  private var velocities: [SIMD2<Float>]
  /// Whether any vector came since the last frame delivered.
  private(set) var hasVectors = false
  /// Whether a frame came whose vectors do not count.
  private var keepsAll = false

  init(
    parameters: UnsafePointer<AVCodecParameters>, timeBase: AVRational, nominalFrameDuration: Duration,
    grid: MotionGrid
  ) {
    self.grid = grid
    isH264 = parameters.pointee.codec_id == AV_CODEC_ID_H264
    isMPEG4 = parameters.pointee.codec_id == AV_CODEC_ID_MPEG4
    lengthBytes = isH264 ? H264Packet.lengthBytes(parameters) : nil
    secondsPerTick = Double(timeBase.num) / Double(timeBase.den)
    nominalSeconds = nominalFrameDuration.inSeconds
    sums = Array(repeating: .zero, count: grid.cellCount)
    velocities = Array(repeating: .zero, count: grid.cellCount)
  }

  /// Notes a packet before it is decoded.
  func note(_ packet: UnsafePointer<AVPacket>) {
    guard packet.pointee.pts != cffmpeg_no_timestamp(), let data = packet.pointee.data else { return }
    let bytes = UnsafeBufferPointer(start: data, count: Int(packet.pointee.size))
    references.note(
      packet.pointee.pts,
      isReference: isH264 ? H264Packet.isReference(bytes, lengthBytes: lengthBytes) : nil)
  }

  /// Takes the vectors out of a decoded frame.
  func add(_ frame: UnsafeMutablePointer<AVFrame>, orientation: Orientation) {
    guard let side = av_frame_get_side_data(frame, AV_FRAME_DATA_MOTION_VECTORS), let data = side.pointee.data
    else { return }
    defer { av_frame_remove_side_data(frame, AV_FRAME_DATA_MOTION_VECTORS) }
    let count = side.pointee.size / MemoryLayout<AVMotionVector>.stride
    guard count > 0 else { return }
    if isMPEG4, frame.pointee.pict_type == AV_PICTURE_TYPE_B {
      hasVectors = true
      keepsAll = true
      return
    }
    let (past, future) = secondsToReferences(of: frame)
    let placement = BlockPlacement(
      coded: PictureSize(of: frame), orientation: orientation, analysisSize: grid.analysisSize)
    let vectors = UnsafeRawPointer(data).assumingMemoryBound(to: AVMotionVector.self)
    if let past { add(vectors..<vectors + count, toPast: true, seconds: past, placement) }
    if let future { add(vectors..<vectors + count, toPast: false, seconds: future, placement) }
  }

  /// Adds the vectors to the past or those to the future: a block may have one of either kind, one after the other.
  private func add(
    _ vectors: Range<UnsafePointer<AVMotionVector>>, toPast: Bool, seconds: Float, _ placement: BlockPlacement
  ) {
    sums.withUnsafeMutableBufferPointer { sums in
      var run: BlockRun?
      for vector in vectors
      where (vector.pointee.source < 0) == toPast && vector.pointee.motion_scale != 0 {
        if run?.extend(with: vector) == true { continue }
        if let run { Self.add(run, seconds: seconds, placement, grid, into: sums) }
        run = BlockRun(vector)
      }
      guard let run else { return }
      Self.add(run, seconds: seconds, placement, grid, into: sums)
      hasVectors = true
    }
  }

  private static func add(
    _ run: BlockRun, seconds: Float, _ placement: BlockPlacement, _ grid: MotionGrid,
    into sums: UnsafeMutableBufferPointer<SIMD4<Float>>
  ) {
    let vector = run.vector.pointee
    // From where the block comes in the past to where it is, or from where it is to where it goes.
    let factor = (vector.source < 0 ? -1 : 1) / (Float(vector.motion_scale) * seconds)
    let coded = SIMD2(Float(vector.motion_x), Float(vector.motion_y)) * factor
    spread(placement.velocity(coded), over: placement.rectangle(of: run), grid, into: sums)
  }

  /// The velocities since the last call.
  func take() -> [SIMD2<Float>] {
    let kept: Float = keepsAll ? 1 : Self.persistence
    sums.withUnsafeMutableBufferPointer { sums in
      velocities.withUnsafeMutableBufferPointer { velocities in
        for cell in 0..<velocities.count {
          let sum = sums[cell]
          velocities[cell] = sum.z > 1e-3 ? SIMD2(sum.x, sum.y) / sum.z : velocities[cell] * kept
          sums[cell] = .zero
        }
      }
    }
    hasVectors = false
    keepsAll = false
    return velocities
  }

  /// Forgets all velocities, as where a new scene begins.
  func forget() {
    for cell in velocities.indices {
      velocities[cell] = .zero
      sums[cell] = .zero
    }
    hasVectors = false
    keepsAll = false
  }

  /// Where the stream has no timestamps, the frame before is taken for the reference, and the future for unknown.
  private func secondsToReferences(of frame: UnsafePointer<AVFrame>) -> (past: Float?, future: Float?) {
    let ticks = frame.pointee.pts
    guard ticks != cffmpeg_no_timestamp() else { return (Float(nominalSeconds), nil) }
    let (past, future) = references.distances(at: ticks)
    func seconds(_ ticks: Int64?) -> Float? {
      guard let ticks else { return nil }
      let seconds = Double(ticks) * secondsPerTick
      return seconds > 0 && seconds < Self.longestReference ? Float(seconds) : nil
    }
    return (seconds(past), seconds(future))
  }

  private static func spread(
    _ velocity: SIMD2<Float>, over rectangle: BlockPlacement.Rectangle, _ grid: MotionGrid,
    into sums: UnsafeMutableBufferPointer<SIMD4<Float>>
  ) {
    let unit: Float = 1 / Float(MotionField.cellSide)
    let (left, top) = (rectangle.left * unit, rectangle.top * unit)
    let (right, bottom) = (rectangle.right * unit, rectangle.bottom * unit)
    guard right > left, bottom > top, let cells = sums.baseAddress else { return }
    let weighted = SIMD4(velocity.x, velocity.y, 1, 0)
    // A block at the very edge may be rounded to lie beyond it.
    let (firstColumn, firstRow) = (min(grid.columns - 1, Int(left)), min(grid.rows - 1, Int(top)))
    let (lastColumn, lastRow) = (min(grid.columns - 1, Int(right)), min(grid.rows - 1, Int(bottom)))
    for row in firstRow...lastRow {
      let inRow = weighted * (min(bottom, Float(row &+ 1)) - max(top, Float(row)))
      let row = cells + row &* grid.columns
      guard firstColumn < lastColumn else {
        row[firstColumn] += inRow * (right - left)
        continue
      }
      row[firstColumn] += inRow * (Float(firstColumn &+ 1) - left)
      for column in firstColumn &+ 1..<lastColumn { row[column] += inRow }
      row[lastColumn] += inRow * (right - Float(lastColumn))
    }
  }
}
