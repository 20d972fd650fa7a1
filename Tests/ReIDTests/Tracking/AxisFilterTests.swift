import Testing

@testable import ReID

@Suite struct AxisFilterTests {
  @Test func aStepIsComputedByHand() {
    var filter = AxisFilter(position: 0, deviation: 1, velocityDeviation: 1)
    filter.predict(seconds: 1, wander: 0)
    // Position variance 1 + 1 = 2, covariance 1: gains 2/3 and 1/3 at a measurement of variance 1.
    filter.correct(3, deviation: 1)
    #expect(abs(filter.position - 2) < 1e-12)
    #expect(abs(filter.velocity - 1) < 1e-12)
    // The variances are 2/3 and 1 − 1/3, the covariance is 1/3: after another second 2/3 + 2/3 + 2/3 = 2 again.
    filter.predict(seconds: 1, wander: 0)
    #expect(abs(filter.position - 3) < 1e-12)
    filter.correct(6, deviation: 1)
    #expect(abs(filter.position - 5) < 1e-12)
    // The covariance before was 1/3 + 2/3 = 1, so the gain is 1/3 again.
    #expect(abs(filter.velocity - 2) < 1e-12)
  }

  @Test func twoShortStepsAreAsCertainAsALongOne() {
    var once = AxisFilter(position: 0, deviation: 0.1, velocityDeviation: 2)
    var twice = once
    once.predict(seconds: 0.7, wander: 0.5)
    twice.predict(seconds: 0.2, wander: 0.5)
    twice.predict(seconds: 0.5, wander: 0.5)
    once.correct(1, deviation: 0.3)
    twice.correct(1, deviation: 0.3)
    #expect(abs(once.position - twice.position) < 1e-12)
    #expect(abs(once.velocity - twice.velocity) < 1e-12)
  }

  @Test func aSteadySpeedIsLearned() {
    var filter = AxisFilter(position: 0, deviation: 0.05, velocityDeviation: 1)
    for step in 1...20 {
      filter.predict(seconds: 0.2, wander: 0.3)
      filter.correct(Double(step) * 0.2 * 0.8, deviation: 0.05)
    }
    #expect(abs(filter.velocity - 0.8) < 0.01)
  }
}
