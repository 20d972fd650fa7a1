import Foundation
import TestKit
import Testing

@testable import Decode

/// How well motion alone, with nothing learned, tells the anomalous frames of UCSD Ped2: the floor under every network.
@Suite(.enabled(if: TestData.has("ucsd_ped2"))) struct MotionFloorTests {
  private struct Clip {
    let name: String
    let url: URL
    let labels: [Bool]
  }

  private func clips() throws -> [Clip] {
    let folder = try #require(TestData.url("ucsd_ped2"))
    let table = try String(contentsOf: folder.appending(path: "frame_labels.csv"), encoding: .utf8)
    var labels: [String: [Bool]] = [:]
    for line in table.split(separator: "\n").dropFirst() {
      let fields = line.split(separator: ",")
      labels[String(fields[0]), default: []].append(fields[2] == "1")
    }
    return labels.keys.sorted().map {
      Clip(name: $0, url: folder.appending(path: $0 + ".mp4"), labels: labels[$0] ?? [])
    }
  }

  /// The largest mean speed over blocks of `width` × `height` cells, in pixels of the 360×240 picture per frame of 0.1 s.
  private func score(_ motion: MotionField, width: Int, height: Int) -> Float {
    let scale = SIMD2<Float>(360.0 / 128, 240.0 / 128) / 10
    var sums = [Float](repeating: 0, count: (motion.columns + 1) * (motion.rows + 1))
    let line = motion.columns + 1
    for row in 0..<motion.rows {
      for column in 0..<motion.columns {
        let speed = (motion.velocities[row * motion.columns + column] * scale).length
        sums[(row + 1) * line + column + 1] =
          speed + sums[row * line + column + 1] + sums[(row + 1) * line + column] - sums[row * line + column]
      }
    }
    var best: Float = 0
    for row in 0...(motion.rows - height) {
      for column in 0...(motion.columns - width) {
        let (top, bottom) = (row * line + column, (row + height) * line + column)
        best = max(best, sums[bottom + width] - sums[bottom] - sums[top + width] + sums[top])
      }
    }
    return best / Float(width * height)
  }

  private func medians(_ scores: [Float]) -> [Float] {
    scores.indices.map { index in
      let window = scores[max(0, index - 4)...index].sorted()
      return (window[(window.count - 1) / 2] + window[window.count / 2]) / 2
    }
  }

  /// The chance that an anomalous frame scores above a normal one, in per cent.
  private func areaUnderCurve(_ scores: [Float], _ labels: [Bool]) -> Double {
    let normal = zip(scores, labels).filter { !$0.1 }.map(\.0).sorted()
    let anomalous = zip(scores, labels).filter(\.1).map(\.0)
    func below(_ score: Float, orEqual: Bool) -> Int {
      var (low, high) = (0, normal.count)
      while low < high {
        let middle = (low + high) / 2
        if orEqual ? normal[middle] <= score : normal[middle] < score {
          low = middle + 1
        } else {
          high = middle
        }
      }
      return low
    }
    let wins = anomalous.reduce(0) { $0 + below($1, orEqual: false) + below($1, orEqual: true) }
    return 50 * Double(wins) / (Double(normal.count) * Double(anomalous.count))
  }

  /// The first frame of a clip has no motion; it takes the score of the second.
  private func measure(
    _ source: MotionSource, width: Int, height: Int, clip: (Clip) throws -> URL
  ) throws -> (raw: Double, median: Double) {
    var raw: [Float] = []
    var smooth: [Float] = []
    var labels: [Bool] = []
    for entry in try clips() {
      let frames = try SyntheticMotion.frames(
        of: MediaLocation(file: clip(entry)), ReaderOptions(motion: source))
      var scores = try frames.map { score(try #require($0.motion), width: width, height: height) }
      scores[0] = scores[1]
      #expect(scores.count == entry.labels.count)
      raw += scores
      smooth += medians(scores)
      labels += entry.labels
    }
    let result = (areaUnderCurve(raw, labels), areaUnderCurve(smooth, labels))
    print("UCSD Ped2, \(source), blocks of \(width)×\(height) cells: raw \(result.0), median \(result.1)")
    return result
  }

  /// Blocks of 4×6 cells are 22.5×22.5 pixels of the picture.
  @Test func estimatedMotion() throws {
    let area = try measure(.estimated, width: 4, height: 6) { $0.url }
    #expect(area.raw >= 95.5 && area.median >= 96)
  }

  /// Coded again as cameras do. Blocks of 6×9 cells are 33.75×33.75 pixels.
  @Test(.enabled(if: FFmpegCommand.isInstalled)) func vectorsOfACamera() throws {
    let folder = try ScratchFolder()
    let area = try measure(.codecOrEstimated, width: 6, height: 9) { clip in
      let url = folder.url.appending(path: clip.name.replacing("/", with: "-") + ".mp4")
      try FFmpegCommand.run(
        ["ffmpeg", "-v", "error", "-i", clip.url.path, "-c:v", "libx264", "-bf", "0", "-refs", "1", url.path])
      return url
    }
    #expect(area.raw >= 93 && area.median >= 94.5)
  }
}
