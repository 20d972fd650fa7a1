public import Decode
import Foundation

/// Draws a heat map and the box that stands out over a picture, for people to look at.
public struct HeatMapOverlay: Sendable {
  /// Opacity of the hottest places, 0…1.
  private static let opacity: Float = 0.6
  /// The ramp at equal steps from 0 to 1: lightness rises throughout, so that it also reads in gray and to the
  /// colour-blind.
  private static let ramp: [SIMD3<Float>] = [
    SIMD3(10, 8, 40), SIMD3(85, 20, 110), SIMD3(165, 40, 105), SIMD3(228, 80, 60), SIMD3(250, 155, 25),
    SIMD3(252, 250, 160),
  ]

  private let heatMap: HeatMap
  private let box: Box?

  /// An overlay of the map, and of the box if there is one.
  public init(heatMap: HeatMap, box: Box?) {
    self.heatMap = heatMap
    self.box = box
  }

  /// The picture with the heat over it: linear between the centres of cells, fading out as heat falls to 0.
  public func drawn(on picture: ColorPicture) -> ColorPicture {
    let size = picture.size
    var pixels = picture.pixels
    let columns = Self.samples(count: size.width, cells: heatMap.grid.columns)
    let rows = Self.samples(count: size.height, cells: heatMap.grid.rows)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let heat = heat(column: columns[x], row: rows[y])
        guard heat > 0 else { continue }
        blend(Self.color(heat), opacity: Self.opacity * heat, into: &pixels, at: y * size.width + x)
      }
    }
    if let box { outline(box, size: size, pixels: &pixels) }
    return ColorPicture(size: size, pixels: pixels)
  }

  /// A position between two cells, and how far it is from the first to the second.
  private struct Sample {
    let first: Int
    let second: Int
    let share: Float
  }

  private static func samples(count: Int, cells: Int) -> [Sample] {
    (0..<count).map { pixel in
      let position = max(0, (Float(pixel) + 0.5) * Float(cells) / Float(count) - 0.5)
      let first = min(cells - 1, Int(position))
      return Sample(first: first, second: min(cells - 1, first + 1), share: position - Float(first))
    }
  }

  private func heat(column: Sample, row: Sample) -> Float {
    func along(_ row: Int) -> Float {
      let first = heatMap.values[row * heatMap.grid.columns + column.first]
      let second = heatMap.values[row * heatMap.grid.columns + column.second]
      return first + column.share * (second - first)
    }
    let top = along(row.first)
    return top + row.share * (along(row.second) - top)
  }

  private static func color(_ heat: Float) -> SIMD3<Float> {
    let position = min(1, heat) * Float(ramp.count - 1)
    let step = min(ramp.count - 2, Int(position))
    return ramp[step] + (position - Float(step)) * (ramp[step + 1] - ramp[step])
  }

  private func blend(_ color: SIMD3<Float>, opacity: Float, into pixels: inout [UInt8], at pixel: Int) {
    for channel in 0..<3 {
      let old = Float(pixels[3 * pixel + channel])
      pixels[3 * pixel + channel] = UInt8(old + opacity * (color[channel] - old) + 0.5)
    }
  }

  /// A white line inside the box with a dark one inside that, so that it shows on any background.
  private func outline(_ box: Box, size: PictureSize, pixels: inout [UInt8]) {
    let line = max(1, min(size.width, size.height) / 240)
    let left = Self.pixel(box.x, of: size.width)
    let top = Self.pixel(box.y, of: size.height)
    let right = max(left + 1, Self.pixel(box.x + box.width, of: size.width))
    let bottom = max(top + 1, Self.pixel(box.y + box.height, of: size.height))
    for y in top..<min(bottom, size.height) {
      for x in left..<min(right, size.width) {
        let depth = min(x - left, y - top, right - 1 - x, bottom - 1 - y)
        guard depth < 2 * line else { continue }
        let color = SIMD3<Float>(repeating: depth < line ? 255 : 0)
        blend(color, opacity: 1, into: &pixels, at: y * size.width + x)
      }
    }
  }

  private static func pixel(_ fraction: Double, of extent: Int) -> Int {
    min(extent, max(0, Int((fraction * Double(extent)).rounded())))
  }
}
