import Decode
import Store

/// The regularity over the clip as SVG, with what was learned from and the alerts shaded.
///
/// Text keeps its size whatever the width of the page: only the inner drawing, whose units are millionths of the clip
/// and thousandths of regularity, is stretched. Browsers draw with 24 bits, so milliseconds of a day would be too fine.
struct CurveChart {
  /// So many points are drawn at most: more than a screen has columns.
  static let pointLimit = 2000
  /// The regularity below which there is an alert.
  private static let threshold = 0.5
  /// Where the drawing begins below the upper edge, and its height, in CSS pixels.
  private static let (top, height) = (26, 220)
  /// The width of the drawing in its own units.
  private static let units = 1_000_000

  let summary: ReplaySummary
  let alerts: [ReportedAlert]

  var html: HTML {
    guard !summary.curve.isEmpty else {
      return
        "<section class=\"panel\"><h2>Regularity</h2><p>There is no curve: no frame has a score.</p></section>"
    }
    return """
      <section class="panel" aria-labelledby="regularity">
      <div class="bar"><h2 id="regularity">Regularity</h2><output id="readout"></output></div>
      <div class="chart">
      <svg id="chart" xmlns="http://www.w3.org/2000/svg" width="100%" height="\(Self.top + Self.height + 26)" \
      role="group" aria-label="\(description)">
      \(axes)
      \(drawing)
      \(labels)
      <line id="cursor" class="cursor" y1="\(Self.top)" y2="\(Self.top + Self.height)" visibility="hidden"/>
      </svg>
      </div>
      \(legend)
      </section>
      """
  }

  // MARK: - Scales

  /// All of the clip, also what could not be read.
  private var duration: Duration {
    let ends = alerts.map(\.end) + [summary.media.duration, summary.learnedUntil, summary.curve.last?.time]
    return max(ends.compactMap(\.self).max() ?? .zero, .milliseconds(1))
  }

  private func share(_ time: Duration) -> Double {
    min(max(Double(time.inMilliseconds) / Double(duration.inMilliseconds), 0), 1)
  }

  /// A time in the drawing's units.
  private func x(_ time: Duration) -> Int { Int((share(time) * Double(Self.units)).rounded()) }

  private func y(_ regularity: Double) -> Int {
    Self.top + Int((Double(Self.height) * (1 - regularity)).rounded())
  }

  private var description: String {
    let lowest = summary.curve.min { $0.regularity < $1.regularity }
    let dip = lowest.map {
      ", lowest at \($0.time.preciseClipTime) with \(hundredths(Double($0.regularity)))"
    }
    return "Regularity from 0:00 to \(duration.clipTime)\(dip ?? "")"
  }

  // MARK: - Parts

  private var axes: HTML {
    let bottom = Self.top + Self.height
    let ticks = TimeAxis(duration: duration).ticks
    let times = ticks.enumerated().map { number, tick -> HTML in
      let x = percent(share(tick))
      // On a phone every other label gives way.
      let style = ticks.count > 5 && number % 2 == 1 ? "tick spare" : "tick"
      return """
        <line class="grid" x1="\(x)" x2="\(x)" y1="\(Self.top)" y2="\(bottom)"/>\
        <text class="\(style)" x="\(x)" y="\(bottom + 18)" text-anchor="middle">\(tick.clipTime)</text>
        """
    }
    let levels = [0.0, 0.5, 1.0].map { level -> HTML in
      """
      <line class="grid" x1="0" x2="100%" y1="\(y(level))" y2="\(y(level))"/>\
      <text class="tick" x="-8" y="\(y(level) + 4)" text-anchor="end">\(level == 0.5 ? "0.5" : String(Int(level)))</text>
      """
    }
    return "\(times)\n\(levels)"
  }

