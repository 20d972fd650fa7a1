import CFFmpeg

/// Blocks side by side that move alike, as most of a camera's picture does: they count as one.
///
/// Valid as long as the vectors that it was made of.
struct BlockRun {
  /// The first block's.
  let vector: UnsafePointer<AVMotionVector>
  /// In coded pixels.
  let left: Int32
  private(set) var right: Int32

  init(_ vector: UnsafePointer<AVMotionVector>) {
    self.vector = vector
    left = Self.left(of: vector)
    right = left + Int32(vector.pointee.w)
  }

  var top: Int32 { Int32(vector.pointee.dst_y) - Int32(vector.pointee.h) / 2 }
  var bottom: Int32 { top + Int32(vector.pointee.h) }

  /// Takes in the next block if it goes on where this run ends; else nothing changes.
  mutating func extend(with next: UnsafePointer<AVMotionVector>) -> Bool {
    guard next.pointee.motion_x == vector.pointee.motion_x, next.pointee.motion_y == vector.pointee.motion_y,
      next.pointee.dst_y == vector.pointee.dst_y, next.pointee.h == vector.pointee.h,
      next.pointee.motion_scale == vector.pointee.motion_scale, Self.left(of: next) == right
    else { return false }
    right += Int32(next.pointee.w)
    return true
  }

  private static func left(of vector: UnsafePointer<AVMotionVector>) -> Int32 {
    Int32(vector.pointee.dst_x) - Int32(vector.pointee.w) / 2
  }
}
