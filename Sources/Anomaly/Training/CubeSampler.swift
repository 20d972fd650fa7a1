import Decode
import Network

/// Draws training examples: a cube of T frames and the cube of the T frames after it.
struct CubeSampler {
  private let clips: [TrainingClip]
  private let shape: CubeShape
  private let augmentation: Augmentation
  /// Windows that start in clips before this one, so that every window is as likely as any other.
  private let windowsBefore: [Int]
  private let windowCount: Int

  /// What is drawn from, in words.
  var summary: String {
    "\(windowCount) windows of \(shape.frames)×\(shape.height)×\(shape.width) in \(clips.count) clips"
  }

  /// A sampler of clips that are each at least 2T frames long.
  init(_ clips: [TrainingClip], shape: CubeShape, augmentation: Augmentation) {
    self.clips = clips
    self.shape = shape
    self.augmentation = augmentation
    var (before, total): ([Int], Int) = ([], 0)
    for clip in clips {
      before.append(total)
      total += clip.frames.count - 2 * shape.frames + 1
    }
    windowsBefore = before
    windowCount = total
  }

  /// Two tensors [1, T, H, W, C], changed alike.
  func draw(using generator: inout SeededGenerator) -> (cube: Tensor, future: Tensor) {
    let window = Int.random(in: 0..<windowCount, using: &generator)
    let index = (windowsBefore.lastIndex { $0 <= window }) ?? 0
    let start = window - windowsBefore[index]
    let change = augmentation.draw(using: &generator)
    return (
      cube(clips[index], from: start, change), cube(clips[index], from: start + shape.frames, change)
    )
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
