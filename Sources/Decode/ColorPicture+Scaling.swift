extension ColorPicture {
  /// A part of the picture at another size, or the whole of it.
  ///
  /// Every new pixel is a mean of the pixels around its place, weighted by a triangle as wide as the new pixel, or as two
  /// old ones where the picture grows: what image libraries call bilinear with antialiasing. Beyond its edges the picture
  /// goes on as it ends.
  ///
  /// - Parameter region: In fractions of the picture; may reach beyond it.
  public func scaled(_ region: Box = .wholePicture, to target: PictureSize) -> ColorPicture {
    let columns = TriangleFilter(
      from: region.x * Double(size.width), extent: region.width * Double(size.width), samples: size.width,
      count: target.width)
    let rows = TriangleFilter(
      from: region.y * Double(size.height), extent: region.height * Double(size.height), samples: size.height,
      count: target.height)
    let used = rows.span
    var narrowed = [Float](repeating: 0, count: used.count * target.width * 3)
    pixels.withUnsafeBufferPointer { pixels in
      for row in used {
        columns.filterRow(
          pixels, from: row * size.width * 3, into: &narrowed, at: (row - used.lowerBound) * target.width * 3)
      }
    }
    let made = [UInt8](unsafeUninitializedCapacity: target.pixelCount * 3) { buffer, count in
      rows.filterColumns(narrowed, width: target.width * 3, firstRow: used.lowerBound, into: buffer)
      count = target.pixelCount * 3
    }
    return ColorPicture(size: target, pixels: made)
  }
}
