import Decode

/// A picture made for one step of training, with what is known about it, in its pixels.
struct TrainingSample {
  let picture: ColorPicture
  /// Who is to be found.
  var people: [PixelBox] = []
  /// Where perhaps somebody is: cells in there are neither people nor background.
  var ignored: [PixelBox] = []
  /// Parts in which small people may be missing in the labels.
  var incomplete: [PixelBox] = []
}
