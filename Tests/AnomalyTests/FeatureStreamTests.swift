import Anomaly
import Decode
import Testing

/// Reconstructs everything as black, so that the error is the picture squared, and remembers the cubes it saw.
private final class Black: CubeReconstructor {
  let cubeShape = CubeShape(frames: 16, height: 32, width: 32)
  /// The level of each frame's first pixel, cube by cube.
  private(set) var cubes: [[Int]] = []

  func reconstruct(_ cube: UnsafeBufferPointer<Float>, into reconstruction: UnsafeMutableBufferPointer<Float>)
  {
    cubes.append((0..<16).map { Int((cube[$0 * cubeShape.pixelsPerFrame] * 255).rounded()) })
    reconstruction.update(repeating: 0)
  }
}

/// Checks that each cube goes on where the last one ended by as much as the stream says.
private final class Follower: CubeReconstructor {
  let cubeShape = CubeShape(frames: 16, height: 32, width: 32)
  private(set) var hops: [Int] = []
  private(set) var breaks = 0
  private var last: [Float] = []

  func reconstruct(_ cube: UnsafeBufferPointer<Float>, into reconstruction: UnsafeMutableBufferPointer<Float>)
  {
    hops.append(16)
    last = Array(cube)
    reconstruction.update(repeating: 0)
  }

  func reconstructNext(
    _ cube: UnsafeBufferPointer<Float>, hop: Int, into reconstruction: UnsafeMutableBufferPointer<Float>
  ) {
    hops.append(hop)
    let shared = (16 - hop) * cubeShape.pixelsPerFrame
    if Array(cube.prefix(shared)) != Array(last.suffix(shared)) { breaks += 1 }
    last = Array(cube)
    // The frames that were asked for and no others.
    for i in shared..<cube.count { reconstruction[i] = 0 }
  }
}

struct FeatureStreamTests {
  private let size = PictureSize(width: 32, height: 32)

  private func plain(_ level: Int) -> GrayPicture {
    GrayPicture(size: size, pixels: [UInt8](repeating: UInt8(level), count: 1024))
  }

  private func stamp(_ index: Int, milliseconds: Int? = nil) -> FrameStamp {
    FrameStamp(index: index, presentationTime: .milliseconds(milliseconds ?? 100 * index))
  }

