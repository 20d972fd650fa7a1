/// Where the marks of a time axis stand.
struct TimeAxis {
  /// What the axis covers, from zero.
  let duration: Duration

  /// At most this many steps lie on an axis, so that the labels have room on a phone.
  private static let stepLimit = 8
  /// Steps in seconds that people count time in.
  private static let steps = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200,
  ]

  /// The marks, from zero on, at a round step.
  var ticks: [Duration] {
    let milliseconds = max(0, duration.inMilliseconds)
    let fits = { (step: Int) in milliseconds <= step * 1000 * Self.stepLimit }
    let day = 86_400
    let days = (milliseconds + day * 1000 * Self.stepLimit - 1) / (day * 1000 * Self.stepLimit)
    let step = Self.steps.first(where: fits) ?? days * day
    return stride(from: 0, through: milliseconds / 1000, by: step).map { .seconds($0) }
  }
}
