import Decode
import Network

/// Draws training examples from clips.
struct CubeSampler {
  /// How many cubes before one are needed for its encoder to be where it would be after many: what it takes over was
  /// computed beside what had been taken over itself.
  private static let earlierCubes = 2

  private let clips: [TrainingClip]
  private let shape: CubeShape
  private let augmentation: Augmentation
  private let slidingShare: Float
  /// Windows that start in clips before this one, so that every window is as likely as any other.
  private let windowsBefore: [Int]
  private let windowCount: Int

  /// What is drawn from, in words.
  var summary: String {
    "\(windowCount) windows of \(shape.frames)×\(shape.height)×\(shape.width) in \(clips.count) clips"
  }

  /// A sampler of clips that are each at least 2T frames long.
  ///
  /// - Parameter slidingShare: The share of examples that come with the cubes before, 0…1.
  init(_ clips: [TrainingClip], shape: CubeShape, augmentation: Augmentation, slidingShare: Float = 0) {
    self.clips = clips
    self.shape = shape
    self.augmentation = augmentation
    self.slidingShare = shape.slidesByHalf ? slidingShare : 0
    var (before, total): ([Int], Int) = ([], 0)
    for clip in clips {
      before.append(total)
      total += clip.frames.count - 2 * shape.frames + 1
    }
    windowsBefore = before
    windowCount = total
  }

  /// A cube and what belongs to it, changed alike.
  func draw(using generator: inout SeededGenerator) -> TrainingExample {
    let window = Int.random(in: 0..<windowCount, using: &generator)
    let index = (windowsBefore.lastIndex { $0 <= window }) ?? 0
    let start = window - windowsBefore[index]
    let change = augmentation.draw(using: &generator)
    func cube(_ start: Int) -> Tensor { self.cube(clips[index], from: start, change) }
    let hop = shape.frames / 2
    let slides = slidingShare > 0 && generator.uniform(in: 0...1) < slidingShare
    let earlier = slides ? (1...Self.earlierCubes).reversed().map { start - $0 * hop }.filter { $0 >= 0 } : []
    return TrainingExample(
      earlier: earlier.map(cube), cube: cube(start), future: cube(start + shape.frames))
  }

  /// The cube that starts at a frame, unchanged.
  func cube(_ clip: TrainingClip, from start: Int) -> Tensor {
    var generator = SeededGenerator(seed: 0)
    return cube(clip, from: start, Augmentation.none.draw(using: &generator))
  }

  private func cube(_ clip: TrainingClip, from start: Int, _ change: Augmentation.Draw) -> Tensor {
    let cube = Tensor(shape.tensorShape)
    let size = shape.valuesPerFrame
    cube.withUnsafeMutableBufferPointer { values in
      for t in 0..<shape.frames {
        clip.values(ofFrame: start + t, as: shape.content).withUnsafeBufferPointer { frame in
          change.apply(
            to: frame, shape: shape,
            into: UnsafeMutableBufferPointer(rebasing: values[t * size..<(t + 1) * size]))
        }
      }
    }
    return cube
  }
}
