import Foundation

/// A frozen network over cubes [1, T, H, W, C] that slide in time, in 32-bit floats or, given the ranges of its
/// activations, in 8-bit integers.
///
/// Of a cube that goes on where the one before ended, only what is asked for is computed, and what cannot have changed is
/// taken over: steps that neither saw the border of the cube before nor see that of this one. So the result is that of
/// the whole cube, bit for bit. A network belongs to one thread, and keeps the cube that it was given last.
public final class SlidingNetwork {
  /// Steps of one stage: those needed of it, and those among them that the cube before gave already.
  private struct Part {
    let needed: Range<Int>
    let kept: Range<Int>

    /// What remains to be computed.
    var computed: [Range<Int>] {
      guard !kept.isEmpty else { return [needed] }
      return [needed.lowerBound..<kept.lowerBound, kept.upperBound..<needed.upperBound].filter { !$0.isEmpty }
    }
  }

  private let stages: [SlidingStage]
  private let input: ActivationRange?
  /// What the stages gave for the last cube, as far as a cube after it can take it over.
  private var last: [Steps?] = []
  private var lastCube: Tensor?
  /// Called with what each stage gave.
  var observer: ((_ stage: Int, _ steps: Steps) -> Void)?

  /// The frozen parts of a network, first to last, as one.
  ///
  /// - Parameter ranges: What goes into the first convolution and what comes out of each but the last, for 8-bit
  ///   integers; nil for floats.
  /// - Precondition: the parts are convolutions, the last may have a logistic function after it (and has one if there
  ///   are ranges); there are as many ranges as convolutions.
  public init(_ parts: [FrozenSequential], ranges: [ActivationRange]? = nil) {
    var made: [(fused: FusedConvolution, endsInSigmoid: Bool)] = []
    for operation in parts.flatMap(\.operations) {
      if let convolution = operation as? FrozenConvolution {
        made.append((convolution.fused, false))
      } else {
        precondition(operation is Sigmoid && !made.isEmpty, "\(operation) does not slide")
        made[made.count - 1].endsInSigmoid = true
      }
    }
    precondition(ranges == nil || ranges?.count == made.count, "a range for every convolution's input")
    input = ranges?.first
    stages = made.enumerated().map { index, stage in
      let isLast = index == made.count - 1
      return SlidingStage(
        fused: stage.fused, endsInSigmoid: stage.endsInSigmoid,
        bytes: ranges.map {
          ByteConvolution(stage.fused, input: $0[index], output: isLast ? nil : $0[index + 1])
        })
    }
  }

  /// How many convolutions there are.
  public var convolutionCount: Int { stages.count }

  /// What comes out of a whole cube.
  public func callAsFunction(_ cube: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    let shapes = try shapes(for: cube.shape)
    let parts = shapes.dropFirst().map { Part(needed: 0..<$0.sizes[1], kept: 0..<0) }
    return try run(cube, parts, shapes, hop: 0, on: compute).tensor
  }

  /// The last `hop` steps of what comes out of a cube: quickly where its other steps were the last of the cube before.
  public func next(_ cube: Tensor, hop: Int, on compute: Compute) throws(NetworkError) -> Tensor {
    let shapes = try shapes(for: cube.shape)
    guard goesOn(cube, hop: hop), let parts = try parts(hop: hop, shapes) else {
      let whole = Steps(try self(cube, on: compute))
      let newest = Steps(whole.depth - hop..<whole.depth, of: whole.whole, as: .floats)
      newest.copy(newest.range, from: whole, hop: 0)
      return newest.tensor
    }
    return try run(cube, parts, shapes, hop: hop, on: compute).tensor
  }

  /// Whether a cube is the last one moved on by `hop` steps.
  private func goesOn(_ cube: Tensor, hop: Int) -> Bool {
    guard let lastCube, lastCube.shape == cube.shape else { return false }
    let offset = cube.count / cube.shape.sizes[1] * hop
    let bytes = (cube.count - offset) * MemoryLayout<Float>.stride
    return memcmp(cube.pointer, lastCube.pointer + offset, bytes) == 0
  }

  /// The shapes of the cube and of what every stage makes of it.
  private func shapes(for cube: Shape) throws(NetworkError) -> [Shape] {
    var shapes = [cube]
    for stage in stages { shapes.append(try stage.fused.outputShape(for: shapes[shapes.count - 1])) }
    return shapes
  }

  /// What the stages have to give for the last `hop` steps; nil where the whole cube is needed.
  private func parts(hop: Int, _ shapes: [Shape]) throws(NetworkError) -> [Part]? {
    let depths = shapes.map { $0.sizes[1] }
    guard hop < depths[0], depths.allSatisfy({ hop * $0 % depths[0] == 0 }) else {
      return nil
    }
    for (stage, shape) in zip(stages, shapes) where try !stage.carriesSteps(of: shape) { return nil }
    let unchanged = unchangedSteps(hop: hop, depths)
    var needed = depths[stages.count] - hop * depths[stages.count] / depths[0]..<depths[stages.count]
    var parts: [Part] = []
    for index in stages.indices.reversed() {
      let known = last[index]?.range ?? 0..<0
      let shift = hop * depths[index + 1] / depths[0]
      let kept = unchanged[index].clamped(
        to: max(0, known.lowerBound - shift)..<max(0, known.upperBound - shift))
      let part = Part(needed: needed, kept: kept.clamped(to: needed))
      parts.append(part)
      let windows = part.computed.map { stages[index].fused.window(of: $0).clamped(to: 0..<depths[index]) }
      needed = windows.reduce(windows[0]) {
        min($0.lowerBound, $1.lowerBound)..<max($0.upperBound, $1.upperBound)
      }
    }
    return parts.reversed()
  }

  /// The steps of each stage that the cube before gave as this one would: all that goes into them is unchanged, and
  /// nothing of it is padding in either cube.
  private func unchangedSteps(hop: Int, _ depths: [Int]) -> [Range<Int>] {
    var inputs = 0..<depths[0] - hop
    return stages.indices.map { index in
      let fused = stages[index].fused
      let shared = depths[index + 1] - hop * depths[index + 1] / depths[0]
      let unchanged = (0..<shared).filter { step in
        let window = fused.window(of: step..<step + 1)
        return inputs.lowerBound <= window.lowerBound && window.upperBound <= inputs.upperBound
      }
      inputs = unchanged.first.map { $0..<$0 + unchanged.count } ?? 0..<0
      return inputs
    }
  }

  private func run(
    _ cube: Tensor, _ parts: [Part], _ shapes: [Shape], hop: Int, on compute: Compute
  ) throws(NetworkError) -> Steps {
    let depth = shapes[0].sizes[1]
    var made: [Steps?] = []
    var x = Steps(cube)
    if let input { x = x.quantized(input, on: compute) }
    for (index, stage) in stages.enumerated() {
      let (part, shape) = (parts[index], shapes[index + 1])
      let y = try stage.run(x, part.needed, computing: part.computed, shape, on: compute)
      if !part.kept.isEmpty, let earlier = last[index] {
        y.copy(part.kept, from: earlier, hop: hop * shape.sizes[1] / depth)
      }
      observer?(index, y)
      // Behind the narrowest stage everything changes; there the activations are large, too.
      made.append(shape.sizes[1] < x.depth ? y : nil)
      x = y
    }
    (last, lastCube) = (made, cube)
    return x
  }
}
