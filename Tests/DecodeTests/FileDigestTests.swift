import Decode
import Foundation
import Testing

@Suite struct FileDigestTests {
  @Test func knownAnswers() throws {
    let folder = try ScratchFolder()
    // FIPS 180-2, B.1 and B.3.
    #expect(
      try FileDigest.sha256(of: folder.file("abc", Data("abc".utf8)))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      try FileDigest.sha256(of: folder.file("million", Data(repeating: 0x61, count: 1_000_000)))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    #expect(
      try FileDigest.sha256(of: folder.file("empty", Data()))
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func saysWhyItCannotRead() throws {
    let folder = try ScratchFolder()
    let error = #expect(throws: DecodeError.self) {
      try FileDigest.sha256(of: folder.url.appending(path: "nothing"))
    }
    #expect(error?.kind == .notFound)
  }
}
