import Daemon
import Foundation
import ServiceLifecycleTestKit
import Testing

/// What a test waited for did not happen within any reasonable time.
struct DeadlineExceeded: Error {
  let last: CameraSnapshot
}

extension CameraStatus {
  /// Waits until the camera is as described; the deadline only keeps a broken test from hanging.
  @discardableResult
  func wait(
    deadline: Duration = .seconds(90), until isReached: @escaping @Sendable (CameraSnapshot) -> Bool
  ) async throws -> CameraSnapshot {
    try await withThrowingTaskGroup(of: CameraSnapshot?.self) { group in
      group.addTask {
        for await snapshot in self.updates() where isReached(snapshot) { return snapshot }
        return nil
      }
      group.addTask {
        try await Task.sleep(for: deadline)
        return nil
      }
      defer { group.cancelAll() }
      guard let reached = try await group.next() ?? nil else { throw DeadlineExceeded(last: snapshot) }
      return reached
    }
  }
}

extension Supervisor {
  /// Runs the daemon while `body` watches it, then stops it gracefully.
  func runWhile(_ body: @escaping @Sendable () async throws -> Void) async throws {
    try await testGracefulShutdown { trigger in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await self.run() }
        let result = await Result { try await body() }
        trigger.triggerGracefulShutdown()
        try await group.waitForAll()
        try result.get()
      }
    }
  }
}

extension Result where Failure == any Error {
  /// The result of something asynchronous.
  init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
