public import Decode
import Foundation
public import Network

/// Finds people in pictures with a trained network. Belongs to one thread.
///
/// Work is bounded: at most `candidateLimit` cells of a picture are compared with each other, and at most 200 people come
/// out, the surest first.
public final class PersonDetector: PersonFinding {
  /// Cells that are looked at more closely, at most: the surest.
  static let candidateLimit = 1000

  /// Scores below this do not count.
  public let minimumScore: Float
  private let network: FrozenDetectorNetwork
  private let input: DetectorInput
  private let suppression = NonMaximumSuppression()
  private let compute: Compute

  /// A detector on the given share of the machine; later training of the model does not change it.
  ///
  /// - Parameter minimumScore: 0…1. Low scores are useful to a tracker that knows where somebody should be.
  public init(_ model: DetectorModel, minimumScore: Float = 0.1, compute: Compute) {
    network = model.network.frozen()
    input = DetectorInput(pixelCount: model.card.pixelCount)
    self.minimumScore = minimumScore
    self.compute = compute
  }

  /// The people in a picture of any size, surest first.
  ///
  /// - Throws: `NetworkError`.
  public func people(in picture: ColorPicture) throws -> [Detection] {
    let tensor = input.tensor(of: picture)
    let size = PictureSize(width: tensor.shape.sizes[2], height: tensor.shape.sizes[1])
    return suppression(Self.candidates(in: try network(tensor, on: compute), above: minimumScore)).map {
      Detection(box: $0.box.box(in: size), score: $0.score)
    }
  }

  /// The boxes of the cells that are sure enough, at most `candidateLimit`, of the first picture of a batch.
  static func candidates(in levels: [Tensor], above minimum: Float) -> [(box: PixelBox, score: Float)] {
    let minimumLogit = log(max(minimum, 1e-6) / (1 - min(minimum, 1 - 1e-6)))
    var found: [(box: PixelBox, score: Float)] = []
    for (level, stride) in zip(levels, DetectorNetwork.strides) {
      let grid = CellGrid(of: level, stride: stride)
      level.withUnsafeBufferPointer { numbers in
        guard let base = numbers.baseAddress else { return }
        for index in 0..<grid.count {
          let answer = base + index * DetectorNetwork.outputChannels
          if answer[0] >= minimumLogit {
            found.append((grid[index].box(answer + 1), 1 / (1 + exp(-answer[0]))))
          }
        }
      }
    }
    guard found.count > candidateLimit else { return found }
    return Array(found.sorted { $0.score > $1.score }.prefix(candidateLimit))
  }
}
