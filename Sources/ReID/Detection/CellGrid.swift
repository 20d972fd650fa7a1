import Foundation
import Network

/// A cell of one level: where it is, and what its five numbers mean as a box.
///
/// The box is YOLOX's (Ge et al. 2021): `centre = cell + stride · (Δx, Δy)`, `size = stride · exp(log size)`.
struct Cell {
  /// The largest exponent: a box of 32 · e⁴ = 1,747 pixels.
  static let largestLogSize: Float = 4

  let x: Float
  let y: Float
  let stride: Float

  /// The box that four numbers stand for.
  func box(_ numbers: UnsafePointer<Float>) -> PixelBox {
    let (cx, cy) = (x + stride * numbers[0], y + stride * numbers[1])
    let halfWidth = stride * exp(min(numbers[2], Self.largestLogSize)) / 2
    let halfHeight = stride * exp(min(numbers[3], Self.largestLogSize)) / 2
    return PixelBox(
      left: cx - halfWidth, top: cy - halfHeight, right: cx + halfWidth, bottom: cy + halfHeight)
  }
}

/// The cells of one level: `rows` × `columns`, `stride` pixels apart.
struct CellGrid {
  let stride: Int
  let rows: Int
  let columns: Int

  /// The grid that answers of shape [N, rows, columns, C] belong to.
  init(of answers: Tensor, stride: Int) {
    self.stride = stride
    rows = answers.shape.sizes[1]
    columns = answers.shape.sizes[2]
  }

  var count: Int { rows * columns }

  subscript(index: Int) -> Cell {
    let stride = Float(stride)
    return Cell(
      x: (Float(index % columns) + 0.5) * stride, y: (Float(index / columns) + 0.5) * stride, stride: stride)
  }
}
