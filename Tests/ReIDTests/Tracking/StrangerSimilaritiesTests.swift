import Testing

@testable import ReID

@Suite struct StrangerSimilaritiesTests {
  @Test func oneInAHundredIsMoreAlike() {
    var strangers = StrangerSimilarities()
    #expect(strangers.exceptional == nil)
    strangers.note(0.3)
    strangers.note(0.5)
    strangers.note(0.4)
    #expect(strangers.exceptional == 0.5)
    for _ in 0..<97 { strangers.note(0.1) }
    // The largest of a hundred; with a hundred more, the second largest of two hundred.
    #expect(strangers.exceptional == 0.5)
    for _ in 0..<100 { strangers.note(0.1) }
    #expect(strangers.exceptional == 0.4)
  }

  @Test func whatIsLongAgoNoLongerCounts() {
    var strangers = StrangerSimilarities()
    for _ in 0..<3 { strangers.note(0.9) }
    for _ in 0..<255 { strangers.note(0.2) }
    #expect(strangers.exceptional == 0.2)
    strangers = StrangerSimilarities()
    for _ in 0..<3 { strangers.note(0.9) }
    for _ in 0..<253 { strangers.note(0.2) }
    #expect(strangers.exceptional == 0.9)
    strangers.note(0.2)
    #expect(strangers.exceptional == 0.2)
  }
}
