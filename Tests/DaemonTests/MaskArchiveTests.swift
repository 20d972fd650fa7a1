import Anomaly
import Decode
import Foundation
import TestKit
import Testing

@testable import Daemon

struct MaskArchiveTests {
  /// Two cells side by side at the analysis size.
  private static let size = PictureSize(width: 16, height: 8)
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  // MARK: Archives

  /// A mask of 16×8 pixels whose left or right half is white.
  private static func mask(white: Range<Int>) -> Data {
    PNG(width: 16, height: 8) { x, _ in white.contains(x) ? 255 : 0 }.data
  }

  private static func entry(_ name: String, _ content: Data, type: Character = "0", size: String? = nil)
    -> Data
  {
    var header = Data(count: 512)
    func put(_ text: String, at offset: Int) {
      for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
    }
    put(name, at: 0)
    put("0000644\0", at: 100)
    let octal = String(content.count, radix: 8)
    put(size ?? String(repeating: "0", count: 11 - octal.count) + octal, at: 124)
    put(String(type), at: 156)
    put("ustar\u{0}00", at: 257)
    return header + content + Data(count: (512 - content.count % 512) % 512)
  }

  private static let end = Data(count: 1024)
  private static let left = mask(white: 0..<8)
  private static let right = mask(white: 8..<16)

  private func archive(_ data: Data) throws(EvaluationError) -> MaskArchive {
    let file = folder.url.appending(path: "masks.tar")
    do { try data.write(to: file) } catch { throw .unreadable(path: file.path, reason: "\(error)") }
    return try MaskArchive(contentsOf: file)
  }

  private func reason(_ data: Data) -> String {
    do {
      _ = try archive(data)
      return ""
    } catch {
      return error.description
    }
  }

  /// How much of both cells is white, in white pixels.
  private func truth(_ archive: MaskArchive, _ frame: Int, clip: String = "test/01") throws -> [Float] {
    try archive.truth(clip: clip, frame: frame, size: Self.size, isIrregular: true).cells
      .map { ($0 / 255).rounded() }
  }

  // MARK: What is good

