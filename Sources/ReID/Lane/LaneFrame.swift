import Decode

/// What a lane needs of a frame.
struct LaneFrame {
  let time: Duration
  let gray: GrayPicture
  let motion: MotionField?
  /// The upright picture at full size; costs milliseconds.
  let colorPicture: () throws -> ColorPicture
}

extension LaneFrame {
  init(_ frame: Frame) {
    self.init(
      time: frame.presentationTime, gray: frame.gray, motion: frame.motion,
      colorPicture: { try frame.colorPicture() })
  }
}
