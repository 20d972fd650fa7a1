import Decode
import Foundation
import TestKit
import Testing

/// The files that a robust reader meets: what each must give, as its README documents it.
@Suite(.enabled(if: TestData.has("videos/odd"))) struct OddFileTests {
  private func location(_ name: String) throws -> MediaLocation {
    MediaLocation(file: try #require(TestData.url("videos/odd/\(name)")))
  }

  private struct Reading {
    var frames: [Frame] = []
    var info: MediaInfo
    var losses: MediaLosses
    var times: [Double] { frames.map { $0.presentationTime / .seconds(1) } }
  }

  private func read(_ name: String) throws -> Reading {
    let reader = try VideoReader(location(name))
    var reading = Reading(info: reader.info, losses: reader.losses)
    while let frame = try reader.next() { reading.frames.append(frame) }
    #expect(try reader.next() == nil, "the end is the end")
    reading.losses = reader.losses
    return reading
  }

  private func error(_ name: String) throws -> DecodeError {
    let location = try location(name)
    return try #require(throws: DecodeError.self) {
      let reader = try VideoReader(location)
      while try reader.next() != nil {}
    }
  }

  @Test(arguments: [
    "base.mp4", "faststart.mp4", "gray.mp4", "interlaced.mpg", "odd_319x237.mkv", "raw.h264", "raw.mjpeg",
    "rotated90_meta.mp4", "stream.ts", "tenbit.mp4", "tenbit_hevc.mp4", "tiny_17x13.mkv",
    "two_video_streams.mkv",
  ]) func sixtyFramesInSixSeconds(name: String) throws {
    let reading = try read(name)
    #expect(reading.frames.map(\.index) == Array(0..<60))
    for (index, time) in reading.times.enumerated() { #expect(abs(time - Double(index) / 10) < 0.002) }
    #expect(reading.losses.summary == nil)
    #expect(
      reading.frames.allSatisfy { !$0.isDamaged && $0.gray.size == PictureSize(width: 128, height: 128) })
    #expect(Set(reading.frames.map(\.gray)).count > 50, "the pictures move")
  }

  @Test func theSamePicturesWhereverTheIndexStands() throws {
    #expect(try read("base.mp4").frames.map(\.gray) == read("faststart.mp4").frames.map(\.gray))
  }

  @Test(arguments: [("one_frame.mp4", 1), ("five_frames.mp4", 5)]) func shortClips(name: String, count: Int)
    throws
  {
    let reading = try read(name)
    #expect(reading.frames.count == count)
    #expect(reading.losses.summary == nil)
  }

  @Test func variableFrameRate() throws {
    let times = try read("vfr.mp4").times
    #expect(times.count == 60)
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
    #expect(abs((times.last ?? 0) - 11.0) < 0.001, "time runs by the timestamps, not by 60 frames at a rate")
    #expect(zip(times, times.dropFirst()).filter { $1 - $0 > 0.4 }.count >= 19, "gaps stay")
  }

  @Test func variableFrameRateAtTheAnalysisRate() throws {
    let reader = try VideoReader(location("vfr.mp4"), options: ReaderOptions(analysisFramesPerSecond: 2))
    var times: [Double] = []
    while let frame = try reader.next() { times.append(frame.presentationTime / .seconds(1)) }
    #expect(times.count == 23, "two per second over 11 seconds")
    for (index, time) in times.enumerated() { #expect(abs(time - Double(index) / 2) < 0.35) }
  }

  @Test func rotation() throws {
    let (turned, plain) = (try read("rotated90_meta.mp4"), try read("base.mp4"))
    #expect(turned.info.size == PictureSize(width: 240, height: 320))
    let size = 128
    let (upright, coded) = (turned.frames[30].gray.pixels, plain.frames[30].gray.pixels)
    // The matrix is FFmpeg's "rotate by 90": a quarter turn counter-clockwise on the screen, or clockwise.
    let clockwise = (0..<size * size).map { Int(coded[(size - 1 - $0 % size) * size + $0 / size]) }
    let counter = (0..<size * size).map { Int(coded[($0 % size) * size + (size - 1 - $0 / size)]) }
    let distances = [clockwise, counter].map { candidate in
      zip(candidate, upright).map { abs($0 - Int($1)) }.reduce(0, +) / upright.count
    }
    #expect(distances.min() ?? 255 <= 1, "\(distances)")
    let color = try turned.frames[0].colorPicture()
    #expect(color.size == PictureSize(width: 240, height: 320))
  }

  @Test func twoVideoStreams() throws {
    let info = try read("two_video_streams.mkv").info
    #expect(info.videoStreamCount == 2)
    #expect(info.videoStream == 0)
    #expect(info.description.contains("video stream 1 of 2"))
  }

  @Test func elementaryStreamsTakeTheConfiguredRate() throws {
    for name in ["raw.h264", "raw.mjpeg"] {
      let reader = try VideoReader(location(name), options: ReaderOptions(fallbackFramesPerSecond: 4))
      #expect(!reader.info.hasTimestamps)
      #expect(reader.info.framesPerSecond == 4)
      #expect(reader.info.duration == nil)
      while try reader.next() != nil {}
      #expect(reader.position == .seconds(59) / 4)
    }
  }

  @Test func pictureSizeChangesInMidStream() throws {
    let reading = try read("size_change.mjpeg")
    #expect(reading.frames.count == 70)
    #expect(reading.losses.sizeChanges == 2)
    #expect(
      reading.frames.map(\.fullSize.width) == Array(repeating: 160, count: 30)
        + Array(repeating: 320, count: 30) + Array(repeating: 200, count: 10))
    #expect(try reading.frames[65].colorPicture().size == PictureSize(width: 200, height: 150))
  }

  @Test func damagedData() throws {
    let flipped = try read("bitflips.mp4")
    #expect(flipped.frames.count == 56)
    #expect(flipped.losses.undecodablePackets == 4)
    #expect(flipped.losses.damagedFrames == flipped.frames.count { $0.isDamaged })
    #expect(flipped.losses.damagedFrames > 0)
    #expect(!flipped.losses.isTruncated)

    let lost = try read("ts_lost_packets.ts")
    #expect(lost.frames.count == 56)
    #expect(lost.losses.damagedFrames > 0)
    #expect(lost.times.last == 5.9, "lost frames leave gaps, and the others their time")
  }

  @Test func truncatedFiles() throws {
    for (name, count, announced) in [("truncated.avi", 130, 795), ("truncated_faststart.mp4", 12, 60)] {
      let reading = try read(name)
      #expect(reading.frames.count == count)
      #expect(
        reading.losses.truncation == "the file is cut off: \(count) of \(announced) frames could be read")
    }
  }

  @Test func aKnownBadAVI() throws {
    let reading = try read("real_Megamind_bugy.avi")
    #expect(reading.frames.count == 270)
    #expect(abs((reading.times.last ?? 0) - 269.0 / 30) < 0.05)
  }

  @Test(arguments: [
    ("zero_bytes.mp4", DecodeError.Kind.unreadable, "empty"),
    ("text.mp4", .unreadable, "neither a video nor a picture"),
    ("random.avi", .unreadable, "neither a video nor a picture"),
    ("truncated_no_moov.mp4", .unreadable, "cut off"),
    ("audio_only.mp4", .noVideo, "no video stream, only audio (aac)"),
  ]) func unusableFiles(name: String, kind: DecodeError.Kind, words: String) throws {
    let error = try error(name)
    #expect(error.kind == kind)
    #expect(error.description.contains(name) && error.description.contains(words), "\(error)")
  }
}
