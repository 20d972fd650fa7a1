import Decode
import Store

/// A frame of a live stream and when it came.
struct LiveFrame: Sendable {
  let frame: Frame
  let arrivedAt: Timestamp
}
