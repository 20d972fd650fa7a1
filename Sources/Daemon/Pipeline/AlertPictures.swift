import Anomaly
import Decode
import Store

/// The snapshot of an alert's peak, and the same with the heat map laid over it.
struct AlertPictures {
  /// JPEG quality: about a tenth of the raw size, without visible blocks.
  private static let quality = 85

  let snapshot: Picture
  let heatMap: Picture

  /// Encodes the pictures; nil without a frame. A frame of a format that cannot be converted has none either: an alert
  /// without a picture is better than none.
  init?(_ frame: Frame?, _ heatMap: HeatMap, _ box: Box) throws {
    guard let picture = try? frame?.colorPicture() else { return nil }
    snapshot = Picture(try picture.jpegData(quality: Self.quality), format: .jpeg)
    let overlay = HeatMapOverlay(heatMap: heatMap, box: box).drawn(on: picture)
    self.heatMap = Picture(try overlay.jpegData(quality: Self.quality), format: .jpeg)
  }
}
