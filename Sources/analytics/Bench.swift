import Anomaly
import ArgumentParser
import Decode
import Foundation
import Daemon
import Network
import ReID

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract:
      "Measure how fast this machine is, as ratios to what it could do at best, or to ffmpeg, in the same run.",
    subcommands: [
      Gemm.self, Stae.self, Cameras.self, Train.self, Detector.self, Embedder.self, DecodeClip.self,
      Search.self,
    ])

  /// What every measurement of the engine takes.
  struct Options: ParsableArguments {
    @Option(help: "Threads to use.")
    var threads = 1

    @Option(help: "How often to measure; medians are printed.")
    var rounds = 11

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
      guard (1...256).contains(threads) else { throw ValidationError("--threads must be 1 to 256") }
      guard (1...10_000).contains(rounds) else { throw ValidationError("--rounds must be 1 to 10000") }
    }

    /// The share of the machine to measure.
    var compute: Compute { Compute(threads: threads) }

    func report(_ benchmark: ComparisonBenchmark) throws {
      if json { return try StandardOutput.print(jsonLine(benchmark)) }
      try StandardOutput.print(
        String(
          format: "%@: %.1f ms, %.2f of %@ (%.1f ms), threads: %d, %@", benchmark.name,
          benchmark.milliseconds,
          benchmark.ratio, benchmark.reference, benchmark.referenceMilliseconds, benchmark.threads,
          benchmark.instructionSet))
    }

    func report(_ benchmark: ComputeBenchmark) throws {
      if json { return try StandardOutput.print(jsonLine(benchmark)) }
      try StandardOutput.print(
        String(
          format: "%@: %.1f ms, %.1f GFLOP/s of %.1f GFLOP/s matrix peak (%.0f %%), threads: %d, %@",
          benchmark.name,
          benchmark.milliseconds, benchmark.gflops, benchmark.peakGflops, 100 * benchmark.efficiency,
          benchmark.threads, benchmark.instructionSet))
    }
  }

  /// What the measurements of a network take.
  struct NetworkOptions: ParsableArguments {
    @Option(help: "The model file whose network to run; without it, fresh weights.")
    var model: String?

    func network() throws -> STAE {
      try model.map { try AnomalyModel(contentsOf: URL(filePath: $0)).network } ?? STAE(seed: 1)
    }
  }

  struct Gemm: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "A large matrix product: the machine's matrix peak.")
    @OptionGroup var options: Options
    func run() throws { try options.report(.matrixProduct(rounds: options.rounds, on: options.compute)) }
  }

  struct Stae: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Scoring one cube of 16×128×128.")

    @OptionGroup var options: Options
    @OptionGroup var network: NetworkOptions

    @Option(help: "Numbers to compute with; int8 is compared with full in the same run.")
    var precision = Precision.full

    @Flag(help: "Only the 8 newest frames of a cube that follows another, compared with a whole cube.")
    var sliding = false

    func run() throws {
      let (network, rounds, compute) = (try network.network(), options.rounds, options.compute)
      if sliding {
        try options.report(
          STAEBenchmark.sliding(of: network, inIntegers: precision == .int8, rounds: rounds, on: compute))
      } else if precision == .int8 {
        try options.report(STAEBenchmark.integers(of: network, rounds: rounds, on: compute))
      } else {
        try options.report(STAEBenchmark.inference(of: network, rounds: rounds, on: compute))
      }
    }
  }

  struct Cameras: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Scoring cubes of several cameras, one thread each, against one camera.")

    @Option(help: "Cameras that are scored together.")
    var cameras = 2

    @Option(help: "How often to measure; medians are printed.")
    var rounds = 11

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
      guard (2...256).contains(cameras) else { throw ValidationError("--cameras must be 2 to 256") }
      guard (1...10_000).contains(rounds) else { throw ValidationError("--rounds must be 1 to 10000") }
    }

    func run() throws {
      let result = try STAEBenchmark.cameras(cameras, rounds: rounds)
      if json { return try StandardOutput.print(jsonLine(result)) }
      try StandardOutput.print(
        String(
          format: "cameras: %.1f cubes/s of %d cameras, %.2f times the %.1f of one (in CPU time %.2f times, "
            + "matrix products %.2f times), %@",
          result.perSecond, result.streams, result.ratio, result.perSecondAlone, result.cpuRatio,
          result.peakRatio, result.instructionSet))
    }
  }

  struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "One training step of both branches.")
    @OptionGroup var options: Options
    @OptionGroup var network: NetworkOptions
    func run() throws {
      try options.report(
        STAEBenchmark.training(of: network.network(), rounds: options.rounds, on: options.compute))
    }
  }

  struct Embedder: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Embedding a batch of people.")
    @OptionGroup var options: Options

    @Option(help: "The model file whose network to run; without it, fresh weights.")
    var model: String?

    @Option(help: "Crops in a batch.")
    var batch = 8

    @Option(help: "Numbers to compute with; int8 is compared with full in the same run.")
    var precision = Precision.full

    func validate() throws {
      guard (1...1024).contains(batch) else { throw ValidationError("--batch must be 1 to 1024") }
    }

    func run() throws {
      let network =
        try model.map { try EmbedderModel(contentsOf: URL(filePath: $0)).network } ?? MSPCNN(seed: 1)
      let (rounds, compute) = (options.rounds, options.compute)
      if precision == .int8 {
        try options.report(
          EmbedderBenchmark.integers(of: network, batch: batch, rounds: rounds, on: compute))
      } else {
        try options.report(
          EmbedderBenchmark.inference(of: network, batch: batch, rounds: rounds, on: compute))
      }
    }
  }

  struct Search: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The ten nearest vectors in half precision, against reading all of them once.")
    @OptionGroup var options: Options

    @Option(help: "Vectors to search.")
    var rows = 1_000_000

    @Option(help: "Numbers in a vector.")
    var dimension = 256

    func validate() throws {
      guard (1...100_000_000).contains(rows) else { throw ValidationError("--rows must be 1 to 100000000") }
      guard (1...65_536).contains(dimension) else { throw ValidationError("--dimension must be 1 to 65536") }
    }

    func run() throws {
      try options.report(
        SearchBenchmark.nearest(
          rows: rows, dimension: dimension, rounds: options.rounds, on: options.compute))
    }
  }

  struct Detector: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Looking for people in a picture of 320×320, from its bytes to boxes.")
    @OptionGroup var options: Options

    @Option(help: "The person detector to run; without it, the one that comes along.")
    var model: String?

    func run() throws {
      let model = try DetectorModel(contentsOf: model.map { URL(filePath: $0) } ?? ModelFolder.detector())
      try options.report(DetectorBenchmark.inference(of: model, rounds: options.rounds, on: options.compute))
    }
  }

  struct DecodeClip: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "decode", abstract: "Reading every frame of a clip, against `ffmpeg -threads 1 -f null`.")

    /// How `--motion` is spelled.
    enum Motion: String, ExpressibleByArgument, CaseIterable {
      case codec, estimated
      var source: MotionSource { self == .codec ? .codecOrEstimated : .estimated }
    }

    @Argument(help: "The clip.")
    var clip: String

    @Option(help: "Also measure reading with motion fields, from the codec's vectors or estimated.")
    var motion: Motion?

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
      let result = try DecodeBenchmark(clip: URL(filePath: clip), motion: motion?.source ?? .off).run()
      if json { return try StandardOutput.print(jsonLine(result)) }
      let ratio =
        result.ratio.map { String(format: ", %.2f of ffmpeg's", $0) } ?? " (no ffmpeg to compare with)"
      try StandardOutput.print(
        String(
          format: "decode: %.0f ms of CPU time for %d frames, %.0f frames/s", result.milliseconds,
          result.frames,
          result.framesPerSecond) + ratio)
      if let motion, let milliseconds = result.motionMilliseconds, let ratio = result.motionRatio {
        try StandardOutput.print(
          String(
            format: "with motion, %@: %.0f ms, %.2f of decoding alone, %.2f ms more per frame "
              + "(%d frames by the codec's vectors, %d estimated)",
            motion.rawValue, milliseconds, ratio,
            (milliseconds - result.milliseconds) / Double(max(1, result.frames)),
            result.codecMotionFrames ?? 0, result.estimatedMotionFrames ?? 0))
      }
    }
  }
}
