import Synchronization

/// The memory of tensors, handed back to a pool when the last tensor that uses it is gone.
///
/// Owns `pointer` (64-byte aligned, `count` floats) from init to deinit. A network asks for the same sizes in every
/// step; fresh pages from the system would cost more than the arithmetic of many layers.
final class TensorStorage {
  let pointer: UnsafeMutablePointer<Float>
  let count: Int

  init(count: Int) {
    self.count = count
    self.pointer = Self.pool.take(count)
  }

  deinit { Self.pool.give(back: pointer, count: count) }

  static let pool = Pool()

  /// Free blocks by size.
  final class Pool: Sendable {
    private struct Block: @unchecked Sendable {
      let pointer: UnsafeMutablePointer<Float>
    }

    private let free = Mutex<[Int: [Block]]>([:])

    func take(_ count: Int) -> UnsafeMutablePointer<Float> {
      if let block = free.withLock({ $0[count]?.popLast() }) { return block.pointer }
      let memory = UnsafeMutableRawPointer.allocate(
        byteCount: max(1, count) * MemoryLayout<Float>.stride, alignment: 64)
      return memory.bindMemory(to: Float.self, capacity: max(1, count))
    }

    func give(back pointer: UnsafeMutablePointer<Float>, count: Int) {
      let block = Block(pointer: pointer)
      free.withLock { $0[count, default: []].append(block) }
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
