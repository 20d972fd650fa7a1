import Store

/// All alerts at a glance, each linked to its card.
struct AlertTable {
  let alerts: [ReportedAlert]

  var html: HTML? {
    guard !alerts.isEmpty else { return nil }
    return """
      <section class="panel" aria-labelledby="alerts">
      <h2 id="alerts">Alerts</h2>
      <div class="scroll">
      <table>
      <thead><tr><th scope="col">Alert</th><th scope="col">In the clip</th><th scope="col">Lasted</th>\
      <th scope="col">Regularity</th><th scope="col">Review</th><th scope="col">Began (UTC)</th></tr></thead>
      <tbody>
      \(alerts.map(row))
      </tbody>
      </table>
      </div>
      </section>
      """
  }

  private func row(_ reported: ReportedAlert) -> HTML {
    """
    <tr><th scope="row"><a href="#\(reported.anchor)">\(reported.badge)</a></th>\
    <td>\(reported.start.preciseClipTime)</td><td>\(reported.length)</td>\
    <td>\(RegularityMeter(of: reported.alert).html)</td><td>\(reported.review)</td>\
    <td>\(reported.alert.startedAt.timeOfDay)</td></tr>
    """
  }
}
