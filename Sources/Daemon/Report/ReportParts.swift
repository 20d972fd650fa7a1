import Store

/// A regularity as a number and as a bar that is filled up to it, with a notch at the alert threshold.
struct RegularityMeter {
  private let regularity: Double
  private let threshold: Double

  init(of alert: Alert) {
    regularity = alert.regularity
    threshold = alert.threshold
  }

  var html: HTML {
    """
    <span class="regularity">\(hundredths(regularity))<span class="meter" aria-hidden="true">\
    <span class="fill" style="width:\(percent(regularity))"></span>\
    <span class="notch" style="left:\(percent(threshold))"></span></span></span>
    """
  }
}

extension ReportedAlert {
  /// Its label in a coloured field.
  var badge: HTML {
    isIrregular ? "<span class=\"badge\">\(label)</span>" : "<span class=\"badge scene\">\(label)</span>"
  }

  /// What a person said about it.
  var review: String {
    switch alert.mark {
    case nil: "not reviewed"
    case true?: "marked true"
    case false?: "marked false"
    }
  }
}

extension Timestamp {
  /// The moment to the second, for people and for machines.
  var timeOfDay: HTML {
    let text = description
    return "<time datetime=\"\(text)\">\(String(text.dropLast(5)).replacing("T", with: " "))</time>"
  }
}

/// A regularity with two decimals, rounded down, so that an alert never reads like the threshold it is below.
func hundredths(_ regularity: Double) -> String {
  let hundredths = Int((regularity.clamped * 100 + 1e-9).rounded(.down))
  return "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
}

/// A share of a whole as CSS and SVG want it: `12.34%`.
func percent(_ share: Double) -> String {
  let hundredths = Int((share.clamped * 10_000).rounded())
  return "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)%"
}

extension Double {
  /// Between 0 and 1; 0 for what is no number.
  fileprivate var clamped: Double { isFinite ? min(max(self, 0), 1) : 0 }
}
