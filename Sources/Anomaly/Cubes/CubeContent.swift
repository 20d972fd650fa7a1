import Decode

/// What the frames of a cube hold.
public enum CubeContent: String, Sendable, Hashable, CaseIterable {
  /// Gray pictures.
  case gray
  /// Motion fields: see `EncodedMotion`.
  case motion

  /// Values per pixel, or per cell of a motion field.
  public var channels: Int {
    switch self {
    case .gray: 1
    case .motion: 2
    }
  }

  /// Pixels of the analysis picture per pixel of the cube, both ways.
  public var pixelSide: Int {
    switch self {
    case .gray: 1
    case .motion: MotionField.cellSide
    }
  }

  /// What the STAE for such cubes is called, in the paper's words.
  public var networkName: String {
    switch self {
    case .gray: "STAE-grayscale"
    case .motion: "STAE-optflow"
    }
  }

  /// What 0…1 stands for.
  var normalisation: String {
    switch self {
    case .gray: "gray 0…255 as 0…1"
    case .motion: EncodedMotion.normalisation
    }
  }
}
