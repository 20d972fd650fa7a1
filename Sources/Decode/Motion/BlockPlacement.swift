/// Where the blocks of a coded picture lie in the upright analysis picture.
struct BlockPlacement {
  /// In analysis pixels, clipped to the picture; empty where nothing is left.
  struct Rectangle {
    var left: Float
    var top: Float
    var right: Float
    var bottom: Float
  }

  private let orientation: Orientation
  private let upright: SIMD2<Float>
  private let scale: SIMD2<Float>

  init(coded: PictureSize, orientation: Orientation, analysisSize: PictureSize) {
    self.orientation = orientation
    let size = orientation.uprightSize(of: coded)
    upright = SIMD2(Float(size.width), Float(size.height))
    scale = SIMD2(Float(analysisSize.width), Float(analysisSize.height)) / upright
  }

  /// A velocity in coded pixels, turned and scaled.
  func velocity(_ coded: SIMD2<Float>) -> SIMD2<Float> {
    let turned = orientation.isTransposed ? SIMD2(coded.y, coded.x) : coded
    return scale
      * SIMD2(
        orientation.flipsHorizontally ? -turned.x : turned.x,
        orientation.flipsVertically ? -turned.y : turned.y)
  }

  /// Where blocks side by side lie.
  func rectangle(of run: BlockRun) -> Rectangle {
    let (a, b) = (point(SIMD2(run.left, run.top)), point(SIMD2(run.right, run.bottom)))
    let limit = upright * scale
    let low = pointwiseMax(pointwiseMin(a, b), .zero)
    let high = pointwiseMin(pointwiseMax(a, b), limit)
    return Rectangle(left: low.x, top: low.y, right: high.x, bottom: high.y)
  }

  private func point(_ coded: SIMD2<Int32>) -> SIMD2<Float> {
    let coded = SIMD2<Float>(coded)
    var point = orientation.isTransposed ? SIMD2(coded.y, coded.x) : coded
    if orientation.flipsHorizontally { point.x = upright.x - point.x }
    if orientation.flipsVertically { point.y = upright.y - point.y }
    return point * scale
  }
}
