import Decode

/// A crop as it is learned from: with its colours as they are, or exchanged, which makes somebody else of the person.
///
/// Clothes of other colours are other people to learn from, of whom there are never enough: each order of the colours is a class of
/// its own (Lee, Hwang, Shin, "Self-supervised Label Augmentation via Input Transformations", ICML 2020).
struct Look: Sendable, Hashable {
  /// Which of a picture's colours becomes red, green and blue.
  enum ColorOrder: Int, Sendable, CaseIterable {
    case rgb, rbg, grb, gbr, brg, bgr

    /// The place of each new colour among the old ones.
    var sources: [Int] { [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]][rawValue] }
  }

  /// The crop's place in its collection.
  let crop: Int
  let colors: ColorOrder
}

extension ColorPicture {
  /// The same picture with its colours in another order.
  func recolored(_ order: Look.ColorOrder) -> ColorPicture {
    guard order != .rgb else { return self }
    let sources = order.sources
    var changed = pixels
    for i in stride(from: 0, to: pixels.count, by: 3) {
      for channel in 0..<3 { changed[i + channel] = pixels[i + sources[channel]] }
    }
    return ColorPicture(size: size, pixels: changed)
  }
}
