public import Decode

extension ColorPicture {
  /// What an embedder is to see of a detected box: its middle, since the detector leaves room around a person, into which
  /// neighbours reach, where labelled crops end at head and feet.
  ///
  /// - Parameter box: In fractions of the picture; all of it where that is what was cut out of a box.
  public func person(in box: Box = .wholePicture) -> ColorPicture {
    let middle = Box(
      x: box.x + 0.0625 * box.width, y: box.y + 0.05 * box.height, width: 0.875 * box.width,
      height: 0.9 * box.height)
    return scaled(middle, to: MSPCNN.inputSize)
  }
}
