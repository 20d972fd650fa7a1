import Decode

extension Frame {
  /// The motion since the frame before; nil where none is known.
  var knownMotion: MotionField? { motion.flatMap { $0.origin == .none ? nil : $0 } }
}
