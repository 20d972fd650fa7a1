/// Copies of a network that work on parts of a batch at the same time, each on threads of its own: layers of a small network
/// are too short to be spread over threads one by one.
///
/// Normalisation sees the statistics of each part alone. The result depends on how many copies there are, not on the threads.
public struct Replicas<Model> {
  /// The copies, the first of which is the one that is kept.
  public let networks: [Model]
  private let parameters: [[Parameter]]

  /// Copies that are built alike, whose parameters come in the same order.
  public init(_ networks: [Model], parameters: (Model) -> [Parameter]) {
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
    on compute: Compute, _ body: (Model, Int, Compute) throws(NetworkError) -> R
  ) throws(NetworkError) -> [R] {
    let share = Compute(threads: compute.threads / networks.count)
    guard compute.threads >= networks.count else {
      var results: [R] = []
      for (index, network) in networks.enumerated() { results.append(try body(network, index, share)) }
      return results
    }
    return try runTogether(networks.count) { index throws(NetworkError) in
      try body(networks[index], index, share)
    }
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
