import Foundation

/// What the machine's matrix unit can do: the rate of a large single-precision matrix product by oneDNN, which other
/// measurements of the same run are divided by.
public struct MatrixPeak {
  private static let size = 1024
  /// Floating-point operations of one product.
  public static let operations = 2 * Double(size * size * size)

  private let a = Tensor([size, size], repeating: 0.5)
  private let b = Tensor([size, size], repeating: 0.25)
  private let c = Tensor([size, size])
  private let compute: Compute

  /// A measurement on this many threads.
  public init(on compute: Compute) { self.compute = compute }

  /// Seconds that one product took.
  public func seconds() throws(NetworkError) -> Double {
    try secondsOf { () throws(NetworkError) in
      try OneDNN.multiply(a, b, rows: Self.size, columns: Self.size, inner: Self.size, into: c, on: compute)
    }
  }
}

/// Seconds that `body` took, on a monotonic clock.
public func secondsOf<E: Error>(_ body: () throws(E) -> Void) throws(E) -> Double {
  let start = DispatchTime.now().uptimeNanoseconds
  try body()
  return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
}
