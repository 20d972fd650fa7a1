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
    var frames: [(GrayPicture, FrameStamp)] = []
    while let frame = try reader.next() {
      frames.append((frame.gray, FrameStamp(index: frame.index, presentationTime: frame.presentationTime)))
    }
    let reconstructor = TemporalMean()
    let stream = FrameErrorStream(reconstructor: reconstructor)
    var builder = CalibrationBuilder(grid: stream.grid)
    for (picture, stamp) in frames[..<(frames.count / 2)] {
      for error in try stream.add(picture, stamp: stamp) { builder.add(error) }
    }
    let scorer = try FrameScorer(reconstructor: reconstructor, calibration: builder.calibration())
    var detector = EventDetector()
    var updates: [EventUpdate] = []
    for (picture, stamp) in frames[(frames.count / 2)...] {
      for frame in try scorer.add(picture, stamp: stamp) { updates += detector.add(frame) }
    }
    for frame in try scorer.finish() { updates += detector.add(frame) }
    #expect(updates.isEmpty)
    #expect(scorer.unscoredFrameCount == 0)
  }
}
