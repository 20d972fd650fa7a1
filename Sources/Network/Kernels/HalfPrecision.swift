internal import CKernels

/// Numbers in half precision (IEEE 754 binary16), as bit patterns.
public enum HalfPrecision {
  /// The nearest numbers in half precision, of two that are as near the even one.
  public static func halves(of floats: [Float]) -> [UInt16] {
    [UInt16](unsafeUninitializedCapacity: floats.count) { halves, count in
      ck_halves_from_floats(floats, Int64(floats.count), halves.baseAddress)
      count = floats.count
    }
  }

  /// The values of numbers in half precision, exactly.
  public static func floats(of halves: [UInt16]) -> [Float] {
    [Float](unsafeUninitializedCapacity: halves.count) { floats, count in
      ck_floats_from_halves(halves, Int64(halves.count), floats.baseAddress)
      count = halves.count
    }
  }
}
