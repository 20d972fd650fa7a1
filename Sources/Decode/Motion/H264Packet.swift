import CFFmpeg

/// What the header of an H.264 packet says (ISO/IEC 14496-10, 7.3.1).
enum H264Packet {
  /// Whether other pictures may refer to this one (nal_ref_idc of its first slice); nil where no slice is found.
  ///
  /// - Parameter lengthBytes: bytes of the length before each unit; nil for streams with start codes.
  static func isReference(_ bytes: UnsafeBufferPointer<UInt8>, lengthBytes: Int?) -> Bool? {
    var at = 0
    while let unit = nextUnit(bytes, from: &at, lengthBytes: lengthBytes) {
      let (importance, type) = (unit >> 5 & 3, unit & 31)
      if type == 1 || type == 2 || type == 5 { return importance != 0 }
    }
    return nil
  }

  /// The first byte of the next unit.
  private static func nextUnit(
    _ bytes: UnsafeBufferPointer<UInt8>, from at: inout Int, lengthBytes: Int?
  ) -> UInt8? {
    guard let lengthBytes else {
      while at + 3 < bytes.count {
        if bytes[at] == 0, bytes[at + 1] == 0, bytes[at + 2] == 1 {
          defer { at += 4 }
          return bytes[at + 3]
        }
        at += 1
      }
      return nil
    }
    guard at + lengthBytes < bytes.count else { return nil }
    let length = bytes[at..<(at + lengthBytes)].reduce(0) { $0 << 8 | Int($1) }
    defer { at += lengthBytes + length }
    return bytes[at + lengthBytes]
  }

  /// Bytes of the length before each unit, from the stream's parameters; nil for streams with start codes.
  static func lengthBytes(_ parameters: UnsafePointer<AVCodecParameters>) -> Int? {
    guard let extra = parameters.pointee.extradata, parameters.pointee.extradata_size > 6, extra[0] == 1
    else { return nil }
    return Int(extra[4] & 3) + 1
  }
}
