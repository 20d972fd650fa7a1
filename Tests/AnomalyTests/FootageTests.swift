import Anomaly
import Decode
import TestKit
import Testing

/// Real pedestrians, with a reconstructor that learns nothing: what is usual must not alert.
struct FootageTests {
  @Test(.enabled(if: TestData.has("videos/vtest.avi"))) func theSecondHalfOfAnOrdinaryClipIsOrdinary() throws
  {
    let url = try #require(TestData.url("videos/vtest.avi"))
    let reader = try VideoReader(MediaLocation(file: url), options: ReaderOptions())
    let reconstructor = TemporalMean()
    let stream = FeatureStream(reconstructor: reconstructor)
    var builder = CalibrationBuilder(grid: stream.grid)
    while builder.frameCount < 400, let frame = try reader.next() {
      for error in try stream.add(frame) { builder.add(error) }
    }
    let scorer = try FrameScorer(reconstructor: reconstructor, calibration: builder.calibration())
    var detector = EventDetector()
    var updates: [EventUpdate] = []
    var scored = 0
    while let frame = try reader.next() {
      for frame in try scorer.add(frame) {
        updates += detector.add(frame)
        scored += 1
      }
    }
    for frame in try scorer.finish() {
      updates += detector.add(frame)
      scored += 1
    }
    #expect(scored == 795 - 400)
    #expect(updates.isEmpty)
    #expect(scorer.unscoredFrameCount == 0)
  }
}
