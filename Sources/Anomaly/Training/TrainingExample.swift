import Network

/// What one step of training looks at: tensors [1, T, H, W, C] of one clip, changed alike.
struct TrainingExample {
  /// Cubes that each start half a cube after the one before, the last of them half a cube before `cube`; none for a cube that
  /// is seen by itself.
  var earlier: [Tensor] = []
  /// What is to be reconstructed.
  let cube: Tensor
  /// The T frames after it, which are to be predicted.
  let future: Tensor
}
