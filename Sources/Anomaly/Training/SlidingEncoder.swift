import Network

/// STAE's encoder in training, with what `SlidingNetwork.Reuse.half` does in use: of what a halving in time gives, a cube takes
/// over the first half from the cube before, half of whose frames it has.
///
/// What is taken over has no gradient: the same weights learn from the second half.
struct SlidingEncoder {
  /// The layers up to and with each halving in time, and those behind the last.
  private let stages: [Sequential]

  init(_ encoder: Sequential) {
    let ends = encoder.layers.indices.filter { encoder.layers[$0] is MaxPool3d }.map { $0 + 1 }
    stages = zip([0] + ends, ends + [encoder.layers.count]).map { Sequential(Array(encoder.layers[$0..<$1])) }
  }

  /// The code of `cube`, [1, T/8, H/8, W/8, C], after cubes that each start half a cube later than the one before.
  ///
  /// Those before are seen as in use, with the running statistics of normalisations, which they do not move.
  func forward(
    _ cube: Tensor, after earlier: [Tensor], on compute: Compute
  ) throws(NetworkError) -> Tensor {
    guard !earlier.isEmpty else {
      var x = cube
      for stage in stages { x = try stage.forward(x, on: compute) }
      return x
    }
    var second: [Tensor] = []
    for cube in earlier {
      second = try slide(to: cube, takingOver: second, inTraining: false, on: compute).second
    }
    return try slide(to: cube, takingOver: second, inTraining: true, on: compute).code
  }

  /// Back through the encoder for the last cube, which took over the first half of what each halving gave if `slides`.
  func backward(_ gradient: Tensor, slides: Bool, on compute: Compute) throws(NetworkError) {
    var gradient = gradient
    for (index, stage) in stages.enumerated().reversed() {
      if slides, index < stages.count - 1 {
        gradient.withUnsafeMutableBufferPointer { $0.prefix($0.count / 2).update(repeating: 0) }
      }
      guard let next = try stage.backward(gradient, needsInputGradient: index > 0, on: compute) else {
        return
      }
      gradient = next
    }
  }

  /// The code, and the second half in time of what each halving gave.
  ///
  /// - Parameter first: What stands for the first halves, from the cube before; empty for the cube's own.
  func slide(
    to cube: Tensor, takingOver first: [Tensor], inTraining: Bool, on compute: Compute
  ) throws(NetworkError) -> (code: Tensor, second: [Tensor]) {
    var (x, second) = (cube, [Tensor]())
    for (index, stage) in stages.enumerated() {
      x = inTraining ? try stage.forward(x, on: compute) : try stage(x, on: compute)
      guard index < stages.count - 1 else { break }
      second.append(halves(x).batch(1..<2))
      if !first.isEmpty { x = joined(first[index], second[index], as: x.shape) }
    }
    return (x, second)
  }

  /// A tensor [1, D, H, W, C] as [2, D/2, H, W, C].
  private func halves(_ x: Tensor) -> Tensor {
    let s = x.shape.sizes
    return x.reshaped(to: [2, s[1] / 2, s[2], s[3], s[4]])
  }

  private func joined(_ first: Tensor, _ second: Tensor, as shape: Shape) -> Tensor {
    Tensor.joining([first, second]).reshaped(to: shape)
  }
}
