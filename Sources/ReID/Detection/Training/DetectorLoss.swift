import Foundation
import Network

/// What a detector's answers lack, with the gradient: quality focal loss for the scores (Li et al. 2020, "Generalized Focal
/// Loss", eq. 5, β = 2), and generalised IoU for the boxes (Rezatofighi et al. 2019), both by the number of people's cells.
struct DetectorLoss {
  /// How much the boxes count.
  static let boxWeight: Float = 2
  /// How much a cell of the finest level counts as background where small people may be missing in the labels.
  static let incompleteWeight: Float = 0.25
  /// The score that is asked of a cell whose box is still bad: it has to learn that somebody is there.
  static let leastTarget: Float = 0.1

  /// The sum for the scores.
  let score: Double
  /// The sum for the boxes.
  let box: Double
  /// Like the answers.
  let gradients: [Tensor]

  init(_ levels: [Tensor], _ samples: [TrainingSample]) {
    let gradients = levels.map { Tensor($0.shape) }
    let terms = samples.indices.map { Self.terms(levels, samples[$0], of: $0) }
    let positives = Float(max(1, terms.reduce(0) { $0 + $1.filter { $0.person != nil }.count }))
    var (score, box): (Double, Double) = (0, 0)
    for (picture, terms) in terms.enumerated() {
      for term in terms {
        let level = levels[term.level]
        let start =
          (picture * level.shape.sizes[1] * level.shape.sizes[2] + term.index) * level.shape.channels
        level.withUnsafeBufferPointer { answers in
          gradients[term.level].withUnsafeMutableBufferPointer { gradient in
            let focal = qualityFocalLoss(logit: answers[start], target: term.target)
            score += Double(term.weight * focal.value / positives)
            gradient[start] = term.weight * focal.slope / positives
            guard let person = term.person, let base = answers.baseAddress else { return }
            let iou = generalisedIoULoss(base + start + 1, at: term.cell, person)
            box += Double(Self.boxWeight * iou.value / positives)
            for i in 0..<4 { gradient[start + 1 + i] = Self.boxWeight * iou.gradient[i] / positives }
          }
        }
      }
    }
    self.score = score
    self.box = box
    self.gradients = gradients
  }

  /// What one cell is asked for.
  private struct Term {
    let level: Int
    let index: Int
    let cell: Cell
    let target: Float
    let weight: Float
    let person: PixelBox?
  }

  /// All cells of one picture that count.
  private static func terms(_ levels: [Tensor], _ sample: TrainingSample, of picture: Int) -> [Term] {
    var candidates: [Assignment.Candidate] = []
    var places: [(level: Int, index: Int)] = []
    for (number, level) in levels.enumerated() {
      let grid = CellGrid(of: level, stride: DetectorNetwork.strides[number])
      level.withUnsafeBufferPointer { numbers in
        guard let base = numbers.baseAddress else { return }
        for index in 0..<grid.count {
          let answer = base + (picture * grid.count + index) * level.shape.channels
          let cell = grid[index]
          candidates.append(.init(cell: cell, box: cell.box(answer + 1), logit: answer[0]))
          places.append((number, index))
        }
      }
    }
    let assignment = Assignment(of: sample.people, to: candidates)
    return candidates.indices.compactMap { i in
      let cell = candidates[i].cell
      let (level, index) = places[i]
      let person = assignment.person[i]
      if person >= 0 {
        return Term(
          level: level, index: index, cell: cell, target: max(leastTarget, assignment.overlap[i]), weight: 1,
          person: sample.people[person])
      }
      if sample.ignored.contains(where: { $0.contains(cell.x, cell.y) }) { return nil }
      let isDoubtful = level == 0 && sample.incomplete.contains { $0.contains(cell.x, cell.y) }
      return Term(
        level: level, index: index, cell: cell, target: 0, weight: isDoubtful ? incompleteWeight : 1,
        person: nil)
    }
  }
}

/// |σ - y|² · cross entropy of σ and y, with its derivative by the logit.
func qualityFocalLoss(logit: Float, target: Float) -> (value: Float, slope: Float) {
  let score = 1 / (1 + exp(-logit))
  let entropy = target * softplus(-logit) + (1 - target) * softplus(logit)
  let miss = score - target
  return (miss * miss * entropy, miss * miss * miss + 2 * miss * score * (1 - score) * entropy)
}

/// 1 - GIoU of the box that a cell's four numbers stand for, with the gradient by these numbers.
func generalisedIoULoss(
  _ numbers: UnsafePointer<Float>, at cell: Cell, _ wanted: PixelBox
) -> (value: Float, gradient: SIMD4<Float>) {
  let box = cell.box(numbers)
  let shared = box.intersection(wanted)
  let overlaps = shared.width > 0 && shared.height > 0
  let intersection = overlaps ? shared.area : 0
  let union = box.area + wanted.area - intersection
  let hull = PixelBox(
    left: min(box.left, wanted.left), top: min(box.top, wanted.top), right: max(box.right, wanted.right),
    bottom: max(box.bottom, wanted.bottom))
  // By left, top, right, bottom.
  let areaSlope = SIMD4<Float>(-box.height, -box.width, box.height, box.width)
  let sharedSlope =
    overlaps
    ? SIMD4<Float>(
      box.left > wanted.left ? -shared.height : 0, box.top > wanted.top ? -shared.width : 0,
      box.right < wanted.right ? shared.height : 0, box.bottom < wanted.bottom ? shared.width : 0) : .zero
  let hullSlope = SIMD4<Float>(
    box.left < wanted.left ? -hull.height : 0, box.top < wanted.top ? -hull.width : 0,
    box.right > wanted.right ? hull.height : 0, box.bottom > wanted.bottom ? hull.width : 0)
  let unionSlope = areaSlope - sharedSlope
  let slope =
    sharedSlope / union - intersection / (union * union) * unionSlope + unionSlope / hull.area
    - union / (hull.area * hull.area) * hullSlope
  let (dx, dy) = (slope[0] + slope[2], slope[1] + slope[3])
  let free: (Float, Float) = (
    numbers[2] < Cell.largestLogSize ? 1 : 0, numbers[3] < Cell.largestLogSize ? 1 : 0
  )
  let gradient = SIMD4<Float>(
    -dx * cell.stride, -dy * cell.stride, -(slope[2] - slope[0]) * box.width / 2 * free.0,
    -(slope[3] - slope[1]) * box.height / 2 * free.1)
  return (2 - intersection / union - union / hull.area, gradient)
}
