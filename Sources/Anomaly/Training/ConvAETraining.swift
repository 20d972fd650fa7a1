import Decode
import Dispatch
public import Network

/// Trains a `ConvAE` on normal footage: Adam, one cube a step, whose frames are one, two or three apart (Hasan et al.,
/// section 3.2).
public struct ConvAETraining {
  private static let largestStride = 3

  /// The footage, 227×227 pixels.
  public var clips: [TrainingClip]
  /// When to end, the step length, its decay and the seed; there is no prediction, and only the stride changes at random.
  public var options: TrainingOptions
  /// The share of the machine.
  public var compute: Compute
  /// Seconds on a monotonic clock, for budgets in time.
  public var now: () -> Double = { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

  /// A training on this footage.
  public init(clips: [TrainingClip], options: TrainingOptions, compute: Compute) {
    self.clips = clips
    self.options = options
    self.compute = compute
  }

  /// Trains until the budget is used up.
  ///
  /// - Returns: the network and how many steps it took.
  /// - Throws: `AnomalyError.clipsTooShort`, `.diverged`, `.interrupted` after a cancellation, `NetworkError`.
  public func run(
    isCancelled: () -> Bool, progress: (TrainingRun.Progress) -> Void
  ) throws -> (network: ConvAE, steps: Int) {
    let longEnough = clips.filter { $0.frames.count >= spannedFrames(stride: 1) }
    guard !longEnough.isEmpty else {
      throw AnomalyError.clipsTooShort(
        longest: clips.map(\.frames.count).max() ?? 0, needed: spannedFrames(stride: 1))
    }
    let network = ConvAE(meanFrame: meanFrame(of: longEnough), seed: options.seed)
    let optimizer = Adam(
      network.layers.namedParameters(), learningRate: options.learningRate, weightDecay: options.weightDecay)
    let clock = TrainingClock(options.budget, now: now)
    var generator = SeededGenerator(seed: options.seed)
    while clock.fraction(after: optimizer.step) < 1 {
      if isCancelled() { throw AnomalyError.interrupted(steps: optimizer.step, checkpoint: nil) }
      let fraction = clock.fraction(after: optimizer.step)
      optimizer.learningRate = options.learningRate * Float(TrainingClock.decay(at: fraction))
      let picture = draw(from: longEnough, for: network, using: &generator)
      let loss = meanSquaredError(try network.layers.forward(picture, on: compute), picture)
      guard loss.value.isFinite else { throw AnomalyError.diverged(step: optimizer.step + 1) }
      _ = try network.layers.backward(loss.gradient, needsInputGradient: false, on: compute)
      optimizer.update()
      progress(
        .init(
          report: .init(
            step: optimizer.step, reconstructionLoss: loss.value, predictionLoss: 0, fraction: fraction),
          validationLoss: nil, seconds: clock.seconds))
    }
    return (network, optimizer.step)
  }

  private func spannedFrames(stride: Int) -> Int { (ConvAE.cubeShape.frames - 1) * stride + 1 }

  private func draw(
    from clips: [TrainingClip], for network: ConvAE, using generator: inout SeededGenerator
  ) -> Tensor {
    // Every cube of neighbouring frames is as likely as any other.
    let counts = clips.map { $0.frames.count - spannedFrames(stride: 1) + 1 }
    var number = Int.random(in: 0..<counts.reduce(0, +), using: &generator)
    let index = counts.firstIndex { count in
      number -= count
      return number < 0
    }
    let clip = clips[index ?? 0]
    let strides = (1...Self.largestStride).filter { spannedFrames(stride: $0) <= clip.frames.count }
    let stride = strides[Int.random(in: strides.indices, using: &generator)]
    let first = Int.random(in: 0...clip.frames.count - spannedFrames(stride: stride), using: &generator)
    let frames = (0..<ConvAE.cubeShape.frames).map { clip.frames[first + $0 * stride].pixels }
    return network.picture { Float(frames[$0][$1]) * (1 / 255) }
  }

  private func meanFrame(of clips: [TrainingClip]) -> [Float] {
    var sums = [Int](repeating: 0, count: ConvAE.cubeShape.pixelsPerFrame)
    for frame in clips.lazy.flatMap(\.frames) {
      for (pixel, value) in frame.pixels.enumerated() { sums[pixel] += Int(value) }
    }
    let count = clips.reduce(0) { $0 + $1.frames.count }
    return sums.map { Float($0) / Float(255 * count) }
  }
}
