internal import CPictures

/// The weights of old samples in new ones along one axis: a triangle around the place of each new sample, at least one
/// old sample wide to either side.
struct TriangleFilter {
  private var windows: [pix_window] = []
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
      windows.append(
        pix_window(first: Int64(first), count: Int64(weights.count - begin), weights: Int64(begin)))
    }
  }

  /// The old samples that carry any weight.
  var span: Range<Int> {
    Int(windows.first?.first ?? 0)..<Int(windows.last.map { $0.first + $0.count } ?? 0)
  }

  /// The new row `index`, as far as it is as wide as `sums`: the weighted sum of old rows, which are `stride` bytes long, from
  /// byte `start` of each.
  func sumRows(
    _ old: UnsafeBufferPointer<UInt8>, stride: Int, from start: Int, at index: Int,
    into sums: UnsafeMutableBufferPointer<Float>
  ) {
    let window = windows[index]
    let rows = UnsafeBufferPointer(rebasing: old[(Int(window.first) * stride + start)...])
    precondition(rows.count >= (Int(window.count) - 1) * stride + sums.count)
    weights.withUnsafeBufferPointer { weights in
      guard let row = rows.baseAddress, let sum = sums.baseAddress, let weight = weights.baseAddress else {
        return
      }
      pix_sum_rows(row, Int64(stride), weight + Int(window.weights), window.count, Int64(sums.count), sum)
    }
  }

  /// One row of RGB pixels, new from old, the old one beginning with sample `first` and having one float more than its pixels;
  /// rounded.
  func filterRow(
    _ row: UnsafeBufferPointer<Float>, first: Int, into new: UnsafeMutableBufferPointer<UInt8>
  ) {
    precondition(row.count > (span.upperBound - first) * 3 && new.count >= windows.count * 3)
    guard let old = row.baseAddress, let new = new.baseAddress else { return }
    pix_filter_row(old, Int64(first), windows, weights, Int64(windows.count), new)
  }
}

extension Double {
  fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
    min(max(self, range.lowerBound), range.upperBound)
  }
}
