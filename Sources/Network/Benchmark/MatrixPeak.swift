import Dispatch

/// What the machine's matrix unit can do: the rate of large single-precision matrix products by oneDNN, which other
/// measurements of the same run are divided by.
public struct MatrixPeak {
  private static let size = 1024
  /// Floating-point operations of one measurement.
  public var operations: Double { 2 * Double(Self.size * Self.size * Self.size * products.count) }

  private let a = Tensor([size, size], repeating: 0.5)
  private let b = Tensor([size, size], repeating: 0.25)
  private let products: [Tensor]

  /// A measurement on this many threads, each with a product of its own.
  public init(on compute: Compute) {
    products = (0..<compute.threads).map { _ in Tensor([Self.size, Self.size]) }
  }

  /// Operations per second in one measurement.
  public func rate() throws(NetworkError) -> Double {
    let seconds = try secondsOf { () throws(NetworkError) in
      _ = try runTogether(products.count) { index throws(NetworkError) in
        try OneDNN.multiply(
          a, b, rows: Self.size, columns: Self.size, inner: Self.size, into: products[index], on: .oneThread)
      }
    }
    return operations / seconds
  }
}

/// Seconds that `body` took, on a monotonic clock.
public func secondsOf<E: Error>(_ body: () throws(E) -> Void) throws(E) -> Double {
  let start = DispatchTime.now().uptimeNanoseconds
  try body()
  return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
}
