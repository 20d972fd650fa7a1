/// How the coded picture is turned and mirrored to stand upright: one of the eight symmetries of a rectangle.
struct Orientation: Hashable {
  /// Whether rows and columns are exchanged.
  var isTransposed = false
  /// Whether the upright picture's columns run against the coded ones.
  var flipsHorizontally = false
  /// Whether the upright picture's rows run against the coded ones.
  var flipsVertically = false

  static let upright = Orientation()

  init() {}

  /// The symmetry nearest to a display matrix: [a b u; c d v; x y w], which maps the coded point (p, q) to
  /// (ap + cq, bp + dq), see libavutil/display.h.
  init(displayMatrix m: UnsafePointer<Int32>) {
    let (a, b, c, d) = (Int64(m[0]), Int64(m[1]), Int64(m[3]), Int64(m[4]))
    isTransposed = abs(b) + abs(c) > abs(a) + abs(d)
    flipsHorizontally = (isTransposed ? c : a) < 0
    flipsVertically = (isTransposed ? b : d) < 0
  }

  /// The size of the upright picture.
  func uprightSize(of coded: PictureSize) -> PictureSize { isTransposed ? coded.transposed : coded }

  /// The upright form of a coded picture of `size`, `channels` bytes per pixel, rows `rowStride` bytes apart.
  func upright(_ pixels: UnsafePointer<UInt8>, size: PictureSize, rowStride: Int, channels: Int) -> [UInt8] {
    let rowBytes = size.width * channels
    if self == .upright {
      return [UInt8](unsafeUninitializedCapacity: size.height * rowBytes) { buffer, count in
        for row in 0..<size.height {
          (buffer.baseAddress.unsafelyUnwrapped + row * rowBytes).update(
            from: pixels + row * rowStride, count: rowBytes)
        }
        count = size.height * rowBytes
      }
    }
    let uprightSize = uprightSize(of: size)
    return [UInt8](unsafeUninitializedCapacity: size.pixelCount * channels) { buffer, count in
      var next = 0
      for row in 0..<uprightSize.height {
        let y = flipsVertically ? uprightSize.height - 1 - row : row
        for column in 0..<uprightSize.width {
          let x = flipsHorizontally ? uprightSize.width - 1 - column : column
          let source = isTransposed ? x * rowStride + y * channels : y * rowStride + x * channels
          for channel in 0..<channels { buffer[next + channel] = pixels[source + channel] }
          next += channels
        }
      }
      count = next
    }
  }
}
