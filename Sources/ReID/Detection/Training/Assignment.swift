import Foundation
import Network

/// Which cells of a picture answer for which person: the simplified optimal transport assignment of Ge et al. (2021,
/// "YOLOX", section 2.1).
///
/// Of the cells in or near a person, those do that cost least: cost = cross entropy of the score - 3 · log IoU. How many
/// do is the sum of the person's ten best IoUs, at least one.
struct Assignment {
  /// A cell's distance from the middle of a person, in strides, up to which it may answer for it.
  static let radius: Float = 2.5
  private static let bestOverlaps = 10
  private static let outsideCost: Float = 1e4

  /// A cell of any level with what it answers at present.
  struct Candidate {
    let cell: Cell
    let box: PixelBox
    let logit: Float
  }

  /// The person that a cell answers for, and how well it does; -1 for none.
  let person: [Int]
  /// IoU of the cell's box with that person.
  let overlap: [Float]

  init(of people: [PixelBox], to candidates: [Candidate]) {
    var person = [Int](repeating: -1, count: candidates.count)
    var overlap = [Float](repeating: 0, count: candidates.count)
    var lowest = [Float](repeating: .infinity, count: candidates.count)
    for (number, box) in people.enumerated() {
      var near: [(index: Int, cost: Float, overlap: Float)] = []
      let (x, y) = box.centre
      for (index, candidate) in candidates.enumerated() {
        let cell = candidate.cell
        let isCentral =
          abs(cell.x - x) < Self.radius * cell.stride && abs(cell.y - y) < Self.radius * cell.stride
        let isInside = box.contains(cell.x, cell.y)
        guard isCentral || isInside else { continue }
        let iou = candidate.box.intersectionOverUnion(box)
        let cost =
          softplus(-candidate.logit) - 3 * log(max(iou, 1e-6))
          + (isCentral && isInside ? 0 : Self.outsideCost)
        near.append((index, cost, iou))
      }
      let best = near.map(\.overlap).sorted(by: >).prefix(Self.bestOverlaps).reduce(0, +)
      for match in near.sorted(by: { ($0.cost, $0.index) < ($1.cost, $1.index) }).prefix(max(1, Int(best)))
      where match.cost < lowest[match.index] {
        lowest[match.index] = match.cost
        person[match.index] = number
        overlap[match.index] = match.overlap
      }
    }
    self.person = person
    self.overlap = overlap
  }
}

/// log(1 + exp(x)).
func softplus(_ x: Float) -> Float { max(x, 0) + log1p(exp(-abs(x))) }
