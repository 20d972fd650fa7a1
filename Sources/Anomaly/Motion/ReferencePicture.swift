/// The picture whose pixels motion is measured in: one with the camera's proportions and the area of 360×240 pixels, so
/// that a length means the same along both sides, whatever the analysis size.
struct ReferencePicture {
  private static let area = 360.0 * 240.0

  /// In pixels; seldom whole.
  let width: Double
  /// In pixels; seldom whole.
  let height: Double

  /// - Parameter aspectRatio: width by height of the upright picture.
  init(aspectRatio: Double) {
    width = (Self.area * aspectRatio).squareRoot()
    height = Self.area / width
  }

  /// Reference pixels per unit of a grid of `columns` × `rows` units over the picture.
  func pixelsPerUnit(columns: Int, rows: Int) -> SIMD2<Float> {
    SIMD2(Float(width / Double(columns)), Float(height / Double(rows)))
  }

  /// The size of a square window of `side` reference pixels in units of such a grid, at least one.
  func window(side: Double, columns: Int, rows: Int) -> (columns: Int, rows: Int) {
    (
      max(1, Int((side / width * Double(columns)).rounded())),
      max(1, Int((side / height * Double(rows)).rounded()))
    )
  }
}
