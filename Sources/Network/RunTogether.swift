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

/// What `body` gives for a batch [N, …], each thread with a part of it: a part's values stay in the cache of one processor
/// core from layer to layer.
///
/// - Parameter body: Takes a part and its share of the threads; must not touch what another one changes.
func inParts(
  _ x: Tensor, on compute: Compute, _ body: (Tensor, Compute) throws(NetworkError) -> Tensor
) throws(NetworkError) -> Tensor {
  let (count, parts) = (x.shape.batch, min(compute.threads, x.shape.batch))
  guard parts > 1 else { return try body(x, compute) }
  let share = Compute(threads: compute.threads / parts)
  return .joining(
    try runTogether(parts) { part throws(NetworkError) in
      try body(x.batch(count * part / parts..<count * (part + 1) / parts), share)
    })
}
