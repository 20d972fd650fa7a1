import Decode
import Network

/// Changes a crop at random, as a loose box, another camera and another light would.
///
/// The paper augments "as AlexNet does": crops, mirrors and colour. Sizes of the changes are ours; erasing is Zhong et al.,
/// "Random Erasing Data Augmentation" (2017); a band that a whole batch does without is Dai et al., "Batch DropBlock Network for
/// Person Re-identification" (ICCV 2019), of pictures in place of features.
struct CropAugmentation: Sendable, Hashable, Codable {
  /// The part that is cut out, over the crop's side.
  var side: ClosedRange<Float> = 0.75...1
  /// How far the part may lie beyond the crop's edge, over the crop's side.
  var overhang: Float = 0.04
  /// The factor of brightness.
  var gain: ClosedRange<Float> = 0.7...1.3
  /// The factor of each colour on its own.
  var tint: ClosedRange<Float> = 0.8...1.2
  /// What is added to brightness, of a range of 0…255.
  var bias: ClosedRange<Float> = -20...20
  /// How often the colours are left out.
  var grayProbability: Float = 0.1
  /// How often a crop is as coarse as of a distant person.
  var coarseProbability: Float = 0.2
  /// The pixels of a coarse crop over those that the network looks at, in height and width.
  var coarseness: ClosedRange<Float> = 0.4...0.9
  /// How often a part is erased.
  var erasingProbability: Float = 0.5
  /// How often a whole batch does without one band, so that people must be told apart by the rest.
  var missingBandProbability: Float = 0.5
  /// That band's height over the picture's.
  var missingBandHeight: ClosedRange<Float> = 0.15...0.4

  /// Draws the band that a batch does without, in rows of a picture of this height; nil for none.
  func missingBand(ofRows height: Int, using g: inout SeededGenerator) -> Range<Int>? {
    guard g.uniform(in: 0...1) < missingBandProbability else { return nil }
    let extent = Int((g.uniform(in: missingBandHeight) * Float(height)).rounded())
    let top = Int.random(in: 0...height - extent, using: &g)
    return top..<top + extent
  }

  /// Writes a changed crop, [`size.height`, `size.width`, 3].
  ///
  /// - Parameter missingBand: Rows to leave out.
  func apply(
    to crop: ColorPicture, size: PictureSize, missingBand: Range<Int>?,
    into numbers: UnsafeMutableBufferPointer<Float>,
    using g: inout SeededGenerator
  ) {
    let picture = look(at: crop, size: size, using: &g)
    let isGray = g.uniform(in: 0...1) < grayProbability
    let brightness = g.uniform(in: gain)
    let gains = (0..<3).map { _ in brightness * g.uniform(in: tint) }
    CropTensor.fill(
      numbers, with: isGray ? picture.withoutColor() : picture, isMirrored: Bool.random(using: &g),
      gains: gains, bias: g.uniform(in: bias))
    if g.uniform(in: 0...1) < erasingProbability { erase(numbers, size, using: &g) }
    if let missingBand { erase(numbers, size, rows: missingBand, columns: 0..<size.width) }
  }

  /// A part of the crop at `size`, as sharp as it is or as a smaller picture of it would be.
  private func look(at crop: ColorPicture, size: PictureSize, using g: inout SeededGenerator) -> ColorPicture
  {
    let region = region(using: &g)
    let factor = g.uniform(in: coarseness)
    guard g.uniform(in: 0...1) < coarseProbability else { return crop.scaled(region, to: size) }
    let coarse = PictureSize(
      width: max(1, Int(Float(size.width) * factor)), height: max(1, Int(Float(size.height) * factor)))
    return crop.scaled(region, to: coarse).scaled(to: size)
  }

  private func region(using g: inout SeededGenerator) -> Box {
    let width = Double(g.uniform(in: side))
    let height = Double(g.uniform(in: side))
    func start(_ extent: Double) -> Double {
      let most = Float(max(0, 1 - extent)) + 2 * overhang
      return Double(g.uniform(in: 0...1) * most - overhang) + min(0, (1 - extent) / 2)
    }
    return Box(x: start(width), y: start(height), width: width, height: height)
  }

  /// Sets a rectangle of 2 to 30 % of the picture to the mean colour.
  private func erase(
    _ numbers: UnsafeMutableBufferPointer<Float>, _ size: PictureSize, using g: inout SeededGenerator
  ) {
    let area = g.uniform(in: 0.02...0.3) * Float(size.pixelCount)
    let aspect = g.uniform(in: 0.5...3)
    let height = min(size.height, max(1, Int((area * aspect).squareRoot())))
    let width = min(size.width, max(1, Int((area / aspect).squareRoot())))
    let top = Int.random(in: 0...size.height - height, using: &g)
    let left = Int.random(in: 0...size.width - width, using: &g)
    erase(numbers, size, rows: top..<top + height, columns: left..<left + width)
  }

  /// Sets a rectangle to the mean colour.
  private func erase(
    _ numbers: UnsafeMutableBufferPointer<Float>, _ size: PictureSize, rows: Range<Int>, columns: Range<Int>
  ) {
    for y in rows {
      let start = (y * size.width + columns.lowerBound) * 3
      for i in start..<start + columns.count * 3 { numbers[i] = 0 }
    }
  }
}

extension ColorPicture {
  /// The same picture in gray.
  fileprivate func withoutColor() -> ColorPicture {
    var gray = [UInt8](repeating: 0, count: pixels.count)
    for pixel in 0..<size.pixelCount {
      let luma = UInt8(luma(pixel))
      for channel in 0..<3 { gray[3 * pixel + channel] = luma }
    }
    return ColorPicture(size: size, pixels: gray)
  }
}
