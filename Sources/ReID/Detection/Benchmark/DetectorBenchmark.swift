import Decode
public import Network

/// How fast a person detector is here.
public enum DetectorBenchmark {
  /// Multiplications and additions of the network for 320×320.
  static let operations = 2 * 0.2205e9

  /// One picture of 320×320 from its bytes to boxes, as a camera's frames are looked at.
  public static func inference(
    of model: DetectorModel, rounds: Int, on compute: Compute
  ) throws -> ComputeBenchmark {
    let detector = PersonDetector(model, compute: compute)
    var generator = SeededGenerator(seed: 2)
    let size = PictureSize(width: 320, height: 320)
    let picture = ColorPicture(
      size: size, pixels: (0..<3 * size.pixelCount).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
    return try ComputeBenchmark("detector", operations: operations, rounds: rounds, on: compute) {
      _ = try detector.people(in: picture)
    }
  }
}
