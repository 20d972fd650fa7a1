extension ColorPicture {
  /// A part of the picture at another size, or the whole of it.
  ///
  /// Every new pixel is a mean of the pixels around its place, weighted by a triangle as wide as the new pixel, or as two
  /// old ones where the picture grows: what image libraries call bilinear with antialiasing. Beyond its edges the picture
  /// goes on as it ends.
  ///
  /// - Parameter region: In fractions of the picture; may reach beyond it.
  public func scaled(_ region: Box = .wholePicture, to target: PictureSize) -> ColorPicture {
    if region == .wholePicture, target == size { return self }
    let columns = TriangleFilter(
      from: region.x * Double(size.width), extent: region.width * Double(size.width), samples: size.width,
      count: target.width)
    let rows = TriangleFilter(
      from: region.y * Double(size.height), extent: region.height * Double(size.height), samples: size.height,
      count: target.height)
    // Rows first: adding whole rows up is quick, and there are fewer of them left to go through pixel by pixel.
    let used = columns.span
    // One more than the sums: the last pixel is read as four numbers.
    var row = [Float](repeating: 0, count: used.count * 3 + 1)
    let made = [UInt8](unsafeUninitializedCapacity: target.pixelCount * 3) { buffer, count in
      pixels.withUnsafeBufferPointer { pixels in
        row.withUnsafeMutableBufferPointer { row in
          for y in 0..<target.height {
            rows.sumRows(
              pixels, stride: size.width * 3, from: used.lowerBound * 3, at: y,
              into: UnsafeMutableBufferPointer(rebasing: row.dropLast()))
            columns.filterRow(
              UnsafeBufferPointer(row), first: used.lowerBound,
              into: UnsafeMutableBufferPointer(rebasing: buffer[(y * target.width * 3)...]))
          }
        }
      }
      count = target.pixelCount * 3
    }
    return ColorPicture(size: target, pixels: made)
  }
}
