import Decode
import Network
import Testing

@testable import ReID

/// The losses and their gradients, against values worked out by hand and central differences.
@Suite struct DetectorLossTests {
  private let cell = Cell(x: 20, y: 28, stride: 8)

  // MARK: Boxes

  @Test func aCellsNumbersStandForABox() {
    // Centre (20 + 8 · 0.5, 28 - 8 · 0.25), width 8 · e^log 2 = 16, height 8 · e^log 4 = 32.
    let box = cell.box([0.5, -0.25, 0.693_147_2, 1.386_294_4])
    #expect(abs(box.left - 16) < 1e-4 && abs(box.right - 32) < 1e-4)
    #expect(abs(box.top - 10) < 1e-4 && abs(box.bottom - 42) < 1e-4)
  }

  @Test func boxesCannotGrowWithoutBounds() {
    #expect(cell.box([0, 0, 100, 100]).width == cell.box([0, 0, 4, 4]).width)
  }

  @Test func theLossOfABoxThatFitsIsZero() {
    let numbers: [Float] = [0.5, -0.25, 0.7, 1.4]
    #expect(abs(generalisedIoULoss(numbers, at: cell, cell.box(numbers)).value) < 1e-5)
  }

  @Test func theLossOfBoxesThatDoNotMeet() {
    // An 8×8 box around the cell, 16…24 × 24…32, against one of 8×8 at 32…40 × 24…32: no overlap, union 128, hull 24 · 8.
    let wanted = PixelBox(left: 32, top: 24, right: 40, bottom: 32)
    let loss = generalisedIoULoss([0, 0, 0, 0], at: cell, wanted)
    #expect(abs(loss.value - (2 - 128 / 192)) < 1e-5)
    #expect(loss.gradient[0] < 0, "it has to go to the right")
  }

  @Test(arguments: [
    PixelBox(left: 10, top: 12, right: 27, bottom: 50), PixelBox(left: 18, top: 26, right: 22, bottom: 30),
    PixelBox(left: 0, top: 0, right: 60, bottom: 60), PixelBox(left: 40, top: 50, right: 55, bottom: 90),
    PixelBox(left: 0, top: 29, right: 21, bottom: 100),
  ]) func theGradientOfTheBoxLoss(wanted: PixelBox) {
    let numbers: [Float] = [0.3, -0.2, 0.6, 1.1]
    let gradient = generalisedIoULoss(numbers, at: cell, wanted).gradient
    for i in 0..<4 {
      var (more, less) = (numbers, numbers)
      more[i] += 1e-2
      less[i] -= 1e-2
      let numeric =
        (generalisedIoULoss(more, at: cell, wanted).value - generalisedIoULoss(less, at: cell, wanted).value)
        / 2e-2
      #expect(abs(numeric - gradient[i]) < 5e-3 + 0.02 * abs(numeric), "\(i): \(numeric), \(gradient[i])")
    }
  }

  // MARK: Scores

  @Test func theLossOfAScore() {
    // σ(0) = 1/2: against 1, (1/2)² · log 2; against 0 the same.
    #expect(abs(qualityFocalLoss(logit: 0, target: 1).value - 0.173_286_8) < 1e-6)
    #expect(abs(qualityFocalLoss(logit: 0, target: 0).value - 0.173_286_8) < 1e-6)
    #expect(qualityFocalLoss(logit: 0, target: 0.5).value == 0)
    #expect(qualityFocalLoss(logit: -20, target: 0).value < 1e-8)
    #expect(qualityFocalLoss(logit: 100, target: 0).value.isFinite)
    #expect(qualityFocalLoss(logit: -100, target: 1).value.isFinite)
  }

  @Test(arguments: [-3, -0.5, 0, 1, 4] as [Float], [0, 0.3, 1] as [Float])
  func theGradientOfTheScoreLoss(logit: Float, target: Float) {
    let numeric =
      (qualityFocalLoss(logit: logit + 1e-2, target: target).value
        - qualityFocalLoss(logit: logit - 1e-2, target: target).value) / 2e-2
    #expect(abs(numeric - qualityFocalLoss(logit: logit, target: target).slope) < 2e-3)
  }

  // MARK: Pictures

  private func levels(_ size: Int, batch: Int = 1) -> [Tensor] {
    DetectorNetwork.strides.map { Tensor([batch, size / $0, size / $0, DetectorNetwork.outputChannels]) }
  }

