import Foundation
public import Store
import Synchronization

/// The state of a camera, written by its threads and read by whoever wants to know.
public final class CameraStatus: Sendable {
  private struct Shared {
    var snapshot: CameraSnapshot
    var listeners: [UUID: AsyncStream<CameraSnapshot>.Continuation] = [:]
  }

  private let shared: Mutex<Shared>
  private let now: @Sendable () -> Timestamp

  /// The status of a camera that starts.
  ///
  /// - Parameter now: What the wall clock says.
  public init(camera: String, now: @escaping @Sendable () -> Timestamp = { .now }) {
    self.now = now
    shared = Mutex(Shared(snapshot: CameraSnapshot(camera: camera, state: .starting, since: now())))
  }

  /// What is known now.
  public var snapshot: CameraSnapshot { shared.withLock { $0.snapshot } }

  /// What is known now and after each change; a slow reader misses what was overtaken.
  public func updates() -> AsyncStream<CameraSnapshot> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: CameraSnapshot.self, bufferingPolicy: .bufferingNewest(1))
    let id = UUID()
    continuation.onTermination = { [weak self] _ in
      self?.shared.withLock { _ = $0.listeners.removeValue(forKey: id) }
    }
    shared.withLock {
      $0.listeners[id] = continuation
      continuation.yield($0.snapshot)
    }
    return stream
  }

  /// Changes the state.
  func enter(_ state: CameraState) {
    let moment = now()
    update {
      $0.state = state
      $0.since = moment
      $0.stateChanges += 1
      switch state {
      case .streaming: $0.connections += 1
      case .backingOff(let reason, _), .failed(let reason): $0.lastError = reason
      case .starting, .connecting, .finished, .stopped: break
      }
    }
  }

  /// Changes what is counted.
  func update(_ body: (inout CameraSnapshot) -> Void) {
    shared.withLock {
      body(&$0.snapshot)
      for listener in $0.listeners.values { listener.yield($0.snapshot) }
    }
  }
}
