import Network

extension CubeShape {
  /// The shape of one cube as networks take it: [1, T, H, W, C].
  var tensorShape: Shape { [1, frames, height, width, content.channels] }
}
