import Dispatch

/// Runs `body` for 0..<count at the same time, and returns the results in order.
///
/// - Parameter body: Must not touch what another one touches.
func runTogether<R>(
  _ count: Int, _ body: (Int) throws(NetworkError) -> R
) throws(NetworkError) -> [R] {
  var results = [Result<R, NetworkError>?](repeating: nil, count: count)
  func run(_ index: Int) -> Result<R, NetworkError> {
    do throws(NetworkError) { return .success(try body(index)) } catch { return .failure(error) }
  }
  withoutActuallyEscaping(run) { run in
    results.withUnsafeMutableBufferPointer { results in
      // Every iteration writes an element of its own.
      nonisolated(unsafe) let (results, run) = (results, run)
      DispatchQueue.concurrentPerform(iterations: count) { results[$0] = run($0) }
    }
  }
  var values: [R] = []
  for result in results { if let result { values.append(try result.get()) } }
  return values
}
