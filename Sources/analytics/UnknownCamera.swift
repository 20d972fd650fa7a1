import Store

extension AlertStore {
  /// What to say where nothing was found: that there is nothing, and where no camera has the name that was asked for, which
  /// there are.
  func nothing(_ words: String, of camera: String?) throws -> String {
    guard let camera else { return words }
    let names = try cameraNames()
    if names.contains(camera) { return words }
    let others =
      names.isEmpty ? "" : "; there are \(names.map { "\"\($0.visible())\"" }.joined(separator: ", "))"
    return "\(words): no camera is called \"\(camera.visible())\"\(others)"
  }
}
