/// The sizes of a tensor's axes, outermost first: `[N, D, H, W, C]` for cubes, `[N, H, W, C]` for pictures.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// The size of each axis; all positive.
  public let sizes: [Int]

  /// A shape of these sizes.
  public init(_ sizes: [Int]) { self.sizes = sizes }

  /// A shape of these sizes.
  public init(arrayLiteral sizes: Int...) { self.sizes = sizes }

  /// How many numbers a tensor of this shape holds.
  public var count: Int { sizes.reduce(1, *) }

  /// How many axes there are.
  public var rank: Int { sizes.count }

  /// The size of the innermost axis: the channels of a channels-last tensor.
  public var channels: Int { sizes.last ?? 1 }

  /// How many vectors of channels there are.
  public var rows: Int { count / max(1, channels) }

  /// The size of the outermost axis.
  public var batch: Int { sizes.first ?? 1 }

  /// This shape with another number of channels.
  public func withChannels(_ channels: Int) -> Shape { Shape(sizes.dropLast() + [channels]) }

  /// That of pictures [N, H, W, C] as cubes of depth one, [N, 1, H, W, C].
  var withDepth: Shape { Shape([sizes[0], 1] + sizes.dropFirst()) }

  /// [N, D, H, W, C] as a layer of so many spatial axes gives it: of two, without D.
  func with(spatialAxes: Int) -> Shape { spatialAxes == 3 ? self : Shape([sizes[0]] + sizes.dropFirst(2)) }

  /// `[1, 16, 128, 128, 1]`.
  public var description: String { "[" + sizes.map(String.init).joined(separator: ", ") + "]" }
}
