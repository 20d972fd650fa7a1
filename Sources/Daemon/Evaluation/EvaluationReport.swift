import Anomaly
public import Foundation
import SystemReason

/// An evaluation as one HTML page: its measures, the ROC curves, and each clip's scores over its labels.
public struct EvaluationReport {
  private let result: AnomalyEvaluationJob.Result

  /// The report of an evaluation.
  public init(_ result: AnomalyEvaluationJob.Result) { self.result = result }

  /// Writes the page.
  ///
  /// - Throws: `ReportError.cannotWrite`.
  public func write(to url: URL) throws(ReportError) {
    do { try Data(html.utf8).write(to: url, options: .atomic) } catch {
      throw .cannotWrite(path: url.path, reason: error.systemReason)
    }
  }

  /// The page. It is well-formed XML too.
  public var html: String { page.source }

  private var evaluation: AnomalyEvaluation { result.evaluation }

  private var page: HTML {
    """
    <!DOCTYPE html>
    <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
    <head>
    <meta charset="utf-8"/>
    <meta name="viewport" content="width=device-width, initial-scale=1"/>
    <meta name="color-scheme" content="light dark"/>
    <title>Anomaly evaluation</title>
    <style>
    \(ReportStyle.css)
    \(Self.css)
    </style>
    </head>
    <body>
    <main>
    <header>
    <p class="kicker">Evaluation report</p>
    <h1>\(evaluation.clips.count) test clips</h1>
    </header>
    <section class="panel"><h2>Frame and pixel level</h2>
    <table><thead><tr><th>what</th><th>AUC</th><th>EER</th></tr></thead>
    <tbody>\(curves.map(row))</tbody></table></section>
    <section class="panel"><h2>ROC curves</h2>\(plot)
    <ul class="legend">\(curves.enumerated().map { Self.key($0.element.name, color: $0.offset) })</ul></section>
    <section class="panel"><h2>Scores, clip by clip</h2>
    <p>Irregularity over the frames; 1 (dotted) is the alert threshold. Shaded frames are labelled irregular.</p>
    \(evaluation.clips.map(clip))</section>
    </main>
    </body>
    </html>

    """
  }

  private static let css: HTML = """
    table { border-collapse: collapse; margin-top: 10px; } th, td { text-align: left; padding: 4px 18px 4px 0; }
    td + td { font-variant-numeric: tabular-nums; }
    .roc { max-width: 420px; display: block; margin: 10px 0; overflow: visible; }
    .roc rect, .clip rect.frame { fill: none; stroke: var(--line); }
    .roc polyline, .clip polyline { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; }
    .c0 { stroke: var(--curve); background: var(--curve); } .c1 { stroke: var(--alert); background: var(--alert); }
    .c2 { stroke: var(--quiet); background: var(--quiet); } .c3 { stroke: var(--scene); background: var(--scene); }
    .c4 { stroke: var(--warn); background: var(--warn); }
    .key.c0, .key.c1, .key.c2, .key.c3, .key.c4 { display: inline-block; width: 18px; height: 3px; margin-right: 6px; }
    .clip { display: block; width: 100%; height: 90px; } .clip .truth { fill: var(--alert-tint); }
    .clip .limit { stroke: var(--muted); stroke-dasharray: 2 3; vector-effect: non-scaling-stroke; }
    """

  private struct NamedCurve {
    let name: String
    let curve: ReceiverOperatingCharacteristic
  }

  private var curves: [NamedCurve] {
    [
      ("paper: regularity, per-video min–max, pooled", evaluation.regularity.pooled),
      ("causal, not normalised", evaluation.causal.raw),
      ("appearance alone, raw", evaluation.appearance.raw),
      ("motion alone, raw", evaluation.motion?.raw),
      ("pixel level, raw", evaluation.pixel),
    ].compactMap { name, curve in curve.map { NamedCurve(name: name, curve: $0) } }
  }

  private func row(_ named: NamedCurve) -> HTML {
    """
    <tr><td>\(named.name)</td><td>\(Self.percent(named.curve.areaUnderCurve))</td>\
    <td>\(Self.percent(named.curve.equalErrorRate))</td></tr>
    """
  }

  private static func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }

  private static func key(_ name: String, color: Int) -> HTML {
    "<li><span class=\"key c\(color)\"></span>\(name)</li>"
  }

  private var plot: HTML {
    let lines = curves.enumerated().map { number, named -> HTML in
      let points = named.curve.points.map {
        String(format: "%.1f,%.1f", 400 * $0.falsePositiveRate, 400 * (1 - $0.truePositiveRate))
      }.joined(separator: " ")
      return "<polyline class=\"c\(number)\" points=\"\(points)\"/>"
    }
    return """
      <svg class="roc" xmlns="http://www.w3.org/2000/svg" viewBox="-30 -4 440 440" role="img" \
      aria-label="ROC curves">
      <rect x="0" y="0" width="400" height="400"/>\(lines)
      <text class="tick" x="200" y="422" text-anchor="middle">false positive rate</text>
      <text class="tick" x="-12" y="200" text-anchor="middle" transform="rotate(-90 -12 200)">true positive rate</text>
      </svg>
      """
  }

  private func clip(_ clip: AnomalyEvaluation.Clip) -> HTML {
    let scores = clip.scores.irregularity
    let top = max(2, scores.max() ?? 2)
    let points = scores.enumerated().map {
      String(format: "%d,%.1f", $0.offset, 100 * (1 - max(0, min(top, $0.element)) / top))
    }.joined(separator: " ")
    let truths = clip.labels.trueIntervals.map { interval -> HTML in
      "<rect class=\"truth\" x=\"\(interval.lowerBound)\" y=\"0\" width=\"\(interval.count)\" height=\"100\"/>"
    }
    let limit = String(format: "%.1f", 100 * (1 - 1 / top))
    return """
      <h3>\(clip.name)</h3>
      <svg class="clip" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(max(1, scores.count)) 100" \
      preserveAspectRatio="none" role="img" aria-label="\(clip.name)">
      \(truths)<line class="limit" x1="0" x2="\(scores.count)" y1="\(limit)" y2="\(limit)"/>
      <polyline class="c0" points="\(points)"/></svg>
      """
  }
}
