import Decode
import Foundation
import Network

/// Makes pictures to train on: one labelled picture, or a mosaic of 2×2 or 3×3 (Bochkovskiy et al. 2020, "YOLOv4"), each at
/// a scale that makes one of its people so tall as is drawn; people cut out of pictures whose boxes somebody drew, pasted
/// elsewhere; and what `PhotometricNoise` does.
final class SampleMaker {
  /// People of these heights are to be found, in pixels of what the network gets.
  private static let heights: ClosedRange<Float> = 18...300
  private static let largestScale: Float = 1.7
  /// The part of a tile, per axis, that its picture fills at least.
  private static let leastFilled: Float = 0.85

  private let pictures: [LabelledPicture]
  private let cache: PictureCache
  /// Sums of the weights, to draw from.
  private let cumulated: [Double]
  /// People who can be cut out.
  private let cutouts: [(picture: Int, box: Box)]
  private let empty: [Int]

  init(_ pictures: [LabelledPicture]) {
    self.pictures = pictures
    cache = PictureCache(pictures.map(\.file))
    var sum = 0.0
    cumulated = pictures.map { picture in
      sum += picture.weight
      return sum
    }
    cutouts = pictures.enumerated().flatMap { number, picture in
      picture.people.filter { Self.canBeCutOut($0, of: picture) }.map { (number, $0.box) }
    }
    empty = pictures.indices.filter { pictures[$0].people.isEmpty }
  }

  /// Somebody whole, upright and alone, whose box somebody drew.
  private static func canBeCutOut(_ person: LabelledPicture.Person, of picture: LabelledPicture) -> Bool {
    let box = person.box
    let height = box.height * Double(picture.size.height)
    let shape = height / max(1e-9, box.width * Double(picture.size.width))
    guard person.source == .groundTruth, height >= 40, (1.6...4.5).contains(shape), !picture.isStretched,
      box.x > 0.01, box.y > 0.01, box.x + box.width < 0.99, box.y + box.height < 0.99
    else { return false }
    return picture.people.allSatisfy { $0 == person || $0.box.intersectionOverUnion(box) < 0.03 }
  }

  /// The next picture; with `isFinal`, mostly a single one.
  func sample(
    _ size: PictureSize, isFinal: Bool = false, using g: inout SeededGenerator
  ) throws -> TrainingSample {
    var canvas = Canvas(size: size)
    let kind = g.uniform(in: 0...1)
    let grid = kind < (isFinal ? 0.75 : 0.5) ? 1 : isFinal || kind < 0.9 ? 2 : 3
    let (columns, rows) = (borders(size.width, grid, using: &g), borders(size.height, grid, using: &g))
    for row in 0..<grid {
      for column in 0..<grid {
        let window = Canvas.Area(
          x: columns[column], y: rows[row], width: columns[column + 1] - columns[column],
          height: rows[row + 1] - rows[row])
        try drawTile(in: window, of: &canvas, using: &g)
      }
    }
    if !isFinal, g.chance(0.3) {
      for _ in 0...(g.next() % 3) { try pasteSomebody(into: &canvas, using: &g) }
    }
    if g.chance(0.15) { try pasteSomething(into: &canvas, using: &g) }
    PhotometricNoise.apply(to: &canvas, using: &g)
    return canvas.sample
  }

  /// Where tiles begin and end along one axis: about evenly.
  private func borders(_ length: Int, _ count: Int, using g: inout SeededGenerator) -> [Int] {
    let inner = (1..<max(1, count)).map { i in
      Int((Float(i) + g.uniform(in: -0.2...0.2)) * Float(length) / Float(count))
    }
    return [0] + (count > 1 ? inner : []) + [length]
  }

