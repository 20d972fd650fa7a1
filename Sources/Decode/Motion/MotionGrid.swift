/// The cells of `MotionField` over a picture, and the averaging of denser fields into them.
struct MotionGrid: Equatable {
  let analysisSize: PictureSize
  let columns: Int
  let rows: Int

  init(analysisSize: PictureSize) {
    self.analysisSize = analysisSize
    columns = (analysisSize.width + MotionField.cellSide - 1) / MotionField.cellSide
    rows = (analysisSize.height + MotionField.cellSide - 1) / MotionField.cellSide
  }

  var cellCount: Int { columns * rows }

  /// A field that says nothing.
  var rest: MotionField {
    MotionField(
      columns: columns, rows: rows, velocities: Array(repeating: .zero, count: cellCount), origin: .none)
  }

  /// The samples of a denser field under one cell, along one axis, with their shares of it.
  private struct Span {
    var first: Int
    var shares: [Float]
  }

  /// `count` samples cover `analysisSide` pixels evenly; cell j has the pixels from `cellSide · j` on.
  private static func spans(of count: Int, analysisSide: Int) -> [Span] {
    stride(from: 0, to: analysisSide, by: MotionField.cellSide).map { pixel in
      let scale = Double(count) / Double(analysisSide)
      let start = Double(pixel) * scale
      let end = Double(min(pixel + MotionField.cellSide, analysisSide)) * scale
      let first = min(Int(start), count - 1)
      let last = min(max(first, Int(end.rounded(.up)) - 1), count - 1)
      let shares = (first...last).map { sample in
        Float((min(end, Double(sample + 1)) - max(start, Double(sample))) / (end - start))
      }
      return Span(first: first, shares: shares)
    }
  }

  /// The mean of `field` over each cell, times `factor`.
  func means(of field: DisplacementField, times factor: SIMD2<Float>) -> [SIMD2<Float>] {
    let columnSpans = Self.spans(of: field.size.width, analysisSide: analysisSize.width)
    let rowSpans = Self.spans(of: field.size.height, analysisSide: analysisSize.height)
    return field.displacements.withUnsafeBufferPointer { samples in
      [SIMD2<Float>](unsafeUninitializedCapacity: cellCount) { cells, count in
        var line = [SIMD2<Float>](repeating: .zero, count: field.size.width)
        for (row, rowSpan) in rowSpans.enumerated() {
          for x in line.indices { line[x] = .zero }
          for (y, share) in rowSpan.shares.enumerated() {
            let start = (rowSpan.first + y) * field.size.width
            for x in line.indices { line[x] += samples[start + x] * share }
          }
          for (column, span) in columnSpans.enumerated() {
            var mean = SIMD2<Float>.zero
            for (x, share) in span.shares.enumerated() { mean += line[span.first + x] * share }
            cells.initializeElement(at: row * columns + column, to: mean * factor)
          }
        }
        count = cellCount
      }
    }
  }
}
