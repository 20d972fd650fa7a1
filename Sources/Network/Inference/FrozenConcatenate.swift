internal import CKernels

/// Trained branches beside each other.
///
/// Where all of them can, they write their channels where they belong; else the results are copied there.
final class FrozenConcatenate: Operation {
  /// A branch: what comes before its last operation, and that; nil in a branch that does nothing.
  private let branches: [(front: FrozenSequential, last: (any Operation)?)]

  init(_ layer: Concatenate) {
    branches = layer.children.map { child in
      var operations = FrozenSequential([child.layer]).operations
      let last = operations.popLast()
      return (FrozenSequential(operations), last)
    }
  }

  /// Those of each branch, first to last.
  var operations: [[any Operation]] { branches.map { $0.front.operations + ($0.last.map { [$0] } ?? []) } }

  func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    var inputs: [Tensor] = []
    for branch in branches { inputs.append(try branch.front(x, on: compute)) }
    guard let (parts, shapes) = try fillingParts(inputs) else {
      var results: [Tensor] = []
      for (branch, input) in zip(branches, inputs) {
        results.append(try branch.last?(input, on: compute) ?? input)
      }
      return try Concatenate.join(results, on: compute)
    }
    let joined = Tensor(uninitialized: shapes[0].withChannels(shapes.reduce(0) { $0 + $1.channels }))
    var channel = 0
    for (index, part) in parts.enumerated() {
      try part.fill(ChannelSlice(tensor: joined, channel: channel), from: inputs[index], on: compute)
      channel += shapes[index].channels
    }
    return joined
  }

  /// The last operations with the shapes that they write; nil where one cannot, or where they disagree on positions.
  private func fillingParts(
    _ inputs: [Tensor]
  ) throws(NetworkError) -> (parts: [any SliceFilling], shapes: [Shape])? {
    var (parts, shapes): ([any SliceFilling], [Shape]) = ([], [])
    for (branch, input) in zip(branches, inputs) {
      guard let part = branch.last as? any SliceFilling, let shape = try part.sliceShape(for: input.shape),
        shape.withChannels(1) == (shapes.first ?? shape).withChannels(1)
      else { return nil }
      parts.append(part)
      shapes.append(shape)
    }
    return (parts, shapes)
  }
}

extension FrozenConvolution: SliceFilling {
  func sliceShape(for input: Shape) throws(NetworkError) -> Shape? {
    guard fused.pooling == nil, !fused.isDense, case .forward(let layer) = fused.direction else { return nil }
    let g = try layer.geometry(for: input)
    var sizes = g.forKernels
    return ck_carries_convolution(&sizes) != 0 ? g.output.with(spatialAxes: layer.spatialAxes) : nil
  }

  func fill(_ slice: ChannelSlice, from x: Tensor, on compute: Compute) throws(NetworkError) {
    guard case .forward(let layer) = fused.direction else { return }
    var g = try layer.geometry(for: x.shape).forKernels
    g.out_stride = slice.stride
    try fused.run(g, from: x.pointer, to: slice.pointer, on: compute)
  }
}

extension MaxPool: SliceFilling {
  func sliceShape(for input: Shape) throws(NetworkError) -> Shape? {
    try geometry(for: input).output.with(spatialAxes: spatialAxes)
  }

  func fill(_ slice: ChannelSlice, from x: Tensor, on compute: Compute) throws(NetworkError) {
    var g = try geometry(for: x.shape).forKernels
    g.out_stride = slice.stride
    ck_max_pool(&g, x.pointer, slice.pointer, nil, compute.count)
  }
}
