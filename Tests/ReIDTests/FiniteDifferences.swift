import Network
import Testing

@testable import ReID

/// Holds the gradient of a loss to its central differences, number by number.
///
/// - Parameters:
///   - tolerance: How far the two may be apart.
///   - relativeTolerance: How much farther, over the size of the difference.
func expectGradientOfFiniteDifferences(
  at values: [Float], tolerance: Double, relativeTolerance: Double = 0, of loss: ([Float]) -> Loss
) {
  let gradient = loss(values).gradient.values
  for i in values.indices {
    var (more, less) = (values, values)
    more[i] += 1e-3
    less[i] -= 1e-3
    let numeric = (loss(more).value - loss(less).value) / 2e-3
    #expect(
      abs(numeric - Double(gradient[i])) < tolerance + relativeTolerance * abs(numeric),
      "\(i): \(numeric) against \(gradient[i])")
  }
}
