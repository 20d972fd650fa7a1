/// Observes what the activations of a network are like on cubes that are usual, for the same network in 8-bit integers.
public final class ActivationRangeObserver {
  private let network: SlidingNetwork
  private var observed: [ActivationRange?]

  /// An observer of these frozen parts, as `SlidingNetwork` takes them, whose input is in `input`.
  public init(_ parts: [FrozenSequential], input: ActivationRange) {
    network = SlidingNetwork(parts)
    observed = [input] + [ActivationRange?](repeating: nil, count: network.convolutionCount - 1)
  }

  /// Takes in what the activations are for one cube, and gives what comes out of it.
  public func observe(_ cube: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    network.observer = { [weak self] stage, steps in self?.take(steps, asInputOf: stage + 1) }
    return try network(cube, on: compute)
  }

  /// The ranges so far; nil before the first cube.
  public var ranges: [ActivationRange]? {
    let known = observed.compactMap(\.self)
    return known.count == observed.count ? known : nil
  }

  private func take(_ steps: Steps, asInputOf stage: Int) {
    guard observed.indices.contains(stage) else { return }
    let range = ActivationRange(of: steps.tensor)
    observed[stage]?.formUnion(range)
    if observed[stage] == nil { observed[stage] = range }
  }
}
