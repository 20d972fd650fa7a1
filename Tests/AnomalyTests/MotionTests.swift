import Decode
import TestKit
import Testing

@testable import Anomaly

/// Motion on a camera of 3:2 pictures, analysed at 120×80: the reference picture is 360×240, so one pixel of the
/// analysis is three of the reference.
struct MotionTests {
  private let grid = CellGrid(columns: 15, rows: 10)
  private let aspectRatio = 1.5

  /// A field of 60×40 cells, moving at `velocity` in these columns and rows and still elsewhere.
  private func field(
    _ velocity: SIMD2<Float>, x: Range<Int> = 0..<60, y: Range<Int> = 0..<40, columns: Int = 60,
    rows: Int = 40
  ) -> MotionField {
    let velocities = (0..<columns * rows).map {
      x.contains($0 % columns) && y.contains($0 / columns) ? velocity : .zero
    }
    return MotionField(columns: columns, rows: rows, velocities: velocities, origin: .estimated)
  }

  private func map(_ field: MotionField) -> MotionMap {
    MotionMap(field, grid: grid, aspectRatio: aspectRatio)
  }

  // MARK: Maps

  @Test func aUniformFieldHasItsSpeedEverywhere() {
    // (6, 8) pixels of the analysis a second are (18, 24) of the reference: 30.
    let map = map(field(SIMD2(6, 8)))
    #expect(map.speeds.count == 2)
    // At the border too: windows are cut there, and the mean is over what is left.
    #expect(map.speeds.joined().allSatisfy { abs($0 - 30) < 1e-4 })
  }

  @Test func nothingMovesInAStillField() {
    #expect(map(field(.zero)).speeds.joined().allSatisfy { $0 == 0 })
  }

  @Test func theDirectionDoesNotMatter() {
    for velocity in [SIMD2<Float>(-10, 0), SIMD2(0, 10), SIMD2(0, -10), SIMD2(-6, 8)] {
      #expect(map(field(velocity)).speeds.joined().allSatisfy { abs($0 - 30) < 1e-4 })
    }
  }

  @Test func aMovingBlockIsFoundWhereItIs() {
    // 16 reference pixels are 2⅔ cells of the field, so windows of 3×3, and 32 are 5.
    // The block fills the field's cells of the grid's cell in column 7, row 5: four by four.
    let map = map(field(SIMD2(10, 0), x: 28..<32, y: 20..<24))
    let cell = 5 * grid.columns + 7
    for speeds in map.speeds {
      #expect(speeds.indices.max { speeds[$0] < speeds[$1] } == cell)
    }
    #expect(abs(map.speeds[0][cell] - 30) < 1e-4)
    // Of the larger windows, the fullest holds the whole block: 16 of 25.
    #expect(abs(map.speeds[1][cell] - 30 * 16 / 25) < 1e-4)
    // The next cell's small windows reach one column of the block, the one after that none.
    #expect(abs(map.speeds[0][cell + 1] - 30 / 3) < 1e-4)
    #expect(map.speeds[0][cell + 2] == 0)
    #expect(map.speeds[0][cell - 2] == 0 && map.speeds[0][cell + 2 * grid.columns] == 0)
  }

  @Test func windowsAreCutAtTheBorder() {
    // One cell of the field moves, in the corner: of the windows of 3×3 around it four cells are in the picture.
    let map = map(field(SIMD2(10, 0), x: 0..<1, y: 0..<1))
    #expect(abs(map.speeds[0][0] - 30 / 4) < 1e-4)
    #expect(abs(map.speeds[1][0] - 30 / 9) < 1e-4)
    #expect(map.speeds[0].dropFirst().allSatisfy { $0 == 0 })
  }