  private func sample(
    people: [PixelBox] = [], ignored: [PixelBox] = [], incomplete: [PixelBox] = []
  ) -> TrainingSample {
    let size = PictureSize(width: 64, height: 64)
    let picture = ColorPicture(size: size, pixels: [UInt8](repeating: 0, count: 3 * 64 * 64))
    return TrainingSample(picture: picture, people: people, ignored: ignored, incomplete: incomplete)
  }

  /// 64 + 16 + 4 cells with σ = 1/2 against nobody: each (1/2)² · log 2.
  @Test func backgroundCountsOncePerCell() {
    let loss = DetectorLoss(levels(64), [sample()])
    #expect(abs(loss.score - 84 * 0.173_286_8) < 1e-3)
    #expect(loss.box == 0)
  }

  @Test func cellsInUncertainBoxesDoNotCount() {
    // The left half: 32 + 8 + 2 cells.
    let left = PixelBox(left: 0, top: 0, right: 32, bottom: 64)
    let loss = DetectorLoss(levels(64), [sample(ignored: [left])])
    #expect(abs(loss.score - 42 * 0.173_286_8) < 1e-3)
    #expect(loss.gradients[0].values[0] == 0)
    #expect(loss.gradients[0].values[7 * DetectorNetwork.outputChannels] > 0)
  }

  @Test func whereLabelsAreIncompleteTheFinestCellsCountLess() {
    let all = PixelBox(left: 0, top: 0, right: 64, bottom: 64)
    let loss = DetectorLoss(levels(64), [sample(incomplete: [all])])
    #expect(abs(loss.score - Double(64 * DetectorLoss.incompleteWeight + 20) * 0.173_286_8) < 1e-3)
  }

  @Test func somebodyPullsScoresUpAndBoxesIntoPlace() {
    let person = PixelBox(left: 20, top: 10, right: 44, bottom: 58)
    let levels = levels(64, batch: 2)
    for level in levels {
      level.withUnsafeMutableBufferPointer { numbers in
        for i in stride(from: 0, to: numbers.count, by: DetectorNetwork.outputChannels) { numbers[i] = -4 }
      }
    }
    let loss = DetectorLoss(levels, [sample(), sample(people: [person])])
    #expect(loss.box > 0)
    let pulled = loss.gradients.map { gradient in
      let values = gradient.values
      let half = values.count / 2
      let logits = stride(from: 0, to: values.count, by: DetectorNetwork.outputChannels).map {
        ($0, values[$0])
      }
      #expect(logits.filter { $0.0 < half }.allSatisfy { $0.1 > 0 }, "nobody is in the first picture")
      return logits.count { $0.1 < 0 }
    }
    #expect(pulled.reduce(0, +) >= 1 && pulled.reduce(0, +) <= 10)
  }

  // MARK: Assignment

  private func candidates(_ size: Int, stride: Int, width: Float, height: Float) -> [Assignment.Candidate] {
    let grid = CellGrid(of: Tensor([1, size / stride, size / stride, 1]), stride: stride)
    return (0..<grid.count).map { index in
      let cell = grid[index]
      let box = PixelBox(
        left: cell.x - width / 2, top: cell.y - height / 2, right: cell.x + width / 2,
        bottom: cell.y + height / 2)
      return Assignment.Candidate(cell: cell, box: box, logit: 0)
    }
  }

  @Test func theCellWhoseBoxFitsBestAnswers() throws {
    // Boxes of 16×32 around every cell: the person's own is that of the cell at (28, 28), number 3 of row 3.
    let candidates = candidates(64, stride: 8, width: 16, height: 32)
    let assignment = Assignment(
      of: [PixelBox(left: 20, top: 12, right: 36, bottom: 44)], to: candidates)
    #expect(assignment.person[3 * 8 + 3] == 0)
    #expect(abs(assignment.overlap[3 * 8 + 3] - 1) < 1e-6)
    let answering = assignment.person.filter { $0 == 0 }.count
    // 1 + two of 0.6 above and below + two of 1/3 beside + …: between two and six in all.
    #expect((2...6).contains(answering))
  }

  @Test func everybodyHasACellAndNoCellTwoPeople() {
    let people = [
      PixelBox(left: 1, top: 1, right: 5, bottom: 9), PixelBox(left: 30, top: 20, right: 50, bottom: 60),
      PixelBox(left: 45, top: 22, right: 62, bottom: 63),
    ]
    let assignment = Assignment(of: people, to: candidates(64, stride: 8, width: 16, height: 32))
    #expect(Set(assignment.person) == [-1, 0, 1, 2])
  }

  @Test func nobodyMeansNoCell() {
    let assignment = Assignment(of: [], to: candidates(64, stride: 8, width: 16, height: 32))
    #expect(assignment.person.allSatisfy { $0 == -1 })
  }
}
