import Testing

@testable import Network

@Suite struct ReplicasTests {
  private func network(seed: UInt64) -> Sequential {
    var g = SeededGenerator(seed: seed)
    return Sequential([Linear(3, 4, using: &g), BatchNorm(4), Linear(4, 2, using: &g)])
  }

  private func parameters(_ network: Sequential) -> [Parameter] { network.namedParameters().map(\.parameter) }

  @Test func copiesAreAlikeFromTheStart() {
    let replicas = Replicas([network(seed: 1), network(seed: 2)], parameters: parameters)
    for (a, b) in zip(parameters(replicas.networks[0]), parameters(replicas.networks[1])) {
      #expect(a.value.values == b.value.values, "\(a.name)")
    }
  }

  @Test(arguments: [1, 2, 5]) func gradientsAreSummedAndStatisticsAveraged(threads: Int) throws {
    let replicas = Replicas([network(seed: 1), network(seed: 2)], parameters: parameters)
    let inputs = [
      Tensor([4, 3], (0..<12).map { Float($0 % 5) }), Tensor([4, 3], (0..<12).map { Float($0 % 7) - 3 }),
    ]
    let compute = Compute(threads: threads)
    _ = try replicas.map(on: compute) { network, part, compute throws(NetworkError) in
      let y = try network.forward(inputs[part], on: compute)
      _ = try network.backward(y, needsInputGradient: false, on: compute)
    }
    let each = replicas.networks.map { parameters($0).map { ($0.gradient?.values, $0.value.values) } }
    replicas.gather()
    replicas.synchronize()
    for (place, parameter) in parameters(replicas.networks[0]).enumerated() {
      let (a, b) = (each[0][place], each[1][place])
      if parameter.isTrained {
        let (first, second) = (try #require(a.0), try #require(b.0))
        #expect(parameter.gradient?.values == zip(first, second).map { $0 + $1 })
      } else {
        #expect(parameter.value.values == zip(a.1, b.1).map { ($0 + $1) / 2 })
      }
      #expect(parameters(replicas.networks[1])[place].value.values == parameter.value.values)
    }
  }

  @Test func anErrorOfOneCopyComesOut() {
    let replicas = Replicas([network(seed: 1), network(seed: 2)], parameters: parameters)
    #expect(throws: NetworkError.self) {
      try replicas.map(on: Compute(threads: 2)) { network, part, compute throws(NetworkError) in
        try network(Tensor([1, part == 0 ? 3 : 4]), on: compute)
      }
    }
  }

  @Test func partsCoverTheBatch() {
    let replicas = Replicas((1...3).map { network(seed: $0) }, parameters: parameters)
    for count in [0, 1, 2, 7, 64] {
      #expect(replicas.parts(of: count).flatMap(Array.init) == Array(0..<count))
    }
  }

  @Test func batchesAreCutAndJoined() {
    let x = Tensor([5, 2], (0..<10).map(Float.init))
    #expect(x.batch(1..<3).values == [2, 3, 4, 5])
    let joined = Tensor.joining([x.batch(0..<2), x.batch(2..<5)])
    #expect(joined.shape == x.shape)
    #expect(joined.values == x.values)
  }
}