  private var drawing: HTML {
    let sampled = summary.curve.sampled(limit: Self.pointLimit)
    // Rounded down, like every regularity on the page.
    let points = sampled.map { point in
      "\(x(point.time)),\(1000 - Int((1000 * min(max(point.regularity, 0), 1)).rounded(.down)))"
    }.joined(separator: " ")
    let style = sampled.count > Self.pointLimit / 2 ? "curve dense" : "curve"
    return """
      <svg y="\(Self.top)" width="100%" height="\(Self.height)" viewBox="0 0 \(Self.units) 1000" \
      preserveAspectRatio="none" overflow="visible">
      <clipPath id="below"><rect x="0" y="500" width="\(Self.units)" height="520"/></clipPath>
      \(learnedSpan)
      \(alerts.map(span))
      <polyline id="curve" class="\(style)" data-milliseconds="\(duration.inMilliseconds)" points="\(points)"/>
      <polyline class="\(style) low" clip-path="url(#below)" points="\(points)"/>
      </svg>
      <line class="threshold" x1="0" x2="100%" y1="\(y(Self.threshold))" y2="\(y(Self.threshold))"/>
      """
  }

  private var learnedSpan: HTML? {
    summary.learnedUntil.map { until in
      "<rect class=\"learned\" x=\"0\" y=\"0\" width=\"\(x(until))\" height=\"1000\"/>"
    }
  }

  private func span(_ reported: ReportedAlert) -> HTML {
    let start = x(reported.start)
    let width = max(x(reported.end ?? duration) - start, 1)
    return """
      <a href="#\(reported.anchor)"><title>\(reported.title) at \(reported.start.preciseClipTime)</title>\
      <rect class="\(reported.isIrregular ? "alert" : "alert scene")" x="\(start)" y="0" width="\(width)" \
      height="1000"/></a>
      """
  }

  private var labels: HTML {
    let learned: HTML? = summary.learnedUntil.map { until in
      "<text class=\"note spare\" x=\"8\" y=\"\(Self.top + Self.height - 10)\">learned from, 0:00–\(until.clipTime)</text>"
    }
    return "\(learned)\n\(labelGroups.compactMap(label))"
  }

  /// Whether there are so many alerts that the labels of a phone's width would lie on each other.
  private var isCrowded: Bool { alerts.count > 20 }

  /// Alerts whose labels would lie on each other, together.
  private var labelGroups: [[ReportedAlert]] {
    let gap = isCrowded ? 0.1 : 0.06
    return alerts.reduce(into: []) { groups, reported in
      if let first = groups.last?.first, share(reported.start) - share(first.start) < gap {
        groups[groups.count - 1].append(reported)
      } else {
        groups.append([reported])
      }
    }
  }

  private func label(_ group: [ReportedAlert]) -> HTML? {
    guard let first = group.first, let last = group.last else { return nil }
    let text = group.count > 2 ? "\(first.label)–\(last.label)" : group.map(\.label).joined(separator: ", ")
    let kind = group.contains(where: \.isIrregular) ? "" : " scene"
    return """
      <a href="#\(first.anchor)"><text class="label\(kind)\(isCrowded ? " spare" : "")" \
      x="\(percent((share(first.start) + share(last.end ?? last.start)) / 2))" y="\(Self.top - 8)" \
      text-anchor="middle">\(text)</text></a>
      """
  }

  private var legend: HTML {
    var keys: [HTML] = [
      "<li><span class=\"key curve-key\"></span>regularity</li>",
      "<li><span class=\"key threshold-key\"></span>alert threshold</li>",
    ]
    if alerts.contains(where: \.isIrregular) {
      keys.append("<li><span class=\"key alert-key\"></span>alert</li>")
    }
    if alerts.contains(where: { !$0.isIrregular }) {
      keys.append("<li><span class=\"key scene-key\"></span>scene change</li>")
    }
    if summary.learnedUntil != nil {
      keys.append("<li><span class=\"key learned-key\"></span>learned from</li>")
    }
    return "<ul class=\"legend\">\(keys)</ul>"
  }
}
