public import Foundation
public import Store
import SystemReason

/// What a replay came to as one HTML page that needs nothing else: no other file and no network; it is complete without its script.
///
/// The same summary and pictures give the same bytes.
public struct ReplayReport {
  /// So many bytes of pictures go into a page. The least regular alerts have theirs first; the rest name their files.
  static let pictureBytesLimit = 32 << 20

  private let summary: ReplaySummary
  private let alerts: [ReportedAlert]
  private let crop: (Track) -> Data?

  /// A report with the pictures of its alerts.
  ///
  /// - Parameter snapshots: the JPEG or PNG bytes of an alert's pictures, nil where there is none. Not called for an
  ///   alert whose pictures have no room in the page any more.
  /// - Parameter crop: the JPEG or PNG bytes of a track's best crop, likewise.
  public init(
    _ summary: ReplaySummary,
    snapshots: (Alert) throws -> (snapshot: Data?, heatMap: Data?) = ReplayReport.pictureFiles,
    crop: @escaping (Track) -> Data? = ReplayReport.cropFile
  ) rethrows {
    self.summary = summary
    self.crop = crop
    var alerts = ReportedAlert.all(of: summary)
    var bytesLeft = Self.pictureBytesLimit
    for position in alerts.indices.sorted(by: { alerts[$0].comesBefore(alerts[$1]) }) {
      guard bytesLeft > 0 else {
        alerts[position].isWithoutPictures = true
        continue
      }
      let (snapshot, heatMap) = try snapshots(alerts[position].alert)
      alerts[position].snapshot = EmbeddedPicture(snapshot)
      alerts[position].heatMap = EmbeddedPicture(heatMap)
      bytesLeft -= (snapshot?.count ?? 0) + (heatMap?.count ?? 0)
    }
    self.alerts = alerts
  }

  /// Reads the picture files of an alert; nil for one that cannot be read.
  public static func pictureFiles(of alert: Alert) -> (snapshot: Data?, heatMap: Data?) {
    let contents = { (path: String) in try? Data(contentsOf: URL(filePath: path)) }
    return (alert.snapshot.flatMap(contents), alert.heatMap.flatMap(contents))
  }

  /// Reads the crop of a track; nil for one that cannot be read.
  public static func cropFile(of track: Track) -> Data? {
    track.crop.flatMap { try? Data(contentsOf: URL(filePath: $0)) }
  }

  /// The page. It is well-formed XML too.
  public var html: String { ReportPage(summary: summary, alerts: alerts, crop: crop).html.source }

  /// Writes the page to a file, whole or not at all.
  ///
  /// - Throws: `ReportError.cannotWrite`.
  public func write(to url: URL) throws(ReportError) {
    do {
      try Data(html.utf8).write(to: url, options: .atomic)
    } catch {
      throw .cannotWrite(path: url.path, reason: error.systemReason)
    }
  }

  /// Finds out before the work whether a report could be written where it is wanted after it.
  ///
  /// - Throws: `ReportError.cannotWrite`.
  public static func checkFolder(of url: URL) throws(ReportError) {
    let folder = url.deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: folder) else {
      throw .cannotWrite(path: url.path, reason: "there is no folder \(folder)")
    }
    guard access(folder, W_OK) == 0 else {
      throw .cannotWrite(path: url.path, reason: String(cString: strerror(errno)))
    }
    // The page is moved into place, which would remove a device.
    var status = stat()
    guard stat(url.path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG else {
      throw .cannotWrite(path: url.path, reason: "it is a folder, a pipe or a device")
    }
  }
}

extension ReportedAlert {
  /// Whether its pictures matter more: alerts before scene changes, the less regular first.
  fileprivate func comesBefore(_ other: ReportedAlert) -> Bool {
    if isIrregular != other.isIrregular { return isIrregular }
    return (alert.regularity, start) < (other.alert.regularity, other.start)
  }
}
