/// What an alert says.
public enum AlertKind: String, Sendable, Codable, CaseIterable {
  /// Something in the picture is not as it normally is.
  case irregular
  /// The whole picture changed at once: lights, exposure, infrared filter.
  case sceneChange = "scene_change"
}
