/// Scales one plane of samples by area: every output pixel is the mean of the samples under it, a sample that is only
/// partly under it counting by its covered part. Exact in integers up to the final rounding, hence reproducible.
///
/// Confined to one thread: it keeps its scratch row from call to call.
final class AreaScaler {
  /// The samples under one output pixel, along one axis.
  private struct Span {
    /// The first covered sample.
    var first: Int
    /// Samples that are covered, at least 1.
    var count: Int
    /// Weights of the outermost samples; if there is only one, the first holds it all.
    var firstWeight: UInt16
    var lastWeight: UInt16
  }

  /// Spans of one axis with their weights' unit (that of a sample wholly covered) and their sum.
  private struct Axis {
    var spans: [Span]
    var unit: UInt16
    var total: Int
  }

  let source: PictureSize
  let destination: PictureSize
  private let columns: Axis
  private let rows: Axis
  private let interior: UnsafeMutablePointer<UInt16>
  private let weighted: UnsafeMutablePointer<UInt32>

  /// - Parameter blendsFields: whether every output pixel takes equally from even and odd rows, so that the two
  ///   fields of an interlaced picture blend and do not comb.
  init(from source: PictureSize, to destination: PictureSize, blendsFields: Bool) {
    self.source = source
    self.destination = destination
    columns = Self.axis(from: source.width, to: destination.width)
    rows =
      blendsFields
      ? Self.fieldBlendingAxis(from: source.height, to: destination.height)
      : Self.axis(from: source.height, to: destination.height)
    interior = .allocate(capacity: source.width)
    weighted = .allocate(capacity: source.width)
    interior.initialize(repeating: 0, count: source.width)
    weighted.initialize(repeating: 0, count: source.width)
  }

  deinit {
    interior.deallocate()
    weighted.deallocate()
  }

  /// Scales `source.height` rows of `source.width` 8-bit samples, `rowStride` bytes apart.
  ///
  /// - Parameter levels: the samples that become 0 and 255; samples outside saturate.
  func scale8(_ plane: UnsafePointer<UInt8>, rowStride: Int, levels: Levels) -> [UInt8] {
    scale(levels: levels) { span in
      self.sumRows8(plane + span.first * rowStride, rowStride: rowStride, span: span)
    }
  }

  /// As `scale8`, of native-endian 16-bit samples; `rowStride` is in bytes.
  func scale16(_ plane: UnsafeRawPointer, rowStride: Int, levels: Levels) -> [UInt8] {
    scale(levels: levels) { span in
      self.sumRows16(plane + span.first * rowStride, rowStride: rowStride, span: span)
    }
  }

  private func scale(levels: Levels, sumRows: (Span) -> Void) -> [UInt8] {
    let gain = 255 / Double(levels.white - levels.black)
    let factor = gain / (Double(rows.total) * Double(columns.total))
    let bias = -gain * Double(levels.black)
    return [UInt8](unsafeUninitializedCapacity: destination.pixelCount) { buffer, count in
      for row in 0..<destination.height {
        sumRows(rows.spans[row])
        sumColumns(
          into: UnsafeMutableBufferPointer(rebasing: buffer[(row * destination.width)...]),
          factor: factor, bias: bias)
      }
      count = destination.pixelCount
    }
  }

  /// Weighted sums over a span of rows into `weighted`. The inner rows have equal weights: they are added up first, in
  /// 16 bits, which vectorises well, and multiplied once.
  private func sumRows8(_ top: UnsafePointer<UInt8>, rowStride: Int, span: Span) {
    let width = source.width
    let (interior, weighted) = (interior, weighted)
    let bottom = top + (span.count - 1) * rowStride
    for x in 0..<width {
      weighted[x] =
        UInt32(top[x]) &* UInt32(span.firstWeight) &+ UInt32(bottom[x]) &* UInt32(span.lastWeight)
    }
    var row = 1
    let end = span.count - 1
    while row < end {
      let chunkEnd = min(end, row + 256)  // 256 · 255 fits 16 bits
      let first = top + row * rowStride
      for x in 0..<width { interior[x] = UInt16(first[x]) }
      row += 1
      while row + 1 < chunkEnd {
        let (a, b) = (top + row * rowStride, top + (row + 1) * rowStride)
        for x in 0..<width { interior[x] &+= UInt16(a[x]) &+ UInt16(b[x]) }
        row += 2
      }
      if row < chunkEnd {
        let last = top + row * rowStride
        for x in 0..<width { interior[x] &+= UInt16(last[x]) }
        row += 1
      }
      for x in 0..<width { weighted[x] &+= UInt32(interior[x]) &* UInt32(rows.unit) }
    }
  }

