import Foundation
import Network

/// STAE's reconstruction branch once more, from the weights file alone: plain loops over [C][D][H][W] in double
/// precision, PyTorch's definitions of the layers, nothing shared with the engine.
struct ReferenceSTAE {
  struct Volume {
    let (channels, depth, height, width): (Int, Int, Int, Int)
    var values: [Double]

    init(_ channels: Int, _ depth: Int, _ height: Int, _ width: Int) {
      (self.channels, self.depth, self.height, self.width) = (channels, depth, height, width)
      values = Array(repeating: 0, count: channels * depth * height * width)
    }

    func index(_ c: Int, _ d: Int, _ h: Int, _ w: Int) -> Int { ((c * depth + d) * height + h) * width + w }
  }

  let file: WeightsFile
  let slope: Double

  func reconstruct(_ cube: Volume) -> Volume {
    var x = cube
    for (i, pools) in [(0, true), (4, true), (8, true), (12, false)] {
      x = rectified(normalised(convolved(x, "encoder.\(i)"), "encoder.\(i + 1)"))
      if pools { x = pooled(x) }
    }
    for i in [0, 3, 6] {
      x = rectified(normalised(transposed(x, "reconstruction.\(i)"), "reconstruction.\(i + 1)"))
    }
    var y = convolved(x, "reconstruction.9")
    y.values = y.values.map { 1 / (1 + exp(-$0)) }
    return y
  }

  private func tensor(_ name: String) -> WeightsFile.StoredTensor {
    file.tensors[name] ?? .init(shape: [], values: [])
  }

  /// Kernel 3, padding 1, weight [out, in, 3, 3, 3].
  private func convolved(_ x: Volume, _ name: String) -> Volume {
    let (weight, bias) = (tensor(name + ".weight"), file.tensors[name + ".bias"])
    var y = Volume(weight.shape[0], x.depth, x.height, x.width)
    forEachTap(y.channels, x) { o, i, d, h, w, kd, kh, kw in
      let (sd, sh, sw) = (d + kd - 1, h + kh - 1, w + kw - 1)
      guard (0..<x.depth).contains(sd), (0..<x.height).contains(sh), (0..<x.width).contains(sw) else {
        return
      }
      y.values[y.index(o, d, h, w)] +=
        Double(weight.values[((o * x.channels + i) * 27) + (kd * 3 + kh) * 3 + kw])
        * x.values[x.index(i, sd, sh, sw)]
    }
    if let bias {
      for i in y.values.indices { y.values[i] += Double(bias.values[i / (y.values.count / y.channels)]) }
    }
    return y
  }

  /// Kernel 3, stride 2, padding 1, output padding 1, weight [in, out, 3, 3, 3]: each input adds to 27 outputs.
  private func transposed(_ x: Volume, _ name: String) -> Volume {
    let weight = tensor(name + ".weight")
    var y = Volume(weight.shape[1], 2 * x.depth, 2 * x.height, 2 * x.width)
    forEachTap(y.channels, x) { o, i, d, h, w, kd, kh, kw in
      let (td, th, tw) = (2 * d + kd - 1, 2 * h + kh - 1, 2 * w + kw - 1)
      guard (0..<y.depth).contains(td), (0..<y.height).contains(th), (0..<y.width).contains(tw) else {
        return
      }
      y.values[y.index(o, td, th, tw)] +=
        Double(weight.values[((i * y.channels + o) * 27) + (kd * 3 + kh) * 3 + kw])
        * x.values[x.index(i, d, h, w)]
    }
    return y
  }

  private func forEachTap(
    _ outputs: Int, _ x: Volume, _ body: (Int, Int, Int, Int, Int, Int, Int, Int) -> Void
  ) {
    for o in 0..<outputs {
      for i in 0..<x.channels {
        for d in 0..<x.depth {
          for h in 0..<x.height {
            for w in 0..<x.width {
              for tap in 0..<27 { body(o, i, d, h, w, tap / 9, tap / 3 % 3, tap % 3) }
            }
          }
        }
      }
    }
  }

  private func normalised(_ x: Volume, _ name: String) -> Volume {
    let names = ["weight", "bias", "running_mean", "running_var"].map {
      tensor("\(name).\($0)").values.map(Double.init)
    }
    var y = x
    let size = x.values.count / x.channels
    for i in y.values.indices {
      let c = i / size
      y.values[i] =
        (x.values[i] - names[2][c]) / (names[3][c] + 1e-5).squareRoot() * names[0][c] + names[1][c]
    }
    return y
  }

  private func rectified(_ x: Volume) -> Volume {
    var y = x
    y.values = x.values.map { $0 >= 0 ? $0 : slope * $0 }
    return y
  }

  private func pooled(_ x: Volume) -> Volume {
    var y = Volume(x.channels, x.depth / 2, x.height / 2, x.width / 2)
    for c in 0..<y.channels {
      for d in 0..<y.depth {
        for h in 0..<y.height {
          for w in 0..<y.width {
            y.values[y.index(c, d, h, w)] =
              (0..<8).map { x.values[x.index(c, 2 * d + $0 / 4, 2 * h + $0 / 2 % 2, 2 * w + $0 % 2)] }.max()
              ?? 0
          }
        }
      }
    }
    return y
  }
}
