import Network

/// Cubes that follow one another in a clip as in a stream, to study a trained network on.
struct CubeRun {
  /// How many runs a study looks at, spread over the footage.
  private static let countPerStudy = 24
  /// The last of three goes on from one that itself went on from another.
  private static let longest = 3

  /// Each starts half a cube after the one before; one alone where such cubes do not slide by half, or the clip ends.
  let cubes: [Tensor]
  private let shape: CubeShape

  /// Some runs, spread over these clips.
  static func spread(over clips: [TrainingClip], shape: CubeShape) -> [CubeRun] {
    let starts = clips.flatMap { clip in
      stride(from: 0, through: clip.frames.count - shape.frames, by: shape.frames).map { (clip, $0) }
    }
    let count = min(countPerStudy, starts.count)
    return (0..<count).map { number in
      let (clip, start) = starts[number * starts.count / count]
      return CubeRun(clip, from: start, shape: shape)
    }
  }

  private init(_ clip: TrainingClip, from start: Int, shape: CubeShape) {
    let sampler = CubeSampler([], shape: shape, augmentation: .none)
    let last = clip.frames.count - shape.frames
    let starts = stride(from: start, through: last, by: shape.frames / 2)
      .prefix(shape.slidesByHalf ? Self.longest : 1)
    cubes = starts.map { sampler.cube(clip, from: $0) }
    self.shape = shape
  }

  /// What comes out for the last cube, as in a stream: its newest half, or all of it where it stands alone.
  func reconstruction(by network: SlidingNetwork, on compute: Compute) throws(NetworkError) -> Tensor {
    var result = try network(cubes[0], on: compute)
    for cube in cubes.dropFirst() { result = try network.next(cube, hop: shape.frames / 2, on: compute) }
    return result
  }

  /// How far off a reconstruction of the last cube's newest frames is, frame by frame.
  func errorMaps(of reconstruction: Tensor) -> [ErrorMap] {
    let (pixels, cube) = (shape.pixelsPerFrame, cubes[cubes.count - 1])
    return cube.withUnsafeBufferPointer { cube in
      let newest = UnsafeBufferPointer(rebasing: cube.suffix(reconstruction.count))
      return reconstruction.withUnsafeBufferPointer { reconstruction in
        stride(from: 0, to: reconstruction.count, by: pixels).map { start in
          let range = start..<start + pixels
          return ErrorMap(
            grid: shape.grid, frame: UnsafeBufferPointer(rebasing: newest[range]),
            reconstruction: UnsafeBufferPointer(rebasing: reconstruction[range]))
        }
      }
    }
  }
}
