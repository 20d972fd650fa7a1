/// Consecutive steps in time of one activation: [steps, H, W, C] out of `depth` steps, as floats or as bytes.
///
/// Bytes stand as `CKernels.h` says: a border column at either side of every row, and slack at the end. A reference to
/// its numbers, as a tensor is; keeps its memory.
struct Steps {
  enum Element: Int {
    case bytes = 1
    case floats = 4
  }

  /// Which steps these are.
  let range: Range<Int>
  /// How many there are altogether.
  let depth: Int
  let height: Int
  let width: Int
  let channels: Int
  let element: Element
  private let storage: TensorStorage

  /// The steps of a tensor [1, D, H, W, C].
  init(_ tensor: Tensor) {
    let s = tensor.shape.sizes
    self.init(range: 0..<s[1], whole: tensor.shape, element: .floats, storage: tensor.storage)
  }

  /// Some steps of an activation of this shape, [1, D, H, W, C], not set yet.
  init(_ range: Range<Int>, of whole: Shape, as element: Element) {
    let s = whole.sizes
    let columns = element == .bytes ? s[3] + 2 : s[3]
    let bytes = range.count * s[2] * columns * s[4] * element.rawValue
    let slack = element == .bytes ? 64 : 0
    self.init(
      range: range, whole: whole, element: element, storage: TensorStorage(count: (bytes + slack + 3) / 4))
  }

  private init(range: Range<Int>, whole: Shape, element: Element, storage: TensorStorage) {
    let s = whole.sizes
    (self.range, self.element, self.storage) = (range, element, storage)
    (depth, height, width, channels) = (s[1], s[2], s[3], s[4])
  }

  /// The shape of all steps.
  var whole: Shape { [1, depth, height, width, channels] }

  /// The shape of these steps.
  var shape: Shape { [1, range.count, height, width, channels] }

  /// The numbers of these steps, which must be floats.
  var tensor: Tensor { Tensor(shape: shape, storage: storage) }

  private var bytesPerStep: Int {
    height * (element == .bytes ? width + 2 : width) * channels * element.rawValue
  }

  /// Valid as long as these steps are kept.
  func floats(at step: Int) -> UnsafeMutablePointer<Float> {
    storage.pointer + (step - range.lowerBound) * bytesPerStep / 4
  }

  /// Valid as long as these steps are kept.
  func bytes(at step: Int) -> UnsafeMutablePointer<UInt8> {
    memory(at: step).assumingMemoryBound(to: UInt8.self)
  }

  /// Takes over `steps` from another time, in which they are `hop` later.
  func copy(_ steps: Range<Int>, from earlier: Steps, hop: Int) {
    memory(at: steps.lowerBound).copyMemory(
      from: earlier.memory(at: steps.lowerBound + hop), byteCount: steps.count * bytesPerStep)
  }

  private func memory(at step: Int) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(storage.pointer) + (step - range.lowerBound) * bytesPerStep
  }
}
