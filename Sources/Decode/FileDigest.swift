import CFFmpeg
public import Foundation

/// Fingerprints of files.
public enum FileDigest {
  /// The SHA-256 of a file's contents as 64 lower-case hexadecimal digits, read piece by piece.
  public static func sha256(of file: URL) throws(DecodeError) -> String {
    guard let context = av_sha_alloc() else {
      throw DecodeError(.inputOutput, file.path, "memory is short")
    }
    defer { av_free(UnsafeMutableRawPointer(context)) }
    av_sha_init(context, 256)
    do {
      let handle = try FileHandle(forReadingFrom: file)
      defer { try? handle.close() }
      while let piece = try handle.read(upToCount: 1 << 18), !piece.isEmpty {
        piece.withUnsafeBytes { bytes in
          av_sha_update(context, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
        }
      }
    } catch {
      throw FileProbe.failure(reading: file.path)
        ?? DecodeError(.inputOutput, file.path, error.localizedDescription)
    }
    var digest = [UInt8](repeating: 0, count: 32)
    av_sha_final(context, &digest)
    let digits = Array("0123456789abcdef".utf8)
    let text = digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }
}
