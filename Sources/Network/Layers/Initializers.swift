extension Tensor {
  /// Normal numbers with variance 2 / fanIn (He et al. 2015, eq. 10).
  static func heNormal(_ shape: Shape, fanIn: Int, using generator: inout SeededGenerator) -> Tensor {
    let deviation = (2 / Float(max(1, fanIn))).squareRoot()
    return Tensor(shape, (0..<shape.count).map { _ in generator.normal() * deviation })
  }
}
