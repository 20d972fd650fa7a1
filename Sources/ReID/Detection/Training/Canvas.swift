import Decode
import Foundation
import Network

/// A picture under construction, with what is known about it.
struct Canvas {
  /// Shorter people are left out of the loss: there is too little to see.
  static let leastHeight: Float = 12
  /// People of whom less than this part is left by an edge are left out of the loss.
  static let leastVisible: Float = 0.4

  let size: PictureSize
  var pixels: [UInt8]
  var people: [PixelBox] = []
  var ignored: [PixelBox] = []
  var incomplete: [PixelBox] = []

  /// A gray canvas.
  init(size: PictureSize) {
    self.size = size
    pixels = [UInt8](repeating: 114, count: 3 * size.pixelCount)
  }

  var sample: TrainingSample {
    TrainingSample(
      picture: ColorPicture(size: size, pixels: pixels), people: people, ignored: ignored,
      incomplete: incomplete)
  }

  /// A rectangle of whole pixels.
  struct Area: Hashable {
    var x: Int
    var y: Int
    var width: Int
    var height: Int

    var box: PixelBox {
      PixelBox(left: Float(x), top: Float(y), right: Float(x + width), bottom: Float(y + height))
    }

    func intersection(_ other: Area) -> Area {
      let (left, top) = (max(x, other.x), max(y, other.y))
      return Area(
        x: left, y: top, width: min(x + width, other.x + other.width) - left,
        height: min(y + height, other.y + other.height) - top)
    }
  }

  /// Draws a whole picture into `place`, as far as that is within `window`, and takes its people over.
  mutating func draw(
    _ picture: ColorPicture, _ labels: LabelledPicture, at place: Area, within window: Area, flipped: Bool
  ) {
    let visible = place.intersection(window)
    guard visible.width > 0, visible.height > 0 else { return }
    let (width, height) = (Double(place.width), Double(place.height))
    var region = Box(
      x: Double(visible.x - place.x) / width, y: Double(visible.y - place.y) / height,
      width: Double(visible.width) / width, height: Double(visible.height) / height)
    if flipped { region = region.mirrored }
    let drawn = picture.scaled(region, to: PictureSize(width: visible.width, height: visible.height))
    copy(drawn, to: visible, flipped: flipped)
    for person in labels.people {
      let box = flipped ? person.box.mirrored : person.box
      let whole = PixelBox(
        left: Float(Double(place.x) + box.x * width), top: Float(Double(place.y) + box.y * height),
        right: Float(Double(place.x) + (box.x + box.width) * width),
        bottom: Float(Double(place.y) + (box.y + box.height) * height))
      take(whole, within: visible.box, isCertain: person.source != .uncertain)
    }
    if labels.isIncomplete { incomplete.append(visible.box) }
  }

  private mutating func take(_ whole: PixelBox, within visible: PixelBox, isCertain: Bool) {
    let seen = whole.intersection(visible)
    guard seen.width > 0, seen.height > 0 else { return }
    let isClear = seen.area >= Self.leastVisible * whole.area && seen.height >= Self.leastHeight
    if isCertain && isClear { people.append(seen) } else { ignored.append(seen) }
  }

  private mutating func copy(_ picture: ColorPicture, to area: Area, flipped: Bool) {
    for y in 0..<area.height {
      let to = 3 * ((area.y + y) * size.width + area.x)
      let from = 3 * y * area.width
      for x in 0..<area.width {
        let source = from + 3 * (flipped ? area.width - 1 - x : x)
        for c in 0..<3 { pixels[to + 3 * x + c] = picture.pixels[source + c] }
      }
    }
  }

  /// Draws a cut-out over what is there, fading out towards the edges of its area.
  mutating func paste(_ cutout: ColorPicture, at area: Area) {
    for y in 0..<area.height {
      let v = abs((Float(y) + 0.5) / Float(area.height) * 2 - 1)
      for x in 0..<area.width {
        let u = abs((Float(x) + 0.5) / Float(area.width) * 2 - 1)
        let distance = u * u * u + v * v * v
        let share = min(1, max(0, (1.1 - distance) / 0.4))
        let (to, from) = (3 * ((area.y + y) * size.width + area.x + x), 3 * (y * area.width + x))
        for c in 0..<3 {
          pixels[to + c] = UInt8(
            share * Float(cutout.pixels[from + c]) + (1 - share) * Float(pixels[to + c]))
        }
      }
    }
  }
}

extension Box {
  /// The same box in the mirrored picture.
  fileprivate var mirrored: Box { Box(x: 1 - x - width, y: y, width: width, height: height) }
}
