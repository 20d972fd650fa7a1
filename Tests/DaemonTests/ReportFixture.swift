import Foundation

@testable import Daemon
@testable import Decode
@testable import Store

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// 2026-03-04T05:06:07.000Z.
let reportStart = Timestamp(millisecondsSince1970: 1_772_600_767_000)

extension ReplaySummary {
  /// A replay of a clip of 80 seconds at ten frames a second that learned from its first half.
  static func sample(
    clip: String = "gate.mp4", curve: [Point] = .steady(from: 40, to: 80), alerts: [Alert] = [],
    learnedUntil: Duration? = .seconds(40), losses: String? = nil, startedAt: Timestamp = reportStart
  ) -> ReplaySummary {
    ReplaySummary(
      clip: clip, camera: "gate",
      media: MediaInfo(
        container: "avi", codec: "mpeg4", videoStream: 0, videoStreamCount: 1,
        size: PictureSize(width: 768, height: 576), framesPerSecond: 10, duration: .seconds(80),
        estimatedFrameCount: 800, creationTime: nil, isLive: false, hasTimestamps: true),
      losses: losses, runID: "replay-1234", modelName: "learned from this clip", modelDigest: "abcdef",
      learnedUntil: learnedUntil, startedAt: startedAt, frameCount: curve.count,
      scoredFrameCount: curve.count,
      curve: curve, alerts: alerts, databasePath: "alerts.sqlite", programVersion: "1.0")
  }
}

extension [ReplaySummary.Point] {
  /// Ten points a second of the same regularity.
  static func steady(from start: Int, to end: Int, at regularity: Float = 0.9) -> [ReplaySummary.Point] {
    (start * 10..<end * 10).map { .init(time: .milliseconds($0 * 100), regularity: regularity) }
  }
}

extension Alert {
  /// An alert of two seconds whose peak is in the middle.
  static func sample(
    _ id: Int64, at start: Double, kind: AlertKind = .irregular, regularity: Double = 0.25,
    box: PictureBox = PictureBox(x: 0.25, y: 0.5, width: 0.125, height: 0.25),
    snapshot: String? = "a/snapshot.jpg",
    heatMap: String? = "a/heat.jpg", mark: Bool? = nil,
    evidence: AlertEvidence? = nil, tracks: [Int64] = []
  ) -> Alert {
    let begin = reportStart + .seconds(start)
    return Alert(
      id: id, camera: "gate", kind: kind, startedAt: begin, peakedAt: begin + .seconds(1),
      endedAt: begin + .seconds(2), isEndEstimated: false, regularity: regularity, threshold: 0.5,
      evidence: evidence, box: box,
      snapshot: snapshot, heatMap: heatMap, runID: "replay-1234", mark: mark, tracks: tracks)
  }
}

/// The start of a JPEG file: enough to be taken for one.
let jpegStart = Data([0xFF, 0xD8, 0xFF, 0xE0])

/// The elements of a page, as an XML parser sees them; nil where it is not well-formed.
final class ParsedPage: NSObject, XMLParserDelegate {
  struct Element {
    let name: String
    let attributes: [String: String]
  }

  private(set) var elements: [Element] = []
  private(set) var text = ""

  init?(_ html: String) {
    super.init()
    let parser = XMLParser(data: Data(html.utf8))
    parser.delegate = self
    guard parser.parse() else { return nil }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    elements.append(Element(name: name, attributes: attributes))
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

  func all(_ name: String, withClass className: String? = nil) -> [Element] {
    elements.filter { element in
      let classes = element.attributes["class", default: ""].split(separator: " ").map(String.init)
      return element.name == name && (className.map(classes.contains) ?? true)
    }
  }
}
