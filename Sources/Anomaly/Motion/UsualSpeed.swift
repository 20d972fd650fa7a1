import Foundation

/// The speed of fast but usual motion at each place: the fourth root of the mean fourth power over the time in which
/// something moves there.
///
/// A place leans on its neighbours (a Gaussian of 0.75 cells), on its row, and on a line through the speeds of all rows: in
/// most views what is lower in the picture is nearer and moves faster in it, and the first to walk there is no sensation.
/// Row and line count as five seconds of motion each, so that they speak where hardly anything has moved, and are soon
/// outvoted.
enum UsualSpeed {
  private static let smoothing = 0.75
  private static let rowWorthSeconds = 5.0
  private static let lineWorthSeconds = 5.0

  /// Usual speeds per size of windows and cell, in reference pixels per second; at least `MotionMoments.leastSpeed`.
  static func speeds(_ moments: MotionMoments, grid: CellGrid, secondsPerFrame: Double) -> [[Float]] {
    zip(moments.activity, moments.fourthPowers).map { activity, powers in
      speeds(
        seconds: activity.map { $0 * secondsPerFrame }, powers: powers.map { $0 * secondsPerFrame },
        grid: grid)
    }
  }

  private static func speeds(seconds: [Double], powers: [Double], grid: CellGrid) -> [Float] {
    let least = pow(Double(MotionMoments.leastSpeed), 4)
    let (rowSeconds, rowPowers) = (rowSums(seconds, grid), rowSums(powers, grid))
    let line = line(
      throughRows: zip(rowPowers, rowSeconds).map { ratio($0, $1, else: least) }, weights: rowSeconds)
    let (nearSeconds, nearPowers) = (smoothed(rowSeconds, columns: 1), smoothed(rowPowers, columns: 1))
    let (ownSeconds, ownPowers) = (
      smoothed(seconds, columns: grid.columns), smoothed(powers, columns: grid.columns)
    )
    return (0..<grid.count).map { cell in
      let row = cell / grid.columns
      let rowPower = ratio(nearPowers[row], nearSeconds[row], else: line[row])
      let power = ownPowers[cell] + rowWorthSeconds * rowPower + lineWorthSeconds * line[row]
      let weight = ownSeconds[cell] + rowWorthSeconds + lineWorthSeconds
      return Float(max(least, power / weight).squareRoot().squareRoot())
    }
  }

  /// The fourth powers of a straight line through the rows' speeds that does not fall downwards; flat where fewer than two
  /// rows have seen motion.
  private static func line(throughRows powers: [Double], weights: [Double]) -> [Double] {
    let speeds = powers.map { $0.squareRoot().squareRoot() }
    let total = max(weights.reduce(0, +), .leastNormalMagnitude)
    func mean(_ values: [Double]) -> Double { zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / total }
    let rows = speeds.indices.map(Double.init)
    let (center, middle) = (mean(rows), mean(speeds))
    let spread = mean(rows.map { ($0 - center) * ($0 - center) })
    let slope =
      spread > 0 ? max(0, mean(zip(rows, speeds).map { ($0 - center) * ($1 - middle) }) / spread) : 0
    let least = max(Double(MotionMoments.leastSpeed), middle / 4)
    return rows.map { pow(max(least, middle + slope * ($0 - center)), 4) }
  }

  private static func ratio(_ power: Double, _ seconds: Double, else fallback: Double) -> Double {
    seconds > 0 ? power / seconds : fallback
  }

  private static func rowSums(_ values: [Double], _ grid: CellGrid) -> [Double] {
    (0..<grid.rows).map { values[$0 * grid.columns..<($0 + 1) * grid.columns].reduce(0, +) }
  }

  /// Values on a grid of `columns` columns, smoothed along both sides; beyond the border there is nothing.
  private static func smoothed(_ values: [Double], columns: Int) -> [Double] {
    let weights = (-2...2).map { exp(-Double($0 * $0) / (2 * smoothing * smoothing)) }
    let total = weights.reduce(0, +)
    func pass(_ values: [Double], step: Int, count: Int, position: (Int) -> Int) -> [Double] {
      values.indices.map { index in
        zip(-2...2, weights).reduce(0) { sum, tap in
          (0..<count).contains(position(index) + tap.0)
            ? sum + tap.1 / total * values[index + tap.0 * step] : sum
        }
      }
    }
    let along = pass(values, step: 1, count: columns) { $0 % columns }
    return pass(along, step: columns, count: values.count / columns) { $0 / columns }
  }
}
