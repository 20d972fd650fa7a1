/// The weights of old samples in new ones along one axis: a triangle around the place of each new sample, at least one
/// old sample wide to either side.
struct TriangleFilter {
  private struct Window {
    let first: Int
    let weights: Range<Int>
  }

  private var windows: [Window] = []
  private var weights: [Float] = []

  /// - Parameters:
  ///   - start, extent: The part of the axis that becomes `count` new samples, in old samples; may reach beyond them.
  ///   - samples: How many old samples there are.
  init(from start: Double, extent: Double, samples: Int, count: Int) {
    let step = extent / Double(count)
    let reach = max(1, step)
    for index in 0..<count {
      let centre = start + (Double(index) + 0.5) * step
      let inside = { (place: Double) in
        max(0, min(samples - 1, Int(place.clamped(to: -1e9...1e9).rounded(.down))))
      }
      let (first, last) = (inside(centre - reach), inside(centre + reach))
      let begin = weights.count
      var sum: Float = 0
      for sample in first...last {
        let weight = Float(max(0, 1 - abs(Double(sample) + 0.5 - centre) / reach))
        weights.append(weight)
        sum += weight
      }
      // Windows that lie beyond the edge altogether take the sample at the edge.
      if sum == 0 { (weights[begin], sum) = (1, 1) }
      for place in begin..<weights.count { weights[place] /= sum }
      windows.append(Window(first: first, weights: begin..<weights.count))
    }
  }

  /// The old samples that carry any weight.
  var span: Range<Int> {
    let last = windows.map { $0.first + $0.weights.count }.max() ?? 0
    return (windows.map(\.first).min() ?? 0)..<last
  }

  /// One row of RGB pixels, new from old.
  func filterRow(_ row: UnsafeBufferPointer<UInt8>, from start: Int, into new: inout [Float], at place: Int) {
    for (index, window) in windows.enumerated() {
      var (red, green, blue): (Float, Float, Float) = (0, 0, 0)
      var pixel = start + window.first * 3
      for place in window.weights {
        let weight = weights[place]
        red += weight * Float(row[pixel])
        green += weight * Float(row[pixel + 1])
        blue += weight * Float(row[pixel + 2])
        pixel += 3
      }
      let at = place + index * 3
      (new[at], new[at + 1], new[at + 2]) = (red, green, blue)
    }
  }

  /// All new rows from old rows of `width` values, the first of which is row `firstRow` of the picture.
  func filterColumns(_ old: [Float], width: Int, firstRow: Int, into new: UnsafeMutableBufferPointer<UInt8>) {
    var sums = [Float](repeating: 0, count: width)
    for (index, window) in windows.enumerated() {
      for column in 0..<width { sums[column] = 0.5 }
      for (offset, place) in window.weights.enumerated() {
        let weight = weights[place]
        let start = (window.first - firstRow + offset) * width
        for column in 0..<width { sums[column] += weight * old[start + column] }
      }
      for column in 0..<width { new[index * width + column] = UInt8(max(0, min(255, sums[column]))) }
    }
  }
}

extension Double {
  fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
    min(max(self, range.lowerBound), range.upperBound)
  }
}
