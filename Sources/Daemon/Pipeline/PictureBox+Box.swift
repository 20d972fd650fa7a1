import Decode
import Store

extension PictureBox {
  /// The same rectangle, for the store.
  init(_ box: Box) {
    self.init(x: box.x, y: box.y, width: box.width, height: box.height)
  }
}
