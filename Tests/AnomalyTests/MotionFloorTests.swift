import Decode
import Foundation
import TestKit
import Testing

@testable import Anomaly

/// How well motion alone, with nothing learned, tells the anomalous frames of UCSD Ped2: the floor under every network.
@Suite(.enabled(if: TestData.has("ucsd_ped2"))) struct MotionFloorTests {
  /// Of Ped2, 360×240: the reference picture's own proportions.
  private static let aspectRatio = 1.5
  private static let framesPerSecond: Float = 10

  /// The largest mean speed over blocks of `width` × `height` cells, in pixels of the picture per frame.
  private func score(_ motion: MotionField, width: Int, height: Int) -> Float {
    let scale =
      ReferencePicture(aspectRatio: Self.aspectRatio).pixelsPerUnit(columns: 128, rows: 128)
      / Self.framesPerSecond
    return WindowSums(columns: motion.columns, rows: motion.rows) { cell in
      let velocity = motion.velocities[cell] * scale
      return (velocity * velocity).sum().squareRoot()
    }.largestMean(window: (columns: width, rows: height))
  }

  private func medians(_ scores: [Float]) -> [Float] {
    var median = TemporalMedian()
    return scores.map { median.add($0) }
  }

  /// The first frame of a clip has no motion; it takes the score of the second.
  private func measure(
    _ source: MotionSource, width: Int, height: Int, clip: (_ name: String, URL) throws -> URL
  ) throws -> (raw: Double, median: Double) {
    let folder = try #require(TestData.url("ucsd_ped2"))
    var (raw, smooth): ([FrameEvaluation.Clip], [FrameEvaluation.Clip]) = ([], [])
    let labels = try FrameLabels(contentsOf: folder.appending(path: "frame_labels.csv")).clips
    for (name, labels) in labels.sorted(by: { $0.key < $1.key }) {
      let url = try clip(name, folder.appending(path: name + ".mp4"))
      let reader = try VideoReader(MediaLocation(file: url), options: ReaderOptions(motion: source))
      var scores: [Float] = []
      while let frame = try reader.next() {
        scores.append(score(try #require(frame.motion), width: width, height: height))
      }
      scores[0] = scores[1]
      raw.append(.init(scores: scores, labels: labels))
      smooth.append(.init(scores: medians(scores), labels: labels))
    }
    let result = (
      100 * (FrameEvaluation(raw).raw?.areaUnderCurve ?? 0),
      100 * (FrameEvaluation(smooth).raw?.areaUnderCurve ?? 0)
    )
    print("UCSD Ped2, \(source), blocks of \(width)×\(height) cells: raw \(result.0), median \(result.1)")
    return result
  }

  /// Blocks of 4×6 cells are 22.5×22.5 pixels of the picture.
  @Test func estimatedMotion() throws {
    let area = try measure(.estimated, width: 4, height: 6) { $1 }
    #expect(area.raw >= 96.5 && area.median >= 97.5)
  }

  /// Coded again as cameras do. Blocks of 6×9 cells are 33.75×33.75 pixels.
  @Test func vectorsOfACamera() throws {
    let folder = try TemporaryFolder()
    let area = try measure(.codecOrEstimated, width: 6, height: 9) { name, url in
      let copy = folder.url.appending(path: name.replacing("/", with: "-") + ".mp4")
      let ffmpeg = Process()
      ffmpeg.executableURL = URL(filePath: "/usr/bin/env")
      ffmpeg.arguments =
        ["ffmpeg", "-v", "error", "-i", url.path, "-c:v", "libx264", "-bf", "0", "-refs", "1", copy.path]
      ffmpeg.standardInput = FileHandle.nullDevice
      try ffmpeg.run()
      ffmpeg.waitUntilExit()
      return copy
    }
    #expect(area.raw >= 93 && area.median >= 94.5)
  }
}
