/// Branches in bytes beside each other, each of which writes its channels where they belong. Their results have one range.
struct ByteConcatenate: ByteStage {
  /// At least one branch of at least one stage.
  let branches: [[any ByteStage]]

  func outputShape(for shape: Shape) throws(NetworkError) -> Shape {
    var shapes: [Shape] = []
    for branch in branches { shapes.append(try outputShape(of: branch, for: shape)) }
    if let odd = shapes.first(where: { $0.withChannels(1) != shapes[0].withChannels(1) }) {
      throw .shapeMismatch(
        layer: "Concatenate", expected: "branches that agree on all axes but the last", found: odd)
    }
    return shapes[0].withChannels(shapes.reduce(0) { $0 + $1.channels })
  }

  func fill(_ y: Steps, channel: Int, from x: Steps, on compute: Compute) throws(NetworkError) {
    var channel = channel
    for branch in branches {
      var front = x
      for stage in branch.dropLast() { front = try stage(front, on: compute) }
      let last = branch[branch.count - 1]
      try last.fill(y, channel: channel, from: front, on: compute)
      channel += try last.outputShape(for: front.whole).channels
    }
  }

  private func outputShape(of branch: [any ByteStage], for shape: Shape) throws(NetworkError) -> Shape {
    var shape = shape
    for stage in branch { shape = try stage.outputShape(for: shape) }
    return shape
  }
}
