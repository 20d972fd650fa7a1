import Foundation

/// A track's path as `tracks.path` holds it. Each point has twelve bytes, little-endian: the milliseconds since the
/// person was first seen (32 bits), and left edge, upper edge, width and height in 1/65535 of the picture (16 bits each).
enum TrackPath {
  static let bytesPerPoint = 12

  /// - Throws: `StoreError.invalidValue` where a point lies before the first moment, or 49 days after it.
  static func encoded(_ points: [TrackPoint], since first: Timestamp) throws(StoreError) -> Data {
    var data = Data(capacity: bytesPerPoint * points.count)
    for point in points {
      let offset = point.seenAt.millisecondsSince1970 - first.millisecondsSince1970
      guard let offset = UInt32(exactly: offset) else {
        throw .invalidValue("a point of a path at \(point.seenAt), of a track that began at \(first)")
      }
      withUnsafeBytes(of: offset.littleEndian) { data.append(contentsOf: $0) }
      for fraction in [point.box.x, point.box.y, point.box.width, point.box.height] {
        // The larger of 0 and NaN is 0.
        let steps = UInt16((65_535 * min(1, max(0, fraction))).rounded())
        withUnsafeBytes(of: steps.littleEndian) { data.append(contentsOf: $0) }
      }
    }
    return data
  }

  static func decoded(_ data: Data, since first: Timestamp) -> [TrackPoint] {
    let bytes = [UInt8](data)
    func number(at index: Int, bytes count: Int) -> UInt32 {
      (0..<count).reduce(0) { $0 | UInt32(bytes[index + $1]) << (8 * $1) }
    }
    return stride(from: 0, to: bytes.count / bytesPerPoint * bytesPerPoint, by: bytesPerPoint).map { start in
      let edges = (0..<4).map { Double(number(at: start + 4 + 2 * $0, bytes: 2)) / 65_535 }
      return TrackPoint(
        seenAt: first + .milliseconds(Int64(number(at: start, bytes: 4))),
        box: PictureBox(x: edges[0], y: edges[1], width: edges[2], height: edges[3]))
    }
  }
}
