/// Repeats every position twice in height and width: [N, H, W, C] to [N, 2H, 2W, C].
public final class Upsample2d: Layer {
  /// Nearest-neighbour upsampling by two.
  public init() {}

  /// The enlarged tensor.
  public func callAsFunction(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    guard x.shape.rank == 4 else {
      throw .shapeMismatch(layer: "Upsample2d", expected: "4 axes", found: x.shape)
    }
    let s = x.shape.sizes
    let (width, channels) = (s[2], s[3])
    let y = Tensor(uninitialized: [s[0], 2 * s[1], 2 * width, channels])
    for row in 0..<s[0] * s[1] {
      let from = x.pointer + row * width * channels
      let to = y.pointer + row * 4 * width * channels
      for column in 0..<width {
        (to + 2 * column * channels).update(from: from + column * channels, count: channels)
        (to + (2 * column + 1) * channels).update(from: from + column * channels, count: channels)
      }
      (to + 2 * width * channels).update(from: to, count: 2 * width * channels)
    }
    return y
  }

  /// The enlarged tensor.
  public func forward(_ x: Tensor, on compute: Compute) throws(NetworkError) -> Tensor {
    try self(x, on: compute)
  }

  /// The sum of the four gradients that each position has.
  public func backward(
    _ gradient: Tensor, needsInputGradient: Bool, on compute: Compute
  ) throws(NetworkError) -> Tensor? {
    let s = gradient.shape.sizes
    let (width, channels) = (s[2] / 2, s[3])
    let gx = Tensor(uninitialized: [s[0], s[1] / 2, width, channels])
    for row in 0..<s[0] * s[1] / 2 {
      let upper = gradient.pointer + row * 4 * width * channels
      let lower = upper + 2 * width * channels
      let to = gx.pointer + row * width * channels
      for column in 0..<width {
        let (left, right) = (2 * column * channels, (2 * column + 1) * channels)
        for c in 0..<channels {
          to[column * channels + c] = upper[left + c] + upper[right + c] + lower[left + c] + lower[right + c]
        }
      }
    }
    return gx
  }
}
