import Decode

extension Frame {
  /// The motion since the frame before; nil where none is known.
  var knownMotion: MotionField? { motion.flatMap { $0.origin == .none ? nil : $0 } }

  /// Width by height of the upright picture.
  var aspectRatio: Double { Double(fullSize.width) / Double(max(1, fullSize.height)) }
}