  /// The analysis squeezes every picture into one size; what is as fast to the camera must have one value, along both
  /// sides and whatever the proportions.
  @Test(arguments: [16.0 / 9, 4.0 / 3, 1, 9.0 / 16, 3])
  func theSameSpeedIsTheSameValueAlongBothSides(aspectRatio: Double) {
    let grid = CellGrid(columns: 16, rows: 16)
    let height = (86_400 / aspectRatio).squareRoot()
    let width = height * aspectRatio
    func speeds(_ reference: SIMD2<Double>) -> [Float] {
      let velocity = SIMD2(Float(reference.x * 128 / width), Float(reference.y * 128 / height))
      let field = field(velocity, x: 0..<64, y: 0..<64, columns: 64, rows: 64)
      return MotionMap(field, grid: grid, aspectRatio: aspectRatio).speeds.flatMap(\.self)
    }
    for reference in [SIMD2(40.0, 0), SIMD2(0, 40), SIMD2(24, -32)] {
      #expect(speeds(reference).allSatisfy { abs($0 - 40) < 1e-3 })
    }
  }

  @Test(arguments: [2.0, 0.5]) func windowsAreSquareToTheCamera(aspectRatio: Double) {
    let grid = CellGrid(columns: 16, rows: 16)
    let height = (86_400 / aspectRatio).squareRoot()
    let width = height * aspectRatio
    // One moving cell; the windows that hold it show how many cells they have.
    let field = field(SIMD2(Float(128 / width), 0), x: 32..<33, y: 32..<33, columns: 64, rows: 64)
    let map = MotionMap(field, grid: grid, aspectRatio: aspectRatio)
    for (side, speeds) in zip(MotionMap.windowSides, map.speeds) {
      let columns = (side / width * 64).rounded()
      let rows = (side / height * 64).rounded()
      #expect(abs((speeds.max() ?? 0) - Float(1 / (columns * rows))) < 1e-5)
      #expect(aspectRatio > 1 ? rows > columns : columns > rows)
    }
  }

  @Test func aFieldOfTheLargestSideIsMapped() {
    // 4096×8 pixels: windows of 16 pixels of the reference are many cells wide and less than one high.
    let columns = CubeShape.largestSide / 2
    let field = field(SIMD2(1, 0), x: 0..<columns, y: 0..<4, columns: columns, rows: 4)
    let grid = CellGrid(columns: CubeShape.largestSide / 8, rows: 1)
    let map = MotionMap(field, grid: grid, aspectRatio: 512)
    #expect(map.speeds.allSatisfy { $0.count == grid.count })
    let expected = Float((86_400.0 * 512).squareRoot() / 4096)
    #expect(map.speeds.joined().allSatisfy { abs($0 / expected - 1) < 1e-4 })
  }

  @Test func aMeanNeverExceedsTheLargestSpeed() {
    var random = SplitMix64(seed: 11)
    for _ in 0..<20 {
      let velocities = (0..<60 * 40).map { _ in
        SIMD2(random.float(in: -20...20), random.float(in: -20...20))
      }
      let map = map(MotionField(columns: 60, rows: 40, velocities: velocities, origin: .codec))
      let largest = velocities.map { 3 * ($0 * $0).sum().squareRoot() }.max() ?? 0
      #expect(map.speeds.joined().allSatisfy { $0 >= 0 && $0 <= largest })
    }
  }

  // MARK: Usual speeds

  private func map(_ speeds: [Int: Float]) -> MotionMap {
    let values = (0..<grid.count).map { speeds[$0] ?? 0 }
    return MotionMap(grid: grid, speeds: [values, values])
  }

  @Test func momentsCountWhatMovesAndAddUp() {
    var moments = MotionMoments(cellCount: grid.count)
    moments.add(map([3: 10, 4: 2]))
    moments.add(map([3: 20]))
    moments.add(map([:]))
    #expect(moments.frameCount == 3)
    // 2 is below the least speed: noise.
    #expect(moments.activity[0][3] == 2 && moments.activity[0][4] == 0)
    #expect(moments.fourthPowers[1][3] == 170_000 && moments.fourthPowers[1][4] == 0)
    var other = MotionMoments(cellCount: grid.count)
    other.add(map([3: 10, 7: 5]))
    var sum = moments
    sum += other
    #expect(sum.frameCount == 4 && sum.activity[0][3] == 3 && sum.fourthPowers[0][7] == 625)
    let difference = sum - other
    #expect(difference.frameCount == 3)
    #expect(difference.activity == moments.activity && difference.fourthPowers == moments.fourthPowers)
  }

