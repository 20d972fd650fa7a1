import Decode
import ReID
import Testing

@Suite struct DetectionTests {
  @Test func detectionsAreEqualWhereBoxAndScoreAre() {
    let box = Box(x: 0, y: 0, width: 0.1, height: 0.2)
    #expect(Detection(box: box, score: 0.5) == Detection(box: box, score: 0.5))
    #expect(Detection(box: box, score: 0.5) != Detection(box: box, score: 0.6))
  }
}
