internal import CKernels

/// Runs branches beside each other on the same input and joins their channels: the shape of an inception module.
public final class Concatenate: Layer {
  private let branches: [any Layer]
  private var widths: [Int] = []

  /// These branches, whose results differ in their channels only.
  public init(_ branches: [any Layer]) { self.branches = branches }

  /// The branches, numbered.
  public var children: [(name: String, layer: any Layer)] {
    branches.enumerated().map { (String($0.offset), $0.element) }
  }

  /// All results, channel after channel.
  public func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    var results: [Tensor] = []
    for branch in branches { results.append(try branch(x, on: compute)) }
    return try Self.join(results, on: compute)
  }

  /// All results, channel after channel.
  public func forward(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    var results: [Tensor] = []
    for branch in branches { results.append(try branch.forward(x, on: compute)) }
    widths = results.map(\.shape.channels)
    return try Self.join(results, on: compute)
  }

  /// The sum of the branches' input gradients.
  public func backward(
    _ gradient: Tensor, needsInputGradient: Bool, on compute: Compute
  ) throws(NetworkError) -> Tensor? {
    guard !widths.isEmpty else { return try remembered(Tensor?.none, "Concatenate") }
    var total: Tensor?
    var channel = 0
    for (branch, width) in zip(branches, widths) {
      let part = slice(gradient, from: channel, width: width, on: compute)
      channel += width
      let gx = try branch.backward(part, needsInputGradient: needsInputGradient, on: compute)
      if let sum = total, let gx { sum.add(gx, on: compute) } else { total = gx?.copy() }
    }
    return total
  }

  static func join(_ parts: [Tensor], on compute: Compute) throws(NetworkError) -> Tensor {
    let shape = parts[0].shape.withChannels(parts.reduce(0) { $0 + $1.shape.channels })
    if let odd = parts.first(where: { $0.shape.withChannels(1) != shape.withChannels(1) }) {
      throw .shapeMismatch(
        layer: "Concatenate", expected: "branches that agree on all axes but the last", found: odd.shape)
    }
    let joined = Tensor(uninitialized: shape)
    var channel = 0
    for part in parts {
      let width = Int64(part.shape.channels)
      ck_copy_columns(
        part.pointer, width, Int64(shape.rows), width, joined.pointer + channel, Int64(shape.channels),
        compute.count)
      channel += part.shape.channels
    }
    return joined
  }

  private func slice(_ whole: Tensor, from channel: Int, width: Int, on compute: Compute) -> Tensor {
    let part = Tensor(uninitialized: whole.shape.withChannels(width))
    ck_copy_columns(
      whole.pointer + channel, Int64(whole.shape.channels), Int64(whole.shape.rows), Int64(width),
      part.pointer,
      Int64(width), compute.count)
    return part
  }
}
