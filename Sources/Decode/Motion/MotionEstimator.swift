import CMotion

/// Finds the motion between two gray pictures of one size: a dense inverse search with variational refinement, see
/// `CMotion`. The same pictures give the same bits on every run.
///
/// Owns its C state, with room for two pictures (about 8 MB at 216×144). Confined to one thread at a time.
public final class MotionEstimator {
  /// The size of the pictures.
  public let pictureSize: PictureSize
  /// The pictures pushed since `init` or `forget()`, as far as they matter: 0, 1 or 2.
  private(set) var pictureCount = 0
  private let estimator: OpaquePointer

  /// An estimator for pictures of this size, 1 to 16384 pixels a side; nil where memory is short.
  public init?(pictureSize: PictureSize) {
    let sides = 1...16384
    precondition(sides.contains(pictureSize.width) && sides.contains(pictureSize.height), "\(pictureSize)")
    guard
      let estimator = cm_estimator_create(
        Int32(pictureSize.width), Int32(pictureSize.height), cm_default_parameters)
    else { return nil }
    self.pictureSize = pictureSize
    self.estimator = estimator
  }

  deinit { cm_estimator_free(estimator) }

  /// How far everything in the picture `to` has come since the picture `from`.
  public func estimate(from: GrayPicture, to: GrayPicture) -> DisplacementField {
    push(from)
    push(to)
    return displacementField()
  }

  /// Takes the next picture of a sequence; each is prepared only once.
  func push(_ picture: GrayPicture) {
    precondition(picture.size == pictureSize, "a picture of \(picture.size) among pictures of \(pictureSize)")
    picture.pixels.withUnsafeBufferPointer { cm_estimator_push(estimator, $0.baseAddress) }
    pictureCount = min(pictureCount + 1, 2)
  }

  /// Makes the next picture the first one.
  func forget() { pictureCount = 0 }

  /// The motion between the last two pictures pushed.
  func displacementField() -> DisplacementField {
    precondition(pictureCount == 2, "motion takes two pictures")
    let count = pictureSize.pixelCount
    let displacements = [SIMD2<Float>](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      if let base = buffer.baseAddress {
        UnsafeMutableRawPointer(base).withMemoryRebound(to: Float.self, capacity: 2 * count) {
          cm_estimator_flow(estimator, $0)
        }
      }
      initializedCount = count
    }
    return DisplacementField(size: pictureSize, displacements: displacements)
  }
}
