internal import CKernels

/// How much of the machine a network may use.
public struct Compute: Sendable, Hashable {
  /// Threads that one operation is spread over; at least 1.
  public let threads: Int

  /// A share of this many threads.
  public init(threads: Int) { self.threads = max(1, threads) }

  /// One thread: what oneDNN gets in a network. It carries the small things there, and OpenMP's threads would wait for more
  /// of them actively, at the cost of whoever has work to do.
  static let oneThread = Compute(threads: 1)

  /// The instruction set that the kernels run on here, such as "avx512".
  public static var instructionSet: String { String(cString: ck_instruction_set()) }

  /// The instruction set that kernels in 8-bit integers run on here, such as "avx512vnni" or "amx".
  public static var integerInstructionSet: String { String(cString: ck_byte_instruction_set()) }

  /// Whether 8-bit integers are faster than floats here: whether the processor multiplies bytes (AVX2, VNNI, AMX).
  public static var prefersIntegers: Bool { ck_multiplies_bytes_fast() != 0 }

  var count: Int32 { Int32(threads) }
}
