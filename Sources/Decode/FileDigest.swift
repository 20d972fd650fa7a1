import CFFmpeg
public import Foundation
import SystemReason

/// Fingerprints: SHA-256 as 64 lower-case hexadecimal digits.
public enum FileDigest {
  /// The digest of a file's contents, read piece by piece.
  public static func sha256(of file: URL) throws(DecodeError) -> String {
    do {
      return try digest { add in
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        while let piece = try handle.read(upToCount: 1 << 18), !piece.isEmpty { add(piece) }
      }
    } catch {
      throw FileProbe.failure(reading: file.path)
        ?? DecodeError(.inputOutput, file.path, error.systemReason)
    }
  }

  /// The digest of a text in UTF-8.
  public static func sha256(ofText text: String) throws(DecodeError) -> String {
    do { return try digest { add in add(Data(text.utf8)) } } catch {
      throw DecodeError(.inputOutput, "a digest", error.systemReason)
    }
  }

  private static func digest(_ feed: ((Data) -> Void) throws -> Void) throws -> String {
    guard let context = av_sha_alloc() else { throw CocoaError(.fileReadTooLarge) }
    defer { av_free(UnsafeMutableRawPointer(context)) }
    av_sha_init(context, 256)
    try feed { piece in
      piece.withUnsafeBytes { bytes in
        av_sha_update(context, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
      }
    }
    var digest = [UInt8](repeating: 0, count: 32)
    av_sha_final(context, &digest)
    let digits = Array("0123456789abcdef".utf8)
    let text = digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }
}
