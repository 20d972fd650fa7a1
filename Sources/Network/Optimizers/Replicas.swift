import Dispatch

/// Copies of a network that work on parts of a batch at the same time, each on threads of its own: layers of a small network
/// are too short to be spread over threads one by one.
///
/// Normalisation sees the statistics of each part alone. The result depends on how many copies there are, not on the threads.
public struct Replicas<Network> {
  /// The copies, the first of which is the one that is kept.
  public let networks: [Network]
  private let parameters: [[Parameter]]

  /// Copies that are built alike, whose parameters come in the same order.
  public init(_ networks: [Network], parameters: (Network) -> [Parameter]) {
    precondition(!networks.isEmpty)
    self.networks = networks
    self.parameters = networks.map(parameters)
    synchronize()
  }

  /// The part of `count` things that each copy takes.
  public func parts(of count: Int) -> [Range<Int>] {
    networks.indices.map { count * $0 / networks.count..<count * ($0 + 1) / networks.count }
  }

  /// Runs `body` for every copy, at the same time where there are threads for it, and returns the results in order.
  ///
  /// - Parameter body: Takes the copy, its number and its share of the threads; must not touch what another one touches.
  public func map<R>(
    on compute: Compute, _ body: (Network, Int, Compute) throws(NetworkError) -> R
  ) throws(NetworkError) -> [R] {
    let share = Compute(threads: compute.threads / networks.count)
    var results = [Result<R, NetworkError>?](repeating: nil, count: networks.count)
    func run(_ index: Int) -> Result<R, NetworkError> {
      do throws(NetworkError) { return .success(try body(networks[index], index, share)) } catch {
        return .failure(error)
      }
    }
    if compute.threads < networks.count {
      for index in networks.indices { results[index] = run(index) }
    } else {
      withoutActuallyEscaping(run) { run in
        results.withUnsafeMutableBufferPointer { results in
          // Every iteration writes an element of its own, and what `body` touches is its copy's.
          nonisolated(unsafe) let (results, run) = (results, run)
          DispatchQueue.concurrentPerform(iterations: networks.count) { results[$0] = run($0) }
        }
      }
    }
    var values: [R] = []
    for result in results { if let result { values.append(try result.get()) } }
    return values
  }

  /// Brings the gradients and the running statistics of all copies together in the first: the sum of those, the mean of these.
  public func gather() {
    for (place, first) in parameters[0].enumerated() {
      for other in parameters.dropFirst().map({ $0[place] }) {
        if let sum = first.gradient, let gradient = other.gradient {
          sum.add(gradient, on: Compute(threads: 1))
        }
      }
      if !first.isTrained {
        let copies = parameters.map { $0[place].value.pointer }
        for i in 0..<first.value.count {
          first.value.pointer[i] = copies.reduce(0) { $0 + $1[i] } / Float(copies.count)
        }
      }
    }
  }

  /// Gives all copies the weights and running statistics of the first, after it was changed.
  public func synchronize() {
    for other in parameters.dropFirst() {
      for (from, to) in zip(parameters[0], other) {
        to.value.pointer.update(from: from.value.pointer, count: from.value.count)
      }
    }
  }
}
