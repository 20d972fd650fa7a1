import Anomaly
import Decode
import Testing

/// A synthetic scene through the whole chain: frames → cubes → errors → scores → events.
struct EndToEndTests {
  /// The events of `frameCount` frames, which `picture` draws.
  private func events(
    frameCount: Int, seed: UInt64, picture: (Int, inout SyntheticScene) -> GrayPicture
  ) throws -> (events: [Event], frames: [ScoredFrame]) {
    let calibration = try SyntheticScene.calibration.get()
    let scorer = try FrameScorer(reconstructor: TemporalMean(), calibration: calibration)
    var detector = EventDetector()
    var scene = SyntheticScene(seed: seed)
    var frames: [ScoredFrame] = []
    var updates: [EventUpdate] = []
    for index in 0..<frameCount {
      frames += try scorer.add(picture(index, &scene), stamp: SyntheticScene.stamp(index))
    }
    frames += try scorer.finish()
    for frame in frames { updates += detector.add(frame) }
    updates += detector.finish()
    let closed = updates.compactMap { if case .closed(let event) = $0 { event } else { nil } }
    return (closed, frames)
  }

  @Test(arguments: [2, 3, 4] as [UInt64]) func walkersRaiseNoAlert(seed: UInt64) throws {
    let (events, frames) = try events(frameCount: 1200, seed: seed) { $1.next() }
    #expect(events.isEmpty)
    #expect(frames.map(\.frameIndex) == Array(0..<1200))
    #expect(frames.allSatisfy { !$0.isSceneChange })
  }

  @Test func somethingFastRaisesOneAlertWhereAndWhenItIs() throws {
    let (events, frames) = try events(frameCount: 400, seed: 5) { index, scene in
      guard (200..<224).contains(index) else { return scene.next() }
      let x = Float(10 + 4 * (index - 200))
      return scene.next(extra: .init(x: x, y: 60, width: 14, height: 20, speed: 0, level: 230))
    }
    let event = try #require(events.first)
    #expect(events.count == 1)
    #expect(event.kind == .irregular)
    #expect((Duration.seconds(19.9)...(.seconds(20.8))).contains(event.start))
    #expect((Duration.seconds(20)...(.seconds(22.5))).contains(event.peak))
    #expect((Duration.seconds(22)...(.seconds(23.5))).contains(event.end))
    #expect(event.regularity < event.threshold && event.threshold == 0.5)
    let peak = try #require(frames.first { $0.frameIndex == event.peakFrameIndex })
    #expect(peak.box == event.box && peak.heatMap == event.heatMap)
    let x = Double(10 + 4 * (event.peakFrameIndex - 200) + 7) / 128
    #expect(event.box.x < x && x < event.box.x + event.box.width)
    #expect(event.box.y < 70 / 128.0 && 70 / 128.0 < event.box.y + event.box.height)
    #expect(event.box.width < 0.5 && event.box.height < 0.4)
  }

  @Test(arguments: [(0.35, 0), (1, 60), (1.6, -10)] as [(Float, Float)])
  func aLightSwitchGivesANoteAndNoAlert(gain: Float, offset: Float) throws {
    let (events, frames) = try events(frameCount: 400, seed: 6) { index, scene in
      index < 203 ? scene.next() : scene.next(gain: gain, offset: offset)
    }
    let event = try #require(events.first)
    #expect(events.count == 1)
    #expect(event.kind == .sceneChange)
    #expect(event.start == SyntheticScene.stamp(203).presentationTime)
    #expect(event.end < SyntheticScene.stamp(213).presentationTime)
    #expect(event.box == .wholePicture)
    #expect(frames.map(\.frameIndex) == Array(0..<400))
  }

  @Test func lightsThatDimOverTwoSecondsEndWhenTheyAreStable() throws {
    let (events, _) = try events(frameCount: 400, seed: 7) { index, scene in
      scene.next(gain: 1 - 0.7 * min(1, max(0, Float(index - 200) / 20)))
    }
    #expect(events.map(\.kind) == [.sceneChange])
    let event = try #require(events.first)
    #expect(event.start < SyntheticScene.stamp(210).presentationTime)
    #expect(event.end > SyntheticScene.stamp(215).presentationTime)
    #expect(event.end < SyntheticScene.stamp(232).presentationTime)
  }

  @Test func duskIsNoEvent() throws {
    let (events, _) = try events(frameCount: 400, seed: 7) { index, scene in
      scene.next(gain: 1 - 0.7 * min(1, max(0, Float(index - 100) / 250)))
    }
    #expect(events.isEmpty)
  }

  @Test func somethingBigNearTheCameraIsNoSceneChange() throws {
    let (events, frames) = try events(frameCount: 400, seed: 8) { index, scene in
      guard (200..<230).contains(index) else { return scene.next() }
      let x = Float(-90 + 10 * (index - 200))
      return scene.next(extra: .init(x: x, y: 30, width: 90, height: 98, speed: 0, level: 230))
    }
    #expect(frames.allSatisfy { !$0.isSceneChange })
    #expect(events.map(\.kind) == [.irregular])
  }

  @Test func aKnockedCameraIsASceneChange() throws {
    let (events, _) = try events(frameCount: 300, seed: 9) { index, scene in
      let picture = scene.next()
      guard index >= 200 else { return picture }
      // As if it had turned on its side, to where it is bright.
      let pixels = (0..<128 * 128).map { (pixel: Int) -> UInt8 in
        255 - picture.pixels[pixel % 128 * 128 + pixel / 128]
      }
      return GrayPicture(size: picture.size, pixels: pixels)
    }
    #expect(events.first?.kind == .sceneChange)
  }

  @Test func theSameFramesGiveTheSameScores() throws {
    let runs = try (0..<2).map { _ in try events(frameCount: 200, seed: 10) { $1.next() }.frames }
    #expect(runs[0] == runs[1])
  }
}
