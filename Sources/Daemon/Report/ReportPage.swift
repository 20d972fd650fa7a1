import Decode
import Foundation
import Store

/// The page of a replay, from top to bottom.
struct ReportPage {
  let summary: ReplaySummary
  let alerts: [ReportedAlert]
  /// Reads the crop of a track; nil where there is none.
  let crop: (Track) -> Data?

  var html: HTML {
    """
    <!DOCTYPE html>
    <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
    <head>
    <meta charset="utf-8"/>
    <meta name="viewport" content="width=device-width, initial-scale=1"/>
    <meta name="color-scheme" content="light dark"/>
    <meta http-equiv="Content-Security-Policy" content="\(Self.contentPolicy)"/>
    <title>\(clipName) – replay report</title>
    <style>
    \(ReportStyle.css)
    </style>
    </head>
    <body>
    <main>
    \(header)
    \(verdict)
    \(losses)
    \(curve)
    \(cards)
    \(people)
    </main>
    \(footer)
    <script>
    \(ReportScript.javaScript)
    </script>
    </body>
    </html>

    """
  }

  /// The browser itself makes sure that the page loads nothing from anywhere.
  private static let contentPolicy =
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

  /// A page of more alerts shows pictures as the reader comes to them.
  private static let eagerCardLimit = 12

  private var clipName: String { summary.clip.split(separator: "/").last.map(String.init) ?? summary.clip }

  private var header: HTML {
    """
    <header>
    <p class="kicker">Replay report</p>
    <h1>\(clipName)</h1>
    <dl class="facts">
    \(fact("Camera", "\(summary.camera)"))
    \(fact("Recorded", recorded))
    \(fact("Learned from", learned))
    \(fact("Media", "\(summary.media.description)"))
    \(fact("Model", "\(summary.modelName ?? "None: nothing was scored")"))
    </dl>
    </header>
    """
  }

  private func fact(_ name: HTML, _ value: HTML) -> HTML {
    "<div><dt>\(name)</dt><dd>\(value)</dd></div>"
  }

  private var recorded: HTML {
    summary.startedAt.millisecondsSince1970 == 0
      ? "The clip does not say; times of day count from 1970-01-01." : "\(summary.startedAt.timeOfDay) UTC"
  }

  private var learned: HTML {
    guard let learnedUntil = summary.learnedUntil else { return "Nothing in this clip" }
    return "The first \(learnedUntil.clipTime) of this clip"
  }

  private var verdict: HTML {
    let verdict = ReportVerdict(summary: summary, alerts: alerts)
    return """
      <section class="verdict \(verdict.tone.rawValue)" aria-label="Verdict">
      <p class="headline">\(verdict.headline)</p>
      <p>\(verdict.explanation)</p>
      </section>
      """
  }

  private var losses: HTML? {
    summary.losses.map { losses in
      """
      <section class="losses" aria-label="Losses">
      <p><strong>Not all of the clip could be read:</strong> \(losses)</p>
      </section>
      """
    }
  }

  /// Nothing to draw where nothing was scored.
  private var curve: HTML? {
    guard summary.modelName != nil else { return nil }
    return "\(CurveChart(summary: summary, alerts: alerts).html)\n\(AlertTable(alerts: alerts).html)"
  }

  private var people: HTML? {
    summary.people.map { PeopleSection(people: $0, startedAt: summary.startedAt, crop: crop).html }
  }

  private var cards: HTML? {
    guard !alerts.isEmpty else { return nil }
    return """
      <section aria-label="Alerts in detail">
      \(alerts.map(card))
      </section>
      """
  }

  private func card(_ reported: ReportedAlert) -> HTML {
    AlertCard(
      reported: reported, pictureSize: summary.media.size, isLazy: alerts.count > Self.eagerCardLimit
    ).html
  }

  private var footer: HTML {
    """
    <footer>
    <h2>How to read this</h2>
    <p>Regularity says how much the footage is like what the model has learned as normal: 1 is perfectly normal, below
    0.5 is an alert. The outlined box and the yellow to red heat map show where the picture was furthest from normal.
    A scene change is a change of the whole picture at once, such as lights or exposure; it is noted, and is no alert.</p>
    <dl class="facts">
    \(fact("Clip", "<code>\(summary.clip)</code>"))
    \(fact("Run", "<code>\(summary.runID)</code>"))
    \(summary.modelDigest.map { fact("Model identity", "<code>\($0)</code>") })
    \(fact("Alert log", "<code>\(summary.databasePath)</code>"))
    \(fact("Made by", "analytics \(summary.programVersion)"))
    </dl>
    </footer>
    """
  }
}
