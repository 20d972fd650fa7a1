import CFFmpeg

/// Owns a reusable `AVPacket`.
final class AVPacketOwner {
  let packet: UnsafeMutablePointer<AVPacket>

  init(_ location: MediaLocation) throws(DecodeError) {
    guard let packet = av_packet_alloc() else {
      throw DecodeError(.inputOutput, location.description, "memory is short")
    }
    self.packet = packet
  }

  deinit {
    var packet: UnsafeMutablePointer<AVPacket>? = packet
    av_packet_free(&packet)
  }
}

/// Owns a reusable `AVFrame`.
final class AVFrameOwner {
  let frame: UnsafeMutablePointer<AVFrame>

  init(_ location: MediaLocation) throws(DecodeError) {
    guard let frame = av_frame_alloc() else {
      throw DecodeError(.inputOutput, location.description, "memory is short")
    }
    self.frame = frame
  }

  deinit {
    var frame: UnsafeMutablePointer<AVFrame>? = frame
    av_frame_free(&frame)
  }
}