  private func sumRows16(_ top: UnsafeRawPointer, rowStride: Int, span: Span) {
    let weighted = weighted
    for row in 0..<span.count {
      let samples = (top + row * rowStride).assumingMemoryBound(to: UInt16.self)
      let weight = UInt32(Self.weight(of: row, in: span, unit: rows.unit))
      if row == 0 {
        for x in 0..<source.width { weighted[x] = UInt32(samples[x]) &* weight }
      } else {
        for x in 0..<source.width { weighted[x] &+= UInt32(samples[x]) &* weight }
      }
    }
  }

  private func sumColumns(into output: UnsafeMutableBufferPointer<UInt8>, factor: Double, bias: Double) {
    let unit = Int64(columns.unit)
    let weighted = weighted
    columns.spans.withUnsafeBufferPointer { spans in
      for column in 0..<spans.count {
        let span = spans[column]
        let samples = weighted + span.first
        let last = span.count &- 1
        var inner: Int64 = 0
        var index = 1
        while index < last {
          inner &+= Int64(samples[index])
          index &+= 1
        }
        let outer =
          Int64(samples[0]) &* Int64(span.firstWeight) &+ Int64(samples[last]) &* Int64(span.lastWeight)
        output[column] = Self.byte(Double(inner &* unit &+ outer) * factor + bias)
      }
    }
  }

  /// The nearest byte. Adding 2⁵² leaves a number without a fraction, whose lowest bits are the integer: much cheaper
  /// than a checked conversion.
  private static func byte(_ level: Double) -> UInt8 {
    UInt8(truncatingIfNeeded: (min(max(level, 0), 255) + 0x1p52).bitPattern)
  }
}

extension AreaScaler {
  /// The samples that stand for black and white.
  struct Levels {
    var black: Int
    var white: Int
  }

  /// Output pixel j covers [j·n/m, (j+1)·n/m); in units of 1/m sample all bounds are whole.
  private static func axis(from n: Int, to m: Int) -> Axis {
    let spans = (0..<m).map { span(from: $0 * n, to: ($0 + 1) * n, unit: m) }
    return Axis(spans: spans, unit: UInt16(m), total: n)
  }

  /// As `axis`, but every output pixel covers the even number of rows nearest to n/m, at least two: so each field gives
  /// half. Without downscaling these are the weights ¼ ½ ¼. In units of 1/(2m) row all bounds are whole.
  private static func fieldBlendingAxis(from n: Int, to m: Int) -> Axis {
    let covered = max(2, 2 * ((n + m) / (2 * m)))
    guard covered <= n, 2 * m <= Int(UInt16.max) else { return axis(from: n, to: m) }
    let unit = 2 * m
    let extent = covered * unit
    let spans = (0..<m).map { j in
      let start = min(max((2 * j + 1) * n - extent / 2, 0), n * unit - extent)
      return span(from: start, to: start + extent, unit: unit)
    }
    return Axis(spans: spans, unit: UInt16(unit), total: extent)
  }

  private static func span(from start: Int, to end: Int, unit: Int) -> Span {
    let first = start / unit
    let last = (end - 1) / unit
    if first == last {
      return Span(first: first, count: 1, firstWeight: UInt16(end - start), lastWeight: 0)
    }
    return Span(
      first: first, count: last - first + 1,
      firstWeight: UInt16((first + 1) * unit - start), lastWeight: UInt16(end - last * unit))
  }

  private static func weight(of index: Int, in span: Span, unit: UInt16) -> UInt16 {
    if index == 0 { return span.firstWeight }
    return index == span.count - 1 ? span.lastWeight : unit
  }
}
