internal import CKernels

/// A frozen network over pictures [N, H, W, C] in 8-bit integers up to its pooling over whole pictures; what comes after
/// that, a dense layer, is in 32-bit floats.
///
/// Of convolutions in height and width, pooling, and branches of these. Belongs to one thread at a time.
public final class ByteNetwork {
  private let input: ActivationRange
  private let stages: [any ByteStage]
  private let last: ActivationRange
  private let rest: FrozenSequential

  /// The network with these ranges, as `ranges(of:on:compute:)` finds them.
  ///
  /// - Throws: `NetworkError.kernelFailed` where there are too few ranges, or an operation has no form in integers.
  public init(_ network: FrozenSequential, ranges: [ActivationRange]) throws(NetworkError) {
    let (trunk, rest) = try Self.parts(of: network)
    var remaining = ranges[...]
    guard let input = remaining.popFirst(), ranges.allSatisfy(\.isUsable) else {
      throw Self.unusable("it has no usable ranges")
    }
    let planned = try Self.plan(trunk, input: input, &remaining)
    guard remaining.isEmpty, let end = planned.last?.output else {
      throw Self.unusable("it has ranges for another network")
    }
    (self.input, last, self.rest) = (input, end, rest)
    stages = try planned.map { planned throws(NetworkError) in try planned.stage() }
  }

  /// What comes out of the network; each thread takes a part of the batch. The same numbers for any number of threads.
  ///
  /// - Parameter x: [N, H, W, C], as the network in floats takes it.
  public func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    guard x.shape.rank == 4 else {
      throw .shapeMismatch(layer: "a network in 8-bit integers", expected: "[N, H, W, C]", found: x.shape)
    }
    return try inParts(x, on: compute) { part, share throws(NetworkError) in try features(part, on: share) }
  }

  private func features(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    var steps = Steps(x.reshaped(to: Shape([1] + x.shape.sizes))).quantized(input, on: compute)
    for stage in stages { steps = try stage(steps, on: compute) }
    let means = Tensor(uninitialized: [steps.depth, 1, 1, steps.channels])
    ck_byte_means(
      steps.bytes(at: 0), Int64(steps.depth), Int64(steps.height), Int64(steps.width), Int64(steps.channels),
      last.scale, last.zero, means.pointer)
    return try rest(means, on: compute)
  }

  /// What goes into a network, and what comes out of each convolution in bytes, for these pictures: unites it with what
  /// was found before, where anything was.
  ///
  /// - Parameter x: [N, H, W, C].
  public static func ranges(
    of network: FrozenSequential, on x: Tensor, uniting earlier: [ActivationRange]? = nil, compute: Compute
  ) throws(NetworkError) -> [ActivationRange] {
    var found = [ActivationRange(of: x)]
    _ = try observe(parts(of: network).trunk, x, &found, on: compute)
    guard let earlier, earlier.count == found.count else { return found }
    return zip(earlier, found).map { earlier, found in
      var united = earlier
      united.formUnion(found)
      return united
    }
  }

  private static func unusable(_ reason: String) -> NetworkError {
    .kernelFailed(operation: "a network in 8-bit integers", reason: reason)
  }

  /// What comes before the pooling over whole pictures, and what after it.
  private static func parts(
    of network: FrozenSequential
  ) throws(NetworkError) -> (trunk: [any Operation], rest: FrozenSequential) {
    guard let end = network.operations.firstIndex(where: { $0 is GlobalAveragePool2d }) else {
      throw Self.unusable("it does not pool whole pictures")
    }
    return (
      Array(network.operations[..<end]), FrozenSequential(Array(network.operations[(end + 1)...]))
    )
  }

  private static func observe(
    _ operations: [any Operation], _ x: Tensor, _ found: inout [ActivationRange], on compute: Compute
  ) throws(NetworkError) -> Tensor {
    var x = x
    for operation in operations {
      if let branches = (operation as? FrozenConcatenate)?.operations {
        var results: [Tensor] = []
        for branch in branches { results.append(try observe(branch, x, &found, on: compute)) }
        x = try Concatenate.join(results, on: compute)
      } else {
        x = try operation(x, on: compute)
        if operation is FrozenConvolution { found.append(ActivationRange(of: x)) }
      }
    }
    return x
  }

  /// An operation with the ranges of what goes in and what comes out.
  private struct Planned {
    let operation: any Operation
    let input: ActivationRange
    var output: ActivationRange
    var branches: [[Planned]] = []

    /// Gives what the branches end with one range, so that it can stand side by side.
    mutating func unite() {
      let ends = branches.compactMap { $0.last?.output }
      guard var united = ends.first else { return }
      for end in ends { united.formUnion(end) }
      for branch in branches.indices where !branches[branch].isEmpty {
        branches[branch][branches[branch].count - 1].output = united
      }
      output = united
    }

    func stage() throws(NetworkError) -> any ByteStage {
      switch operation {
      case let convolution as FrozenConvolution where !convolution.fused.isDense:
        return ByteConvolution(convolution.fused, input: input, output: output)
      case let pooling as MaxPool:
        return ByteMaxPool(pooling: pooling, input: input, output: output)
      case let pooling as AveragePool2d where input == output:
        return ByteAveragePool(pooling: pooling, range: input)
      case is FrozenConcatenate where branches.allSatisfy { !$0.isEmpty }:
        var stages: [[any ByteStage]] = []
        for branch in branches {
          stages.append(try branch.map { planned throws(NetworkError) in try planned.stage() })
        }
        return ByteConcatenate(branches: stages)
      default:
        throw ByteNetwork.unusable("\(type(of: operation)) has no form in integers")
      }
    }
  }

  private static func plan(
    _ operations: [any Operation], input: ActivationRange, _ ranges: inout ArraySlice<ActivationRange>
  ) throws(NetworkError) -> [Planned] {
    var (planned, range): ([Planned], ActivationRange) = ([], input)
    for operation in operations {
      var next = Planned(operation: operation, input: range, output: range)
      if let branches = (operation as? FrozenConcatenate)?.operations {
        for branch in branches { next.branches.append(try plan(branch, input: range, &ranges)) }
        next.unite()
      } else if operation is FrozenConvolution {
        guard let own = ranges.popFirst() else {
          throw Self.unusable("it has too few ranges")
        }
        next.output = own
      }
      range = next.output
      planned.append(next)
    }
    return planned
  }
}
