import Anomaly
import Decode

extension ColorPicture {
  /// The picture with a heat map over it: clear where it is regular, yellow to red where it is not.
  ///
  /// The cells' values are interpolated linearly between their centres.
  func overlaid(with heatMap: HeatMap) -> ColorPicture {
    let columns = Interpolation.table(pixels: size.width, cells: heatMap.grid.columns)
    let rows = Interpolation.table(pixels: size.height, cells: heatMap.grid.rows)
    let values = heatMap.values
    let result = [UInt8](unsafeUninitializedCapacity: pixels.count) { buffer, count in
      var position = 0
      for row in rows {
        let upper = row.low * heatMap.grid.columns
        let lower = row.high * heatMap.grid.columns
        for column in columns {
          let above = column.mix(values[upper + column.low], values[upper + column.high])
          let below = column.mix(values[lower + column.low], values[lower + column.high])
          let heat = row.mix(above, below)
          let opacity = 0.6 * heat
          let glow: (Float, Float, Float) = (255, 220 * (1 - heat), 0)
          buffer[position] = blend(pixels[position], glow.0, opacity)
          buffer[position + 1] = blend(pixels[position + 1], glow.1, opacity)
          buffer[position + 2] = blend(pixels[position + 2], glow.2, opacity)
          position += 3
        }
      }
      count = position
    }
    return ColorPicture(size: size, pixels: result)
  }
}

private func blend(_ pixel: UInt8, _ glow: Float, _ opacity: Float) -> UInt8 {
  UInt8(Float(pixel) * (1 - opacity) + glow * opacity + 0.5)
}

/// Between which two cells a pixel lies, along one axis.
private struct Interpolation {
  let low: Int
  let high: Int
  /// The share of the high cell, 0…1.
  let share: Float

  func mix(_ low: Float, _ high: Float) -> Float { low + (high - low) * share }

  static func table(pixels: Int, cells: Int) -> [Interpolation] {
    (0..<pixels).map { pixel in
      let place = (Float(pixel) + 0.5) * Float(cells) / Float(pixels) - 0.5
      let clamped = min(max(place, 0), Float(cells - 1))
      let low = Int(clamped)
      return Interpolation(low: low, high: min(low + 1, cells - 1), share: clamped - Float(low))
    }
  }
}
