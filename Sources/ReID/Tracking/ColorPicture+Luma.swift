import Decode

extension ColorPicture {
  /// A pixel's luma by ITU-R BT.601, in whole numbers, 0…255; pixels count row by row.
  func luma(_ pixel: Int) -> Int {
    (77 * Int(pixels[3 * pixel]) + 150 * Int(pixels[3 * pixel + 1]) + 29 * Int(pixels[3 * pixel + 2])) >> 8
  }
}
