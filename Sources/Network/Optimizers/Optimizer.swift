/// Changes parameters by their gradients. The state has a place in checkpoints.
public protocol Optimizer: AnyObject {
  /// The step length of the next `update`.
  var learningRate: Float { get set }

  /// One step, from the gradients that `backward` left in the parameters.
  func update()

  /// The optimiser's own tensors, with names for a checkpoint.
  var state: [(name: String, tensor: Tensor)] { get }

  /// How many updates there were.
  var step: Int { get set }
}