  @Test func masksAreFoundByClipAndFrame() throws {
    let archive = try archive(
      Self.entry("test/01/0.png", Self.left) + Self.entry("test/01/1.png", Self.right)
        + Self.entry("test/02/0.png", Self.right) + Self.end)
    #expect(try truth(archive, 0) == [64, 0])
    #expect(try truth(archive, 1) == [0, 64])
    #expect(try truth(archive, 0, clip: "test/02") == [0, 64])
    try archive.check(clip: "test/01", labels: [true, true])
    let missing = try #require(throws: EvaluationError.self) { try truth(archive, 2) }
    #expect(missing.description.contains("there is no mask test/01/2.png"))
    let unknown = try #require(throws: EvaluationError.self) {
      try archive.check(clip: "test/02", labels: [true, true])
    }
    #expect(unknown.description.contains("there is no mask test/02/1.png"))
  }

  @Test(arguments: ["7", "07", "007", "0007", "000007"]) func numbersMayHaveLeadingZeros(number: String)
    throws
  {
    let archive = try archive(Self.entry("test/01/\(number).png", Self.left) + Self.end)
    #expect(try truth(archive, 7) == [64, 0])
    #expect(throws: EvaluationError.self) { try truth(archive, 70) }
    #expect(throws: EvaluationError.self) { try truth(archive, 0) }
  }

  @Test func namesMayBeginWithTheFolderAndMayBeLong() throws {
    let long = String(repeating: "long/", count: 24) + "01"
    var entry = Self.entry("0.png", Self.right)
    for (index, byte) in long.utf8.enumerated() { entry[345 + index] = byte }
    let archive = try archive(Self.entry("./test/01/0.png", Self.left) + entry + Self.end)
    #expect(try truth(archive, 0) == [64, 0])
    #expect(try truth(archive, 0, clip: long) == [0, 64])
  }

  @Test func masksAndLabelsMustAgree() throws {
    let archive = try archive(
      Self.entry("test/01/0.png", Self.left) + Self.entry("test/01/1.png", Self.mask(white: 0..<0)) + Self.end
    )
    try archive.check(clip: "test/01", labels: [true, false])
    for (labels, words) in [
      ([true, true], "frame 1 of test/01 is labelled irregular, and its mask is all black"),
      ([false, false], "frame 0 of test/01 is labelled regular, and its mask is not all black"),
    ] {
      let error = try #require(throws: EvaluationError.self) {
        try archive.check(clip: "test/01", labels: labels)
      }
      #expect(error.description.contains(words))
    }
  }

  @Test func foldersLinksAndOtherFilesArePassedOver() throws {
    let archive = try archive(
      Self.entry("test/", Data(), type: "5") + Self.entry("test/README.md", Data(count: 700))
        + Self.entry("test/01/0.png", Data("13 mtime=1.5\n".utf8), type: "x")
        + Self.entry("test/01/0.png", Self.left) + Self.entry("test/01/1.png", Data(), type: "2") + Self.end)
    #expect(try truth(archive, 0) == [64, 0])
    #expect(throws: EvaluationError.self) { try truth(archive, 1) }
  }

  @Test func namesLongerThanTheHeaderHoldsAreRead() throws {
    let long = String(repeating: "é/", count: 80) + "01"
    let record = " path=\(long)/1.png\n"
    // A record's length counts its own digits.
    let pax = "\(record.utf8.count + 3)\(record)" + "18 mtime=1.500000\n"
    let archive = try archive(
      Self.entry("././@LongLink", Data("\(long)/0.png\0".utf8), type: "L")
        + Self.entry("cut/0.png", Self.left)
        + Self.entry("PaxHeaders/1.png", Data(pax.utf8), type: "x") + Self.entry("cut/1.png", Self.right)
        + Self.entry("test/01/0.png", Self.left) + Self.end)
    #expect(try truth(archive, 0, clip: long) == [64, 0])
    #expect(try truth(archive, 1, clip: long) == [0, 64])
    // The long name is that of the next entry only.
    #expect(try truth(archive, 0) == [64, 0])
    #expect(throws: EvaluationError.self) { try truth(archive, 0, clip: "cut") }
  }

  @Test(arguments: ["--format=gnu", "--format=pax"]) func longNamesOfTheTarCommandAreRead(format: String)
    throws
  {
    let clip = String(repeating: "a-rather-long-name-of-a-folder/", count: 9) + "01"
    let masks = folder.url.appending(path: "m/\(clip)")
    try FileManager.default.createDirectory(at: masks, withIntermediateDirectories: true)
    try Self.right.write(to: masks.appending(path: "000.png"))
    let tar = Process()
    tar.executableURL = URL(filePath: "/usr/bin/env")
    let file = folder.url.appending(path: "long.tar")
    tar.arguments = ["tar", "-C", folder.url.appending(path: "m").path, format, "-cf", file.path, "."]
    try tar.run()
    tar.waitUntilExit()
    #expect(try truth(try MaskArchive(contentsOf: file), 0, clip: clip) == [0, 64])
  }

  @Test(arguments: ["", "x", "99 path=a.png\n", "0 path=a\n", "-5 path=a\n", "12 path=a.png"])
  func extendedHeadersThatAreNoneAreRefused(header: String) {
    let reason = reason(
      Self.entry("PaxHeaders/0.png", Data(header.utf8), type: "x") + Self.entry("test/01/0.png", Self.left)
        + Self.end)
    #expect(header.isEmpty ? reason.isEmpty : reason.contains("damaged one, at byte 0"), "\(reason)")
  }

  @Test func numbersMayBePaddedWithSpaces() throws {
    let archive = try archive(
      Self.entry("test/01/0.png", Self.left, size: "\(String(Self.left.count, radix: 8)) \0") + Self.end)
    #expect(try truth(archive, 0) == [64, 0])
  }

  /// As the tar command writes it.
  @Test func aRealArchiveIsRead() throws {
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "m/test/01"), withIntermediateDirectories: true)
    try Self.left.write(to: folder.url.appending(path: "m/test/01/000.png"))
    try Self.right.write(to: folder.url.appending(path: "m/test/01/001.png"))
    let tar = Process()
    tar.executableURL = URL(filePath: "/usr/bin/env")
    tar.arguments = ["tar", "-C", folder.url.appending(path: "m").path, "-cf"]
    let file = folder.url.appending(path: "real.tar")
    tar.arguments? += [file.path, "."]
    try tar.run()
    tar.waitUntilExit()
    let archive = try MaskArchive(contentsOf: file)
    #expect(try truth(archive, 0) == [64, 0])
    #expect(try truth(archive, 1) == [0, 64])
  }

  // MARK: What is broken

  @Test func aMissingArchiveIsNamed() {
    #expect(throws: EvaluationError.self) { try MaskArchive(contentsOf: URL(filePath: "/nowhere/m.tar")) }
  }

  @Test(arguments: ["-0000000001", "+0000000005", "9999", "abc", "", "0x10", "77777777777", "777777777777"])
  func aSizeThatIsNoneIsRefused(size: String) {
    let reason = reason(Self.entry("test/01/0.png", Self.left, size: size) + Self.end)
    #expect(reason.contains("at byte 0"), "\(reason)")
  }

  @Test func aSizeInBinaryIsRefused() {
    var entry = Self.entry("test/01/0.png", Self.left)
    entry.replaceSubrange(124..<136, with: Data(repeating: 0xFF, count: 12))
    #expect(reason(entry + Self.end).contains("no tar file, or a damaged one"))
  }

  @Test func whatHoldsNoMaskIsRefused() {
    #expect(reason(Data()).contains("it holds no .png file"))
    #expect(reason(Self.end).contains("it holds no .png file"))
    #expect(reason(Self.entry("test/a.txt", Data("x".utf8)) + Self.end).contains("it holds no .png file"))
    #expect(reason(Data("text".utf8)).contains("no tar file"))
    #expect(reason(Data(repeating: 0xC3, count: 5000)).contains("no tar file"))
  }

  /// Cut anywhere, an archive is refused or holds what is whole: nothing in between, and no crash.
  @Test func anArchiveCutAnywhereIsRefusedOrHoldsWhatIsWhole() throws {
    let first = Self.entry("test/01/0.png", Self.left)
    let whole = first + Self.entry("test/01/1.png", Self.right) + Self.end
    for length in 0...whole.count {
      do {
        let archive = try archive(whole.prefix(length))
        #expect(length >= 512 + Self.left.count)
        try archive.check(clip: "test/01", labels: [true])
        let holdsSecond = length >= first.count + 512 + Self.right.count
        let second = Result { try archive.check(clip: "test/01", labels: [true, true]) }
        #expect((try? second.get()) != nil || !holdsSecond)
        // Between the entries it is not known to be cut: the missing mask is.
        #expect((try? second.get()) == nil || holdsSecond)
        if length.isMultiple(of: 512) { #expect(try truth(archive, 0) == [64, 0]) }
      } catch {
        let words = "\(error)"
        #expect(
          words.contains("cut off") || words.contains("no tar file") || words.contains("no .png file"),
          "\(length): \(words)")
        #expect(length < whole.count)
      }
    }
  }

  @Test func junkNeverCrashes() throws {
    var random = SplitMix64(seed: 31)
    let whole = Self.entry("test/01/0.png", Self.left) + Self.entry("test/01/1.png", Self.right) + Self.end
    for _ in 0..<500 {
      var data = whole
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        // Headers are what there is to stumble over; the padding is not.
        let block = Int.random(in: 0...1, using: &random) * 1024
        data[block + Int.random(in: 0..<345, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if let archive = try? archive(data) {
        try? archive.check(clip: "test/01", labels: [true, true, false])
      }
    }
    for _ in 0..<200 {
      let count = Int.random(in: 0...3000, using: &random)
      _ = try? archive(Data((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }))
    }
  }

  @Test func aMaskThatIsNoPictureIsNamed() throws {
    let archive = try archive(
      Self.entry("test/01/0.png", Data("no picture".utf8)) + Self.entry("test/01/1.png", Data()) + Self.end)
    for frame in 0...1 {
      let error = try #require(throws: EvaluationError.self) { try truth(archive, frame) }
      #expect(error.description.contains("masks.tar: test/01/\(frame).png"), "\(error)")
    }
  }

  /// Every byte of a picture in turn: a picture comes out, or an error that names it.
  @Test func aDamagedMaskIsDecodedOrNamed() throws {
    for index in Self.left.indices {
      var png = Self.left
      png[index] ^= 0x55
      let archive = try archive(Self.entry("test/01/0.png", png) + Self.end)
      do {
        #expect(try truth(archive, 0).count == 2)
      } catch let error as EvaluationError {
        #expect(error.description.contains("test/01/0.png"))
      }
    }
  }
}

/// A gray PNG file, not compressed.
private struct PNG {
  let data: Data

  init(width: Int, height: Int, _ level: (Int, Int) -> UInt8) {
    var raw = Data()
    for y in 0..<height {
      raw.append(0)
      for x in 0..<width { raw.append(level(x, y)) }
    }
    let header = Self.bytes(UInt32(width)) + Self.bytes(UInt32(height)) + Data([8, 0, 0, 0, 0])
    let length = UInt16(raw.count)
    let stored =
      Data([0x78, 0x01, 1, UInt8(length & 255), UInt8(length >> 8)])
      + Data([UInt8(~length & 255), UInt8(~length >> 8)]) + raw + Self.bytes(Self.adler32(raw))
    data =
      Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) + Self.chunk("IHDR", header)
      + Self.chunk("IDAT", stored) + Self.chunk("IEND", Data())
  }

  private static func bytes(_ value: UInt32) -> Data { withUnsafeBytes(of: value.bigEndian) { Data($0) } }

  private static func chunk(_ type: String, _ content: Data) -> Data {
    let body = Data(type.utf8) + content
    return bytes(UInt32(content.count)) + body + bytes(crc32(body))
  }

  private static func crc32(_ data: Data) -> UInt32 {
    ~data.reduce(UInt32.max) { crc, byte in
      (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
  }

  private static func adler32(_ data: Data) -> UInt32 {
    let sums = data.reduce((UInt32(1), UInt32(0))) { sums, byte in
      let first = (sums.0 + UInt32(byte)) % 65_521
      return (first, (sums.1 + first) % 65_521)
    }
    return sums.1 << 16 | sums.0
  }
}
