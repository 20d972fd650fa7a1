internal import COneDNN

/// One direction of one convolution, prepared by oneDNN. Owns the handle from init to deinit.
final class OneDNNConvolution {
  private let handle: OpaquePointer

  init(_ geometry: ConvolutionGeometry, _ direction: od_direction, on compute: Compute) throws(NetworkError) {
    var sizes = geometry.forOneDNN
    var made: OpaquePointer?
    let status = od_convolution_create(&sizes, direction, compute.count, &made)
    guard status == 0, let made else { throw oneDNNError("a convolution", status) }
    handle = made
  }

  deinit { od_convolution_destroy(handle) }

  func run(
    _ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>
  ) throws(NetworkError) {
    let status = od_convolution_run(handle, first, second, result)
    guard status == 0 else { throw oneDNNError("a convolution", status) }
  }
}

func oneDNNError(_ operation: String, _ status: Int32) -> NetworkError {
  .kernelFailed(
    operation: operation, reason: "oneDNN \(OneDNN.version): " + String(cString: od_status_text(status)))
}

/// The library beneath matrix products and the shapes that our own kernels do not carry.
public enum OneDNN {
  /// The version that is loaded, such as "2.6.3".
  public static var version: String { String(cString: od_version()) }

  /// `c[m, n] = op(a) · op(b) + beta · c`, row-major, where `op` transposes if asked. For benchmarks and `Linear`.
  public static func multiply(
    _ a: Tensor, transposingFirst: Bool = false, _ b: Tensor, transposingSecond: Bool = false,
    rows m: Int, columns n: Int, inner k: Int, into c: Tensor, beta: Float = 0, on compute: Compute
  ) throws(NetworkError) {
    let status = od_matrix_multiply(
      transposingFirst ? 1 : 0, transposingSecond ? 1 : 0, Int64(m), Int64(n), Int64(k), a.pointer, b.pointer,
      beta, c.pointer,
      compute.count)
    guard status == 0 else { throw oneDNNError("a matrix product", status) }
  }
}
