/// A dense, channels-last tensor of 32-bit floats.
///
/// A tensor is a reference to its numbers: copies share them. Whoever made it fills it; afterwards only optimisers
/// write, to parameters. A tensor belongs to one thread at a time.
public struct Tensor {
  /// The sizes of the axes, outermost first.
  public let shape: Shape
  let storage: TensorStorage

  /// A tensor whose numbers are not set yet.
  init(uninitialized shape: Shape) {
    self.shape = shape
    self.storage = TensorStorage(count: shape.count)
  }

  init(shape: Shape, storage: TensorStorage) {
    self.shape = shape
    self.storage = storage
  }

  /// A tensor filled with one value.
  public init(_ shape: Shape, repeating value: Float = 0) {
    self.init(uninitialized: shape)
    pointer.update(repeating: value, count: shape.count)
  }

  /// A tensor of these numbers, row-major. There must be `shape.count` of them.
  public init(_ shape: Shape, _ values: [Float]) {
    precondition(values.count == shape.count, "\(values.count) numbers do not fill \(shape)")
    self.init(uninitialized: shape)
    values.withUnsafeBufferPointer { pointer.update(from: $0.baseAddress.unsafelyUnwrapped, count: $0.count) }
  }

  /// How many numbers there are.
  public var count: Int { shape.count }

  /// The numbers, row-major.
  public var values: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  /// The same numbers under another shape with as many elements.
  public func reshaped(to shape: Shape) -> Tensor {
    precondition(shape.count == count, "\(self.shape) cannot be seen as \(shape)")
    return Tensor(shape: shape, storage: storage)
  }

  /// A tensor with numbers of its own, equal to these.
  public func copy() -> Tensor {
    let made = Tensor(uninitialized: shape)
    made.pointer.update(from: pointer, count: count)
    return made
  }

  /// Reads the numbers; the buffer is valid during the call only.
  public func withUnsafeBufferPointer<R, E: Error>(_ body: (UnsafeBufferPointer<Float>) throws(E) -> R)
    throws(E)
    -> R
  {
    try body(UnsafeBufferPointer(start: pointer, count: count))
  }

  /// Writes the numbers, for every tensor that shares them; the buffer is valid during the call only.
  public func withUnsafeMutableBufferPointer<R, E: Error>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws(E) -> R
  ) throws(E) -> R {
    try body(UnsafeMutableBufferPointer(start: pointer, count: count))
  }

  /// Valid as long as this tensor, or one that shares its numbers, is kept.
  var pointer: UnsafeMutablePointer<Float> { storage.pointer }

  /// Returns the memory of tensors that are gone to the system.
  public static func releaseUnusedMemory() { TensorStorage.pool.drain() }
}
