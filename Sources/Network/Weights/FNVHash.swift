/// FNV-1a, 64 bits (Fowler, Noll and Vo): quick, and the same in every run of the program, unlike `Hasher`.
public struct FNVHash {
  private var value: UInt64 = 0xcbf2_9ce4_8422_2325

  /// Of nothing yet.
  public init() {}

  /// Takes in a byte, or a number as if it were one.
  public mutating func mix(_ byte: UInt64) { value = (value ^ byte) &* 0x100_0000_01b3 }

  /// 16 hexadecimal digits.
  public var hexDigits: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
