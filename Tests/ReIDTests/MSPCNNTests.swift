import Decode
import Foundation
import Network
import Testing

@testable import ReID

@Suite struct MSPCNNTests {
  private let compute = Compute(threads: 2)

  private func crops(_ count: Int, seed: UInt64) -> Tensor {
    var g = SeededGenerator(seed: seed)
    let shape: Shape = [count, 144, 56, 3]
    return Tensor(shape, (0..<shape.count).map { _ in g.uniform(in: -1...1) })
  }

  /// Table 1 of the paper, layer by layer.
  @Test func sizesAreThoseOfThePaper() throws {
    let network = MSPCNN(seed: 1)
    var x = try network.stem(crops(1, seed: 1), on: compute)
    #expect(x.shape == [1, 72, 28, 16])
    let table: [Shape] = [
      [1, 72, 28, 128], [1, 36, 14, 192], [1, 36, 14, 256], [1, 18, 7, 384], [1, 18, 7, 512], [1, 9, 4, 768],
      [1, 1, 1, 768],
    ]
    for (layer, shape) in zip(network.body.layers, table) {
      x = try layer(x, on: compute)
      #expect(x.shape == shape)
    }
    #expect(network.body.layers.count == table.count)
    #expect(try network.head(x, on: compute).shape == [1, 1, 1, 256])
  }

  /// "≈1.78 M weights, excluding BN": and the dense layer's.
  @Test func weightsAreAsManyAsThePaperHas() {
    let weights = MSPCNN(seed: 1).namedParameters.filter { $0.parameter.decays }
    let count = weights.reduce(0) { $0 + $1.parameter.value.count }
    #expect((1_750_000...1_800_000).contains(count), "\(count)")
  }

  @Test func frozenNetworkGivesTheSame() throws {
    let network = MSPCNN(seed: 2)
    let batch = crops(3, seed: 2)
    // Running statistics that are not those of fresh layers.
    _ = try network.head.forward(
      network.body.forward(network.stem.forward(batch, on: compute), on: compute), on: compute)
    let whole = try network.head(network.body(network.stem(batch, on: compute), on: compute), on: compute)
    let frozen = try network.frozen()(batch, on: compute)
    let scale = whole.values.reduce(0) { max($0, abs($1)) }
    #expect(scale > 0)
    #expect(zip(whole.values, frozen.values).allSatisfy { abs($0 - $1) < 1e-4 * scale })
  }

  @Test func modelFilesKeepEverything() throws {
    let model = EmbedderModel(
      network: MSPCNN(seed: 3), card: .init(trainingData: "nobody", identities: 7, steps: 9, seed: 3))
    let read = try EmbedderModel(model.weightsFile())
    #expect(read.card == model.card)
    #expect(read.digest == model.digest)
    var other = model.weightsFile()
    other.metadata["network"] = "STAE-grayscale"
    #expect(throws: NetworkError.self) { try EmbedderModel(other) }
  }

  @Test func vectorsHaveLengthOneWhateverTheCrops() throws {
    let model = EmbedderModel(
      network: MSPCNN(seed: 4), card: .init(trainingData: "", identities: 2, steps: 0, seed: 4))
    let crops = [
      PictureSize(width: 3, height: 3), PictureSize(width: 64, height: 160),
      PictureSize(width: 200, height: 90),
    ]
    .map { size in
      ColorPicture(size: size, pixels: (0..<3 * size.pixelCount).map { UInt8($0 % 251) })
    }
    let embedder = try PersonEmbedder(model, compute: compute)
    let vectors = try embedder.embeddings(of: crops)
    #expect(vectors.count == 3)
    for vector in vectors.map(\.values) {
      #expect(vector.count == 256)
      #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4)
    }
    // A crop's vector hardly depends on who goes with it: sums may be taken in another order.
    let alone = try embedder.embeddings(of: [crops[1]])[0].values
    #expect(zip(alone, vectors[1].values).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  /// People fill the crops that are labelled: what is cut off at the edges is a head or a foot.
  @Test func cropsAreLookedAtToTheirEdges() {
    let size = MSPCNN.inputSize
    // Red at the left edge, green along the lower one.
    let pixels: [UInt8] = (0..<size.pixelCount).flatMap { i -> [UInt8] in
      [i % size.width == 0 ? 255 : 0, i / size.width == size.height - 1 ? 255 : 0, 0]
    }
    let crop = ColorPicture(size: size, pixels: pixels)
    func bright(_ channel: Int, areMirrored: Bool) -> [Int] {
      let values = CropTensor.whole([crop], areMirrored: areMirrored).values
      return (0..<size.pixelCount).filter { values[$0 * 3 + channel] > 0 }
    }
    #expect(bright(0, areMirrored: false) == (0..<size.height).map { $0 * size.width })
    #expect(bright(0, areMirrored: true) == (1...size.height).map { $0 * size.width - 1 })
    #expect(bright(1, areMirrored: true) == (0..<size.width).map { (size.height - 1) * size.width + $0 })
  }

  @Test func ofADetectedBoxTheRoomAroundAPersonIsLeftOut() {
    // A gray box of 56×144 pixels, red around it: an eighth of 64 and a tenth of 160.
    let box = ColorPicture(
      size: PictureSize(width: 64, height: 160),
      pixels: (0..<64 * 160).flatMap { i -> [UInt8] in
        let isPerson = (4..<60).contains(i % 64) && (8..<152).contains(i / 64)
        return isPerson ? [90, 90, 90] : [255, 0, 0]
      })
    #expect(box.person().size == MSPCNN.inputSize)
    #expect(box.person().pixels.allSatisfy { $0 == 90 })
    let half = Box(x: 0, y: 0.5, width: 1, height: 0.5)
    let below = ColorPicture(size: PictureSize(width: 64, height: 320), pixels: box.pixels + box.pixels)
    #expect(below.person(in: half).pixels == box.person().pixels)
  }

  @Test func integersComeCloseAndAreStoredWithTheModel() throws {
    let network = MSPCNN(seed: 6)
    let size = CropCollection.pictureSize
    var g = SeededGenerator(seed: 1)
    let pictures = (0..<12).map { _ in
      let shade = (0..<6).map { _ in Int.random(in: 20...235, using: &g) }
      return ColorPicture(
        size: size,
        pixels: (0..<3 * size.pixelCount).map { i in
          UInt8(
            shade[i % 3 + (i / 3 / size.width > size.height / 2 ? 3 : 0)]
              + Int.random(in: -20...20, using: &g))
        })
    }
    let study = EmbedderQuantisationStudy(network, compute: compute)
    let quantisation = try #require(
      try study.run(learned: Array(pictures.prefix(8)), heldBack: Array(pictures.suffix(4))))
    #expect(quantisation.crops == 4)
    #expect(quantisation.isAccurate, "\(quantisation.meanSimilarity)")
    let model = EmbedderModel(
      network: network, card: .init(trainingData: "", identities: 2, steps: 0, seed: 6),
      quantisation: quantisation)
    let read = try EmbedderModel(model.weightsFile())
    #expect(read.quantisation == quantisation)
    #expect(read.prefersIntegers == Compute.prefersIntegers)
    let (floats, integers) = (
      try PersonEmbedder(read, inIntegers: false, compute: compute).embeddings(of: pictures),
      try PersonEmbedder(read, inIntegers: true, compute: compute).embeddings(of: pictures)
    )
    for (a, b) in zip(floats, integers) {
      let cosine = zip(a.values, b.values).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(cosine > 0.98 && cosine < 0.999_999)
    }
  }

