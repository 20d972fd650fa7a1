import Anomaly
import Decode
import Store

/// The snapshot of an alert's peak, and the same with the heat map laid over it.
struct AlertPictures {
  /// JPEG quality: about a tenth of the raw size, without visible blocks.
  private static let quality = 85

  let snapshot: Picture
  let heatMap: Picture

  /// Encodes the pictures; nil without a frame. A frame that cannot be converted or encoded, as one larger than JPEG
  /// allows, has none either: an alert without a picture is better than none.
  init?(_ frame: Frame?, _ heatMap: HeatMap, _ box: Box) {
    guard let picture = try? frame?.colorPicture(),
      let snapshot = try? picture.jpegData(quality: Self.quality),
      let overlay = try? HeatMapOverlay(heatMap: heatMap, box: box).drawn(on: picture)
        .jpegData(quality: Self.quality)
    else { return nil }
    self.snapshot = Picture(snapshot, format: .jpeg)
    self.heatMap = Picture(overlay, format: .jpeg)
  }
}
