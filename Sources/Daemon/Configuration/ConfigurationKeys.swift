/// The keys at the top of the file.
enum ConfigurationKey: String, CaseIterable {
  case database
  case logLevel = "log_level"
  case cameras
}

/// The keys of an entry of `cameras`.
enum CameraKey: String, CaseIterable {
  case name
  case url
  case passwordFile = "password_file"
  case model
  case framesPerSecond = "frames_per_second"
  case motion
  case peopleSearchesPerSecond = "people_searches_per_second"
  case peopleZones = "people_zones"
  case peopleMasks = "people_masks"
  case timeoutSeconds = "timeout_seconds"
}