  @Test func whatRoundingLeavesOfADifferenceIsNeverNegative() {
    var random = SplitMix64(seed: 12)
    var whole = MotionMoments(cellCount: grid.count)
    var parts: [MotionMoments] = []
    for _ in 0..<8 {
      var part = MotionMoments(cellCount: grid.count)
      for _ in 0..<20 { part.add(map([5: random.float(in: 0...300), 6: random.float(in: 0...5)])) }
      whole += part
      parts.append(part)
    }
    let rest = parts.reduce(whole) { $0 - $1 }
    #expect(rest.frameCount == 0)
    #expect(rest.activity.joined().allSatisfy { $0 == 0 })
    #expect(rest.fourthPowers.joined().allSatisfy { $0 >= 0 && $0 < 1 })
  }

  private func speeds(_ frames: [[Int: Float]], secondsPerFrame: Double = 0.1) -> [Float] {
    var moments = MotionMoments(cellCount: grid.count)
    for frame in frames { moments.add(map(frame)) }
    return UsualSpeed.speeds(moments, grid: grid, secondsPerFrame: secondsPerFrame)[0]
  }

  @Test func whereNothingMovesTheLeastSpeedIsUsual() {
    #expect(speeds([]).allSatisfy { $0 == MotionMoments.leastSpeed })
    #expect(speeds([[Int: Float]](repeating: [:], count: 100)).allSatisfy { $0 == MotionMoments.leastSpeed })
  }

  @Test func oneSpeedEverywhereIsTheUsualOne() {
    let everywhere = Dictionary(uniqueKeysWithValues: (0..<grid.count).map { ($0, Float(50)) })
    #expect(speeds([[Int: Float]](repeating: everywhere, count: 300)).allSatisfy { abs($0 - 50) < 1e-3 })
  }

  @Test func aPlacesOwnMotionOutvotesThePriorInTime() {
    // Something crawls everywhere, and one place is fast.
    let place = 5 * grid.columns + 7
    var frame = Dictionary(uniqueKeysWithValues: (0..<grid.count).map { ($0, Float(10)) })
    frame[place] = 100
    func usual(_ seconds: Double) -> [Float] {
      speeds([[Int: Float]](repeating: frame, count: 10), secondsPerFrame: seconds / 10)
    }
    #expect(usual(1)[place] < usual(10)[place] && usual(10)[place] < usual(1000)[place])
    // In the end the neighbours' motion alone is mixed in: the place has the Gaussian's middle squared of its own.
    let middle = 1 / (1 + 2 * 0.411_112 + 2 * 0.028_566)
    let own = middle * middle * 1e8 + (1 - middle * middle) * 1e4
    #expect(abs(Double(usual(1e6)[place]) / own.squareRoot().squareRoot() - 1) < 1e-3)
    // And its neighbours lean on it, a far place of another row hardly does.
    #expect(usual(1000)[place + 1] > 40 && usual(1000)[0] < 20)
  }

  /// The usual speed where nothing ever moves (column 14), by row, if things move at these speeds along the left of two
  /// rows.
  private func usualSpeedElsewhere(rowTwo: Float, rowEight: Float) -> (Int) -> Double {
    var frame: [Int: Float] = [:]
    for column in 0..<5 {
      frame[2 * grid.columns + column] = rowTwo
      frame[8 * grid.columns + column] = rowEight
    }
    let usual = speeds([[Int: Float]](repeating: frame, count: 10), secondsPerFrame: 30)
    return { row in Double(usual[row * grid.columns + 14]) }
  }

  private func fourthRoot(_ power: Double) -> Double { power.squareRoot().squareRoot() }

  @Test func whereNobodyWentTheRowAndTheLineSpeak() {
    // A line does not fall downwards, so here it is flat, at 44: five seconds of the row and five of the line.
    let usual = usualSpeedElsewhere(rowTwo: 80, rowEight: 8)
    let (fast, slow, line) = (4.096e7, 4096.0, 3_748_096.0)
    #expect(abs(usual(2) / fourthRoot((fast + line) / 2) - 1) < 1e-3)
    #expect(abs(usual(8) / fourthRoot((slow + line) / 2) - 1) < 1e-3)
    // A row without motion, and without a neighbour that has some, has the line's.
    #expect(abs(usual(5) / 44 - 1) < 1e-3)
  }

