import Foundation

/// One Protocol Buffers message in the making: fields are appended in wire format, and that is all ONNX needs.
struct ProtobufWriter {
  private enum WireType: UInt64 {
    case varint = 0
    case lengthDelimited = 2
    case fixed32 = 5
  }

  /// The message so far.
  private(set) var data = Data()

  /// An integer or enum field; negative numbers take ten bytes, as `int64` does.
  mutating func integer(_ field: Int, _ value: Int) {
    key(field, .varint)
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func float(_ field: Int, _ value: Float) {
    key(field, .fixed32)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
  }

  mutating func string(_ field: Int, _ text: String) { bytes(field, Data(text.utf8)) }

  mutating func bytes(_ field: Int, _ bytes: Data) {
    key(field, .lengthDelimited)
    varint(UInt64(bytes.count))
    data.append(bytes)
  }

  /// A message within this one.
  mutating func message(_ field: Int, _ fill: (inout ProtobufWriter) -> Void) {
    var inner = ProtobufWriter()
    fill(&inner)
    bytes(field, inner.data)
  }

  private mutating func key(_ field: Int, _ type: WireType) { varint(UInt64(field) << 3 | type.rawValue) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest > 0x7f {
      data.append(UInt8(rest & 0x7f | 0x80))
      rest >>= 7
    }
    data.append(UInt8(rest))
  }
}
