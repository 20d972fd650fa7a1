import Decode
import Store

/// One alert: when, how much, and what it looked like.
struct AlertCard {
  let reported: ReportedAlert
  /// The size that pictures have as a rule, in pixels: the page reserves the room before they are shown.
  let pictureSize: PictureSize
  /// Whether its pictures may wait until the reader comes near them.
  let isLazy: Bool

  private static let lazy: HTML = " loading=\"lazy\" decoding=\"async\""

  private var alert: Alert { reported.alert }

  var html: HTML {
    """
    <article class="panel card" id="\(reported.anchor)" aria-labelledby="\(reported.anchor)-title">
    <h3 id="\(reported.anchor)-title">\(reported.badge) \(reported.isIrregular ? "Alert" : "Scene change") \
    at \(reported.start.preciseClipTime)</h3>
    <dl class="facts">
    <div><dt>Began</dt><dd>\(alert.startedAt.timeOfDay) UTC</dd></div>
    <div><dt>Lasted</dt><dd>\(reported.length)</dd></div>
    <div><dt>Least regular at</dt><dd>\(reported.peak.preciseClipTime)</dd></div>
    <div><dt>Regularity</dt><dd>\(RegularityMeter(of: alert).html)</dd></div>
    \(evidence)
    \(people)
    <div><dt>Review</dt><dd>\(reported.review)</dd></div>
    <div><dt>In the log</dt><dd>no. \(String(alert.id))</dd></div>
    </dl>
    <div class="pictures">
    \(figure("Snapshot", reported.snapshot, path: alert.snapshot, box: box))
    \(figure("Heat map", reported.heatMap, path: alert.heatMap, box: nil))
    </div>
    </article>
    """
  }

  /// Who stood in the box.
  private var people: HTML? {
    guard !alert.tracks.isEmpty else { return nil }
    let names: [HTML] = alert.tracks.map { "<a href=\"#track-\(String($0))\">\(String($0))</a> " }
    return "<div><dt>People in it</dt><dd>track \(names)</dd></div>"
  }

  /// What stands out, where that is known.
  private var evidence: HTML? {
    let words: HTML? =
      switch alert.evidence {
      case .appearance: "stands out by its look"
      case .motion: "stands out by its motion"
      case nil: nil
      }
    return words.map { "<div><dt>Evidence</dt><dd>\($0)</dd></div>" }
  }

  private func figure(_ name: String, _ picture: EmbeddedPicture?, path: String?, box: HTML?) -> HTML {
    guard let picture else { return missing(name, path: path) }
    return """
      <figure><div class="frame"><img src="\(HTML(markup: picture.uri))" alt="\(name) of \(title)" \
      width="\(pictureSize.width)" height="\(pictureSize.height)"\(isLazy ? Self.lazy : nil)/>\(box)</div>\
      <figcaption>\(name)</figcaption></figure>
      """
  }

  private var title: String {
    "\(reported.title.lowercased()), \(reported.peak.preciseClipTime) into the clip"
  }

  private func missing(_ name: String, path: String?) -> HTML {
    let reason: HTML =
      switch path {
      case nil: "None was kept."
      case let path? where reported.isWithoutPictures:
        "Left out to keep the page small; it is in <code>\(path)</code>"
      case let path?: "<code>\(path)</code> cannot be read as a picture."
      }
    return "<figure><div class=\"missing\"><p>\(reason)</p></div><figcaption>\(name)</figcaption></figure>"
  }

  /// The region that stands out, unless that is the whole picture.
  private var box: HTML? {
    guard alert.box != .wholePicture else { return nil }
    let left = min(max(alert.box.x, 0), 1)
    let top = min(max(alert.box.y, 0), 1)
    let width = min(max(alert.box.width, 0), 1 - left)
    let height = min(max(alert.box.height, 0), 1 - top)
    return """
      <span class="box" style="left:\(percent(left));top:\(percent(top));width:\(percent(width));\
      height:\(percent(height))"></span>
      """
  }
}
