import Decode
import Testing

@Suite struct BoxTests {
  @Test func overlapIsSharedAreaOverArea() {
    let left = Box(x: 0, y: 0, width: 0.4, height: 0.5)
    let right = Box(x: 0.2, y: 0, width: 0.4, height: 0.5)
    #expect(abs(left.intersectionOverUnion(right) - 1.0 / 3) < 1e-12)
    #expect(left.intersectionOverUnion(Box(x: 0.4, y: 0, width: 0.4, height: 0.5)) == 0)
    #expect(left.intersectionOverUnion(left) == 1)
  }
}
