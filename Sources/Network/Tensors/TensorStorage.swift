import Synchronization

/// The memory of tensors, handed back to a pool when the last tensor that uses it is gone.
///
/// Owns `pointer` (64-byte aligned, `count` floats or more) from init to deinit. A network asks for the same sizes in every
/// step; fresh pages from the system would cost more than the arithmetic of many layers.
final class TensorStorage {
  let count: Int
  var pointer: UnsafeMutablePointer<Float> { block.pointer }
  private let block: Block

  init(count: Int) {
    self.count = count
    block = Self.pool.take(count)
  }

  deinit { Self.pool.give(back: block) }

  static let pool = Pool()

  /// Memory for so many floats.
  struct Block: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Float>
    let capacity: Int

    init(capacity: Int) {
      let memory = UnsafeMutableRawPointer.allocate(
        byteCount: capacity * MemoryLayout<Float>.stride, alignment: 64)
      pointer = memory.bindMemory(to: Float.self, capacity: capacity)
      self.capacity = capacity
    }
  }

  /// Free blocks by capacity.
  final class Pool: Sendable {
    /// How much larger than asked for a block may be: a batch of five takes the memory of one of eight.
    private static let generosity = 2

    private let free = Mutex<[Int: [Block]]>([:])

    func take(_ count: Int) -> Block {
      let needed = max(1, count)
      let block = free.withLock { free -> Block? in
        let fitting = free.keys.lazy.filter { $0 >= needed && $0 <= Self.generosity * needed }.min()
        guard let fitting, let block = free[fitting]?.popLast() else { return nil }
        if free[fitting]?.isEmpty == true { free[fitting] = nil }
        return block
      }
      return block ?? Block(capacity: needed)
    }

    func give(back block: Block) {
      free.withLock { $0[block.capacity, default: []].append(block) }
    }

    /// Returns all free blocks to the system.
    func drain() {
      let blocks = free.withLock { free in
        defer { free = [:] }
        return free.values.flatMap(\.self)
      }
      for block in blocks { UnsafeMutableRawPointer(block.pointer).deallocate() }
    }
  }
}
