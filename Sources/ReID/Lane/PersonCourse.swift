import Decode

/// What a lane keeps of a person while they are followed.
///
/// A class because the tracker's questions about looks fill in embeddings; one lane uses it, on one thread.
final class PersonCourse {
  let ordinal: Int
  var isConfirmed = false
  var path = PersonPath()
  var crops: BestCrops
  private(set) var frameCount = 0

  init(ordinal: Int, crops: BestCrops) {
    self.ordinal = ordinal
    self.crops = crops
  }

  /// Notes a detection.
  ///
  /// - Parameters:
  ///   - quality: all of it but the sharpness, which costs a crop and is measured only where it decides.
  func note(_ box: Box, quality: CropQuality, at time: Duration, in picture: ColorPicture) {
    path.append(PathPoint(time: time, box: box))
    frameCount += 1
    guard crops.accepts(quality: quality.value, at: time) || crops.crops.isEmpty else { return }
    let cut = PersonCrop.cut(box, from: picture)
    crops.add(
      PersonCrop(time: time, box: box, quality: quality.measured(on: cut).value, picture: cut))
  }

  /// The finished track; nil where nobody was ever seen.
  func track() throws(ReIDError) -> PersonTrack? {
    guard let first = path.points.first, let last = path.points.last, let best = crops.best else {
      return nil
    }
    return PersonTrack(
      ordinal: ordinal, firstSeen: first.time, lastSeen: last.time, path: path.points, bestCrop: best.picture,
      bestCropTime: best.time, bestCropBox: best.box, quality: best.quality, frameCount: frameCount,
      embedding: try crops.embedding())
  }
}