  @Test func whatIsLowerInThePictureMayBeFaster() {
    // 8 in row 2 and 80 in row 8 make 12 a row more: 92 in row 9, where the row beside says 80.
    let usual = usualSpeedElsewhere(rowTwo: 8, rowEight: 80)
    #expect(abs(usual(9) / fourthRoot((4.096e7 + 71_639_296) / 2) - 1) < 1e-3)
    #expect(abs(usual(5) / 44 - 1) < 1e-3)
    // Never less than a quarter of 44.
    #expect(usual(0) < usual(3) && usual(0) >= 8)
  }

  // MARK: Normality

  @Test func rangesPutTheMedianAtZeroAndTheQuantileAtOne() {
    let values = (0...1000).map { Float($0 * 7919 % 1001) }
    let range = ValueRange(of: values, leastUnit: 0.2, startUnits: 0)
    #expect(range.start == 500 && abs(range.unit - 495) < 1e-3)
    #expect(range.position(of: 500) == 0)
    #expect(abs(range.position(of: 995) - 1) < 1e-5 && abs(range.position(of: 5) + 1) < 1e-5)
    let late = ValueRange(of: values, leastUnit: 0.2, startUnits: 1.5)
    #expect(abs(late.position(of: 995) + 0.5) < 1e-5 && late.unit == range.unit)
    let still = ValueRange(of: [3, 3, 3], leastUnit: 0.2, startUnits: 0)
    #expect(still.start == 3 && still.unit == 0.2 && still.isUsable)
    #expect(!ValueRange(of: [3, .nan, 3], leastUnit: .nan, startUnits: 0).isUsable)
  }

  @Test func deviationsAreOfTheWindowThatStandsOutMost() {
    let speeds = [[Float]](repeating: [Float](repeating: 10, count: grid.count), count: 2)
    let ranges = [
      ValueRange(of: [1], leastUnit: 1, startUnits: 0), ValueRange(of: [1], leastUnit: 4, startUnits: 0),
    ]
    let normality = MotionNormality(grid: grid, speeds: speeds, ranges: ranges)
    #expect(normality.flaw == nil)
    var values = [[Float]](repeating: [Float](repeating: 10, count: grid.count), count: 2)
    values[0][3] = 40
    values[1][3] = 40
    values[1][4] = 90
    let map = MotionMap(grid: grid, speeds: values)
    let deviations = normality.deviations(of: map)
    // (4 − 1) / 1 over (4 − 1) / 4; (9 − 1) / 4 over 0.
    #expect(deviations.values[3] == 3 && deviations.values[4] == 2 && deviations.values[0] == 0)
    #expect(deviations.peakCell == 3)
    #expect(MotionNormality.largestRatios(of: map, speeds: speeds) == [4, 9])
  }

  @Test func whatContradictsItselfIsSaid() {
    let fine = [[Float]](repeating: [Float](repeating: 10, count: grid.count), count: 2)
    let range = ValueRange(of: [1], leastUnit: 1, startUnits: 0)
    func flaw(_ speeds: [[Float]], _ ranges: [ValueRange]) -> String? {
      MotionNormality(grid: grid, speeds: speeds, ranges: ranges).flaw
    }
    #expect(flaw(fine, [range, range]) == nil)
    #expect(flaw([fine[0]], [range])?.contains("windows") == true)
    #expect(flaw([[1], [1]], [range, range])?.contains("grid") == true)
    #expect(flaw(fine, [range])?.contains("windows") == true)
    for wrong in [0, -1, .nan, .infinity] as [Float] {
      var speeds = fine
      speeds[1][7] = wrong
      #expect(flaw(speeds, [range, range])?.contains("usable") == true)
    }
    #expect(
      flaw(fine, [range, ValueRange(of: [.nan], leastUnit: 1, startUnits: 0)])?.contains("usable") == true)
  }
}
