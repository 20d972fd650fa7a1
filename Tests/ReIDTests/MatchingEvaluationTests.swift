import ReID
import Testing

@Suite struct MatchingEvaluationTests {
  private func sample(_ identity: String, _ camera: String, _ angle: Float) -> MatchingEvaluation.Sample {
    // On a quarter circle, so that similarity falls with the difference of angles.
    let x = 1 - angle * angle
    return .init(vector: [x, (1 - x * x).squareRoot()], identity: identity, camera: camera)
  }

  /// a is found first, b second (c is nearer), c third.
  private var three: [MatchingEvaluation.Sample] {
    [
      sample("a", "A", 0.1), sample("b", "A", 0.5), sample("c", "A", 0.9),
      sample("a", "B", 0.12), sample("b", "B", 0.7), sample("c", "B", 0.45),
    ]
  }

  @Test func ranksAreThoseCountedByHand() throws {
    let matching = try MatchingEvaluation(three, seed: 1, source: "labels")
    // a: 0.12 is nearest. b (0.5): 0.45 of c is nearer than 0.7. c (0.9): 0.7 of b is nearer than 0.45.
    #expect(matching.matchRates.count == 3)
    #expect(abs(matching.rank(1) - 1.0 / 3) < 1e-12)
    #expect(matching.rank(2) == 1)
    #expect(matching.rank(20) == 1)
    #expect(abs(matching.meanAveragePrecision - (1 + 0.5 + 0.5) / 3) < 1e-12)
    #expect(matching.probeCount == 3 && matching.galleryCount == 3)
  }

  @Test func precisionIsAveragedOverAllPicturesOfAPerson() throws {
    let matching = try MatchingEvaluation(
      three + [sample("a", "B", 0.95)], seed: 1, source: "labels")
    // Of a's two pictures the first is found first and the second last of four: (1 + 2/4) / 2. For c the stray picture of a
    // comes first: 1/3.
    #expect(abs(matching.meanAveragePrecision - (0.75 + 0.5 + 1.0 / 3) / 3) < 1e-12)
  }

  @Test func oneInAHundredStrangersIsMoreAlike() throws {
    // Ten people seen once by each camera: 90 pairs of strangers, of which the most alike but one counts.
    let people = (0..<10).flatMap { person in
      ["A", "B"].map { sample("\(person)", $0, Float(person) / 10 + ($0 == "A" ? 0 : 0.01)) }
    }
    let matching = try MatchingEvaluation(people, seed: 1, source: "")
    let probes = people.filter { $0.camera == "A" }
    let pairs = probes.flatMap { probe in
      people.filter { $0.camera == "B" && $0.identity != probe.identity }
        .map { zip(probe.vector, $0.vector).reduce(Float(0)) { $0 + $1.0 * $1.1 } }
    }.sorted()
    #expect(pairs.count == 90)
    #expect(matching.strangerSimilarity == pairs[89])
  }

  @Test func equalVectorsTellNobodyApart() throws {
    let same = ["a", "b", "c", "d"].flatMap { [sample($0, "A", 0.3), sample($0, "B", 0.3)] }
    let matching = try MatchingEvaluation(same, seed: 1, source: "labels")
    #expect(matching.rank(3) == 0)
    #expect(matching.rank(4) == 1)
  }

  @Test func rankOneIsAveragedOverTwentyGalleries() throws {
    // Of a's two pictures one is found first and one last; b's is always found first.
    let samples = [
      sample("a", "A", 0.1), sample("b", "A", 0.5), sample("a", "B", 0.12), sample("a", "B", 0.9),
      sample("b", "B", 0.5),
    ]
    let rates = try (1...8).map { try MatchingEvaluation(samples, seed: $0, source: "").rank(1) }
    // Each of twenty galleries has one or the other: half of the probes always, the other half k times of twenty.
    for rate in rates {
      let hits = (rate - 0.5) * 40
      #expect(abs(hits - hits.rounded()) < 1e-9 && hits > 1 && hits < 19, "\(rate)")
    }
    #expect(Set(rates).count > 1)
  }

