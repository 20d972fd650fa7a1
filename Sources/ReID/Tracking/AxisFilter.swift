/// A Kalman filter of one coordinate that moves at nearly constant speed.
///
/// The acceleration is white noise in continuous time, so that two short steps are as certain as one long one.
struct AxisFilter: Sendable {
  private(set) var position: Double
  private(set) var velocity = 0.0
  private var positionVariance: Double
  private var covariance = 0.0
  private var velocityVariance: Double

  /// A coordinate that was measured once.
  init(position: Double, deviation: Double, velocityDeviation: Double) {
    self.position = position
    positionVariance = deviation * deviation
    velocityVariance = velocityDeviation * velocityDeviation
  }

  /// Moves on.
  ///
  /// - Parameter wander: how much the speed may have changed after one second (standard deviation).
  mutating func predict(seconds: Double, wander: Double) {
    let density = wander * wander
    position += velocity * seconds
    positionVariance +=
      seconds * (2 * covariance + seconds * velocityVariance) + density * seconds * seconds * seconds / 3
    covariance += seconds * velocityVariance + density * seconds * seconds / 2
    velocityVariance += density * seconds
  }

  /// Takes a measurement of the position with its standard deviation.
  mutating func correct(_ measured: Double, deviation: Double) {
    let total = positionVariance + deviation * deviation
    let positionGain = positionVariance / total
    let velocityGain = covariance / total
    let innovation = measured - position
    position += positionGain * innovation
    velocity += velocityGain * innovation
    velocityVariance -= velocityGain * covariance
    covariance -= positionGain * covariance
    positionVariance -= positionGain * positionVariance
  }

  /// Stops where it is.
  mutating func halt() { velocity = 0 }
}
