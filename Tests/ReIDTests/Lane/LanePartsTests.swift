import Decode
import TestKit
import Testing

@testable import ReID

@Suite struct PersonPathTests {
  private func point(_ index: Int) -> PathPoint {
    PathPoint(
      time: .milliseconds(200 * index), box: Box(x: Double(index) * 1e-5, y: 0, width: 0.1, height: 0.2))
  }

  @Test(arguments: [1, 8, 9, 17, 100, 5000]) func aPathIsBoundedEvenAndWhole(_ count: Int) {
    var path = PersonPath(limit: 8)
    for index in 0..<count { path.append(point(index)) }
    #expect(path.points.count <= 8)
    #expect(path.points.count >= min(count, 4))
    #expect(path.points.first == point(0))
    #expect(path.points.last == point(count - 1))
    let gaps = zip(path.points, path.points.dropFirst()).map { $1.time - $0.time }
    #expect(gaps.allSatisfy { $0 > .zero })
    // But for the last, which is wherever they are now.
    if let longest = gaps.dropLast().max(), let shortest = gaps.dropLast().min() {
      #expect(longest <= shortest * 2)
    }
  }

  @Test func betweenTwoPointsTheBoxIsBetween() {
    var path = PersonPath()
    path.append(PathPoint(time: .seconds(1), box: Box(x: 0.2, y: 0.2, width: 0.1, height: 0.2)))
    path.append(PathPoint(time: .seconds(2), box: Box(x: 0.4, y: 0.2, width: 0.3, height: 0.2)))
    #expect(path.box(at: .seconds(1.5)).map { abs($0.x - 0.3) < 1e-9 && abs($0.width - 0.2) < 1e-9 } == true)
    #expect(path.box(at: .seconds(1))?.x == 0.2)
    #expect(path.box(at: .seconds(2))?.x == 0.4)
    #expect(path.box(at: .seconds(0.9)) == nil)
    #expect(path.box(at: .seconds(2.1)) == nil)
  }
}

@Suite struct BestCropsTests {
  private func crop(_ seconds: Double, _ quality: Double) -> PersonCrop {
    PersonCrop(
      time: .seconds(seconds), box: .wholePicture, quality: quality,
      picture: ColorPicture(size: PictureSize(width: 1, height: 1), pixels: [0, 0, 0]))
  }

  @Test func theBestOfEachMomentAreKept() {
    var crops = BestCrops(limit: 2, spacing: .seconds(1))
    crops.add(crop(0, 0.5))
    crops.add(crop(0.5, 0.4))
    #expect(crops.crops.map(\.quality) == [0.5])
    crops.add(crop(0.5, 0.6))
    #expect(crops.crops.map(\.quality) == [0.6])
    crops.add(crop(3, 0.2))
    crops.add(crop(6, 0.3))
    #expect(crops.crops.map(\.quality) == [0.6, 0.3])
    crops.add(crop(9, 0.1))
    #expect(crops.crops.map(\.quality) == [0.6, 0.3])
    #expect(crops.best?.quality == 0.6)
    #expect(!crops.accepts(quality: 0.3, at: .seconds(6)))
  }

  @Test func theMeanIsWeightedByQuality() throws {
    var crops = BestCrops(limit: 2, spacing: .seconds(1))
    #expect(try crops.embedding() == nil)
    crops.add(crop(0, 0.3))
    crops.add(crop(2, 0.4))
    crops.crops[0].embedding = try Embedding([1, 0], model: "m")
    #expect(try crops.embedding() == nil)
    crops.crops[1].embedding = try Embedding([0, 1], model: "m")
    let mean = try #require(try crops.embedding()).values
    #expect(abs(mean[0] - 0.6) < 1e-6 && abs(mean[1] - 0.8) < 1e-6)
  }

  @Test func cropsAreScaledDownAndNeverUp() {
    let picture = ColorPicture(
      size: PictureSize(width: 1000, height: 800), pixels: Array(repeating: 9, count: 2_400_000))
    func size(_ width: Double, _ height: Double) -> PictureSize {
      PersonCrop.cut(Box(x: 0, y: 0, width: width, height: height), from: picture).size
    }
    #expect(size(0.2, 0.5) == PictureSize(width: 80, height: 160))
    #expect(size(0.05, 0.1) == PictureSize(width: 50, height: 80))
    #expect(size(1, 0.1) == PictureSize(width: 128, height: 10))
    #expect(size(1e-9, 1e-9) == PictureSize(width: 1, height: 1))
  }
}

@Suite struct DetectionZonesTests {
  @Test func aPolygonContainsWhatIsInside() throws {
    // An L.
    let region = try PictureRegion(corners: [[0, 0], [0.5, 0], [0.5, 0.5], [1, 0.5], [1, 1], [0, 1]])
    #expect(region.contains([0.25, 0.25]))
    #expect(region.contains([0.75, 0.75]))
    #expect(!region.contains([0.75, 0.25]))
    #expect(!region.contains([1.1, 0.75]))
  }

  @Test func whatIsNoPartOfThePictureIsRefused() {
    #expect(throws: ReIDError.self) { try PictureRegion(corners: [[0, 0], [1, 1]]) }
    #expect(throws: ReIDError.self) { try PictureRegion("0,0 0.5,0.5 1,1") }
    #expect(throws: ReIDError.self) { try PictureRegion("0.5,0.5 0.5,0.5 0.5,0.5") }
    for text in ["", "0,0", "0,0 1,0 1", "0,0 1,0 1,x", "0,0 1,0 1,1,1", "0,0 1,0 1,nan"] {
      #expect(throws: ReIDError.self, "\(text)") { try PictureRegion(text) }
    }
    #expect(throws: ReIDError.self) { try PictureRegion(corners: [[0, 0], [1, 1], [1.2, 0]]) }
    #expect(throws: ReIDError.self) { try PictureRegion(corners: [[0, 0], [1, 1], [.nan, 0]]) }
  }

  @Test func aPolygonIsReadFromText() throws {
    let region = try PictureRegion("0,0.5 1,0.5  1,1 0,1")
    #expect(region.corners == [[0, 0.5], [1, 0.5], [1, 1], [0, 1]])
    #expect(try PictureRegion(region.description) == region)
  }

  @Test func feetOnTheLowerEdgeAreInAZoneThatReachesIt() throws {
    let zones = DetectionZones(zones: [try PictureRegion(.wholePicture)])
    #expect(zones.contain(Box(x: 0.4, y: 0.8, width: 0.1, height: 0.2)))
    #expect(zones.contain(Box(x: 0.4, y: 0.8, width: 0.1, height: 0.4)))
    #expect(DetectionZones().contain(Box(x: 0, y: 0, width: 0.1, height: 0.1)))
  }
}
