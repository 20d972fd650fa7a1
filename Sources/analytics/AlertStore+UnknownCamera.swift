import Store

extension AlertStore {
  /// What to add to the words that nothing of a camera was found, where no camera has that name: which there are; else nil.
  func remark(onUnknownCamera camera: String) throws -> String? {
    let names = try cameraNames()
    if names.contains(camera) { return nil }
    let others =
      names.isEmpty ? "" : "; there are \(names.map { "\"\($0.visible())\"" }.joined(separator: ", "))"
    return ": no camera is called \"\(camera.visible())\"\(others)"
  }
}