  @Test func galleriesComeFromTheSeed() throws {
    var g = SystemRandomNumberGenerator()
    let samples = (0..<20).flatMap { person in
      ["A", "B", "B", "B"].map { sample("\(person)", $0, Float.random(in: 0...1, using: &g)) }
    }
    let first = try MatchingEvaluation(samples, seed: 7, source: "").matchRates
    #expect(try MatchingEvaluation(samples, seed: 7, source: "").matchRates == first)
  }

  @Test func peopleSeenByOneCameraAreNoProbes() throws {
    let matching = try MatchingEvaluation(
      three + [sample("only A", "A", 0.2), sample("only B", "B", 0.2)], seed: 1, source: "")
    #expect(matching.probeCount == 3)
    #expect(matching.galleryCount == 4)
  }

  @Test func oneCameraOrOnePersonIsRefused() {
    let oneCamera = [sample("a", "A", 0), sample("b", "A", 0.5)]
    let onePerson = [sample("a", "A", 0), sample("a", "B", 0.5)]
    let strangers = [sample("a", "A", 0), sample("b", "B", 0.5)]
    for samples in [oneCamera, onePerson, strangers] {
      #expect(throws: ReIDError.self) { try MatchingEvaluation(samples, seed: 1, source: "x.csv") }
    }
  }
}

@Suite struct CropLabelsTests {
  @Test func columnsMayStandInAnyOrder() throws {
    let labels = try CropLabels(
      parsing: "camera,split,file,index,identity\nA,x,1.jpg,0,bob\n\nB,y, 2.jpg ,1,ann\n", file: "l.csv")
    #expect(labels.crops.map(\.file) == ["1.jpg", "2.jpg"])
    #expect(labels.crops.map(\.identity) == ["bob", "ann"])
    #expect(labels.crops.map(\.camera) == ["A", "B"])
    #expect(labels.identities == ["ann", "bob"])
    #expect(labels.keepingLast(1).crops.map(\.identity) == ["bob"])
  }

  @Test(arguments: [
    ("", 1), ("file,identity,camera\n", 1), ("file,identity,camera,index\na.jpg,x,A\n", 2),
    ("file,identity,camera,index\na.jpg,x,A,first\n", 2), ("file,identity,camera,index\n,x,A,0\n", 2),
    ("file,identity,camera,index\na.jpg,x,A,0\na.jpg,y,A,0\n", 3),
  ])
  func whatIsWrongIsSaidWithItsLine(text: String, line: Int) {
    #expect {
      try CropLabels(parsing: text, file: "l.csv")
    } throws: { error in
      guard case ReIDError.labels(_, let found, _) = error else { return false }
      return found == line
    }
  }

  @Test func everyNthPersonIsHeldBackWhereThatIsEnough() throws {
    let lines = (0..<20).map { "\($0).jpg,p\($0 < 10 ? "0" : "")\($0),A,0" }.joined(separator: "\n")
    let labels = try CropLabels(parsing: "file,identity,camera,index\n" + lines, file: "l.csv")
    let (others, heldBack) = labels.holdingBack(everyNth: 5)
    #expect(heldBack?.identities == ["p04", "p09", "p14", "p19"])
    #expect(others.identities.count == 16)
    let none = labels.holdingBack(everyNth: 6)
    #expect(none.heldBack == nil && none.others == labels)
  }

  @Test func peopleOfOnePictureCanBeLeftOut() throws {
    let lines = ["1.jpg,a,A,0", "2.jpg,b,A,0", "3.jpg,a,B,0", "4.jpg,c,B,0"].joined(separator: "\n")
    let labels = try CropLabels(parsing: "file,identity,camera,index\n" + lines, file: "l.csv")
    #expect(labels.keepingSeveral().crops.map(\.file) == ["1.jpg", "3.jpg"])
  }

  @Test func aFileWithoutPicturesIsRefused() {
    #expect(throws: ReIDError.tooFewLabels(file: "l.csv", reason: "labels no picture")) {
      try CropLabels(parsing: "file,identity,camera,index\n", file: "l.csv")
    }
  }
}