  @Test(arguments: [1, 3, 5, 8, 16], [0, 15, 16, 17, 23, 24, 33, 64, 71])
  func eachFrameComesOnceAndInOrder(hop: Int, count: Int) throws {
    let black = Black()
    let stream = FeatureStream(reconstructor: black, hop: hop)
    var indices: [Int] = []
    for index in 0..<count {
      let errors = try stream.add(plain(index), stamp: stamp(index))
      indices += errors.map(\.stamp.index)
      // The first cube gives 16 frames and each later one `hop`, as soon as it can.
      #expect(indices.count == (index < 15 ? 0 : 16 + (index - 15) / hop * hop))
    }
    indices += try stream.finish().map(\.stamp.index)
    #expect(indices == Array(0..<(count < 16 ? 0 : count)))
    #expect(stream.unscoredFrameCount == (count < 16 ? count : 0))
    for cube in black.cubes { #expect(cube == Array(cube[0]..<cube[0] + 16)) }
    #expect(black.cubes.map { $0[15] }.last == (count < 16 ? nil : count - 1))
  }

  @Test func aPauseStartsAnewAndNoCubeSpansIt() throws {
    let black = Black()
    let stream = FeatureStream(reconstructor: black)
    var errors: [FrameFeatures] = []
    for index in 0..<20 { errors += try stream.add(plain(index), stamp: stamp(index)) }
    for index in 20..<40 {
      errors += try stream.add(plain(index), stamp: stamp(index, milliseconds: 60_000 + 100 * index))
    }
    errors += try stream.finish()
    #expect(errors.map(\.stamp.index) == Array(0..<40))
    #expect(errors.filter(\.startsSegment).map(\.stamp.index) == [0, 20])
    #expect(black.cubes.map { [$0[0], $0[15]] } == [[0, 15], [4, 19], [20, 35], [24, 39]])
  }

  @Test func cubesGoOnWhereTheLastEnded() throws {
    let follower = Follower()
    let stream = FeatureStream(reconstructor: follower)
    for index in 0..<37 { _ = try stream.add(plain(index), stamp: stamp(index)) }
    for index in 37..<61 {
      _ = try stream.add(plain(index), stamp: stamp(index, milliseconds: 60_000 + 100 * index))
    }
    _ = try stream.finish()
    // 32 frames by whole hops, 5 more when the pause comes; then a segment of its own.
    #expect(follower.hops == [16, 8, 8, 5, 16, 8])
    #expect(follower.breaks == 0)
  }

  @Test func unevenFramesAreNoPause() throws {
    let stream = FeatureStream(reconstructor: Black())
    var errors: [FrameFeatures] = []
    for index in 0..<32 {
      errors += try stream.add(
        plain(index), stamp: stamp(index, milliseconds: 100 * index + 60 * (index % 2)))
    }
    #expect(errors.filter(\.startsSegment).map(\.stamp.index) == [0])
  }

  @Test func damagedFramesCountAsTheLastIntactOneForAHop() throws {
    let black = Black()
    let stream = FeatureStream(reconstructor: black, hop: 4)
    for index in 0..<16 {
      _ = try stream.add(plain(index), stamp: stamp(index), isDamaged: (6..<12).contains(index))
    }
    #expect(black.cubes == [[0, 1, 2, 3, 4, 5, 5, 5, 5, 5, 10, 11, 12, 13, 14, 15]])
  }

  @Test func anotherSizeIsRefused() throws {
    let stream = FeatureStream(reconstructor: Black())
    let picture = GrayPicture(
      size: PictureSize(width: 16, height: 64), pixels: [UInt8](repeating: 0, count: 1024))
    let error = try #require(throws: AnomalyError.self) { try stream.add(picture, stamp: stamp(7)) }
    #expect(error.description.contains("frame 7 is 16×64"))
  }

  @Test func windowsOverlapAndAreCutAtTheBorder() throws {
    // One white pixel at (12, 4): inside the windows of columns 1 (4…19) and, past its edge 12, column 2 (12…27).
    var pixels = [UInt8](repeating: 0, count: 1024)
    pixels[4 * 32 + 12] = 255
    let picture = GrayPicture(size: size, pixels: pixels)
    let stream = FeatureStream(reconstructor: Black())
    var errors: [FrameFeatures] = []
    for index in 0..<16 { errors += try stream.add(picture, stamp: stamp(index)) }
    guard case .maps(let maps) = try #require(errors.first).content else {
      Issue.record("no map")
      return
    }
    // Row 0 has the windows 0…11, cut to 12 rows; row 1 has 4…19.
    var expected = [Float](repeating: 0, count: 16)
    expected[1] = 1 / Float(12 * 16)
    expected[2] = 1 / Float(12 * 16)
    expected[5] = 1 / Float(16 * 16)
    expected[6] = 1 / Float(16 * 16)
    for (value, expectedValue) in zip(maps.appearance.values, expected) {
      #expect(abs(value - expectedValue) < 1e-9)
    }
  }

  @Test func anObjectOfACellsSizeIsSeenWholeWhereverItStands() throws {
    for x in stride(from: 0, through: 24, by: 3) {
      var pixels = [UInt8](repeating: 0, count: 1024)
      for row in 5..<13 { for column in x..<x + 8 { pixels[row * 32 + column] = 255 } }
      let stream = FeatureStream(reconstructor: Black())
      var errors: [FrameFeatures] = []
      for index in 0..<16 {
        errors += try stream.add(GrayPicture(size: size, pixels: pixels), stamp: stamp(index))
      }
      guard case .maps(let maps) = try #require(errors.first).content else {
        Issue.record("no map")
        return
      }
      #expect(try #require(maps.appearance.values.max()) >= 64 / 256)
    }
  }
}
