import ServiceLifecycle

/// All cameras as one service: a group stops its services one after the other, and cameras stop together, so that one that
/// takes its time takes none of the others'.
struct CamerasService: Service, CustomStringConvertible {
  let cameras: [CameraService]

  var description: String { "cameras" }

  func run() async throws {
    await withDiscardingTaskGroup { group in
      for camera in cameras { group.addTask { await camera.run() } }
    }
  }
}