  /// A layer that gives nothing but zeros has no range, and the network stays as it is.
  @Test func aDeadNetworkHasNoFormInIntegers() throws {
    let network = MSPCNN(seed: 3)
    for part in network.parts {
      for (_, parameter) in part.layer.namedParameters(prefix: "") {
        parameter.value.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
      }
    }
    let size = CropCollection.pictureSize
    let picture = ColorPicture(size: size, pixels: [UInt8](repeating: 9, count: 3 * size.pixelCount))
    let study = EmbedderQuantisationStudy(network, compute: compute)
    #expect(try study.run(learned: [picture], heldBack: [picture]) == nil)
  }

  @Test func quantisationOfAnotherNetworkIsRefused() throws {
    let ranges = [ActivationRange](
      repeating: ActivationRange(lowest: 0, highest: 1), count: MSPCNN.convolutionCount)
    let model = EmbedderModel(
      network: MSPCNN(seed: 3), card: .init(trainingData: "nobody", identities: 7, steps: 9, seed: 3),
      quantisation: .init(ranges: ranges, meanSimilarity: 1, crops: 1))
    #expect(throws: NetworkError.self) { try EmbedderModel(model.weightsFile()) }
    var broken = model.weightsFile()
    broken.metadata["quantisation"] = "{}"
    #expect(throws: NetworkError.self) { try EmbedderModel(broken) }
    let without = EmbedderModel(network: model.network, card: model.card)
    #expect(throws: NetworkError.self) { try PersonEmbedder(without, inIntegers: true, compute: compute) }
  }

  @Test func anOlderFormatIsRefused() throws {
    var file = EmbedderModel(
      network: MSPCNN(seed: 3), card: .init(trainingData: "nobody", identities: 7, steps: 9, seed: 3)
    ).weightsFile()
    file.metadata["format"] = "1"
    #expect(throws: NetworkError.self) { try EmbedderModel(file) }
  }

  @Test func mirrorImagesAreAlikeWhereBothAreAveraged() throws {
    let model = EmbedderModel(
      network: MSPCNN(seed: 5), card: .init(trainingData: "", identities: 2, steps: 0, seed: 5))
    let size = PictureSize(width: 64, height: 160)
    var g = SeededGenerator(seed: 1)
    let pixels = (0..<3 * size.pixelCount).map { _ in UInt8.random(in: 0...255, using: &g) }
    let mirrored = (0..<size.pixelCount).flatMap { i in
      let from = (i / size.width * size.width + size.width - 1 - i % size.width) * 3
      return [pixels[from], pixels[from + 1], pixels[from + 2]]
    }
    let embedder = try PersonEmbedder(model, averagesMirrored: true, compute: compute)
    let vectors = try embedder.embeddings(of: [
      ColorPicture(size: size, pixels: pixels), ColorPicture(size: size, pixels: mirrored),
    ])
    #expect(zip(vectors[0].values, vectors[1].values).allSatisfy { abs($0 - $1) < 1e-4 })
  }
}
