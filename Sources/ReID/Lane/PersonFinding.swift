public import Decode

/// Finds the people in a picture.
public protocol PersonFinding {
  /// The people in a picture, in any order, low scores included: the tracker decides what they are worth.
  func people(in picture: ColorPicture) throws -> [Detection]
}