  private func draw(using g: inout SeededGenerator) -> Int {
    let at = Double(g.uniform(in: 0...1)) * (cumulated.last ?? 0)
    var (low, high) = (0, cumulated.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulated[middle] > at { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private func drawTile(
    in window: Canvas.Area, of canvas: inout Canvas, using g: inout SeededGenerator
  ) throws {
    let number = draw(using: &g)
    let labels = pictures[number]
    let picture = try cache.picture(number)
    let certain = labels.people.filter { $0.source != .uncertain }
    let chosen = certain.isEmpty ? nil : certain[Int(g.next() % UInt64(certain.count))]
    let flipped = g.chance(0.5)
    // People in a picture that was squeezed to a square are too thin.
    let widening = labels.isStretched ? g.uniform(in: 1...1.7) : exp(g.uniform(in: -0.12...0.12))
    let (width, height) = (Float(picture.size.width) * widening, Float(picture.size.height))
    let filling = Self.leastFilled * max(Float(window.width) / width, Float(window.height) / height)
    var scale = g.uniform(in: 0.7...1.3) * max(filling, 0.5)
    if let chosen {
      let tallest = max(
        Self.heights.lowerBound + 1, min(Self.heights.upperBound, 0.95 * Float(window.height)))
      scale = g.logUniform(in: Self.heights.lowerBound...tallest) / (Float(chosen.box.height) * height)
    }
    scale = max(filling, min(scale, Self.largestScale))
    let area = Canvas.Area(
      x: 0, y: 0, width: max(1, Int(width * scale)), height: max(1, Int(height * scale)))
    var focus = (x: g.uniform(in: 0...1), y: g.uniform(in: 0...1))
    if let box = chosen?.box {
      let x = Float(box.x + box.width / 2)
      focus = (flipped ? 1 - x : x, Float(box.y + box.height / 2))
    }
    let place = Canvas.Area(
      x: window.x + offset(area.width, in: window.width, focus: focus.x, using: &g),
      y: window.y + offset(area.height, in: window.height, focus: focus.y, using: &g), width: area.width,
      height: area.height)
    canvas.draw(picture, labels, at: place, within: window, flipped: flipped)
  }

  /// Where a picture begins in a window so that a point of it lies somewhere in the middle and as little as can be stays
  /// empty.
  private func offset(
    _ length: Int, in window: Int, focus: Float, using g: inout SeededGenerator
  ) -> Int {
    let wanted = Int(Float(window) * g.uniform(in: 0.2...0.8) - focus * Float(length))
    return min(max(wanted, min(0, window - length)), max(0, window - length))
  }

  private func pasteSomebody(into canvas: inout Canvas, using g: inout SeededGenerator) throws {
    guard !cutouts.isEmpty else { return }
    let cutout = cutouts[Int(g.next() % UInt64(cutouts.count))]
    let picture = try cache.picture(cutout.picture)
    let native = Float(cutout.box.height) * Float(picture.size.height)
    let height = g.logUniform(
      in: Self.heights.lowerBound...max(Self.heights.lowerBound + 1, min(native, 120)))
    let scale = height / native
    let width = Float(cutout.box.width) * Float(picture.size.width) * scale
    // A little of what is around comes along.
    let margin = (x: Int(width * 0.15) + 1, y: Int(height * 0.08) + 1)
    guard let area = free(Int(width) + 2 * margin.x, Int(height) + 2 * margin.y, in: canvas, using: &g) else {
      return
    }
    let region = Box(
      x: cutout.box.x - cutout.box.width * Double(margin.x) / Double(width),
      y: cutout.box.y - cutout.box.height * Double(margin.y) / Double(height),
      width: cutout.box.width * Double(area.width) / Double(width),
      height: cutout.box.height * Double(area.height) / Double(height))
    canvas.paste(
      picture.scaled(region, to: PictureSize(width: area.width, height: area.height)), at: area)
    let (left, top) = (Float(area.x + margin.x), Float(area.y + margin.y))
    canvas.people.append(PixelBox(left: left, top: top, right: left + width, bottom: top + height))
  }

  /// A piece of a picture without people, so that what is pasted is not always somebody.
  private func pasteSomething(into canvas: inout Canvas, using g: inout SeededGenerator) throws {
    guard !empty.isEmpty else { return }
    let picture = try cache.picture(empty[Int(g.next() % UInt64(empty.count))])
    let height = g.logUniform(in: Self.heights.lowerBound...120)
    let width = height * g.uniform(in: 0.3...0.8)
    guard let area = free(Int(width), Int(height), in: canvas, using: &g) else { return }
    let extent = (x: Double(g.uniform(in: 0.1...0.5)), y: Double(g.uniform(in: 0.2...0.8)))
    let region = Box(
      x: Double(g.uniform(in: 0...1)) * (1 - extent.x), y: Double(g.uniform(in: 0...1)) * (1 - extent.y),
      width: extent.x, height: extent.y)
    canvas.paste(
      picture.scaled(region, to: PictureSize(width: area.width, height: area.height)), at: area)
  }

  /// A place where nobody is.
  private func free(
    _ width: Int, _ height: Int, in canvas: Canvas, using g: inout SeededGenerator
  ) -> Canvas.Area? {
    guard width > 0, height > 0, width < canvas.size.width, height < canvas.size.height else { return nil }
    let area = Canvas.Area(
      x: Int(g.next() % UInt64(canvas.size.width - width)),
      y: Int(g.next() % UInt64(canvas.size.height - height)),
      width: width, height: height)
    let isTaken = (canvas.people + canvas.ignored).contains {
      $0.intersection(area.box).area > 0.15 * $0.area
    }
    return isTaken ? nil : area
  }
}
