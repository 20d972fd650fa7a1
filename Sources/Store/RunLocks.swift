import Foundation
import Synchronization

/// Tells which runs are being written, by locking for each run one byte of a file in the media folder.
///
/// The kernel lets go of a lock when its program dies, however it dies. Locks belong to the open file, not to the
/// process (`F_OFD_SETLK`), so that two stores in one process see each other. Owns the descriptor.
final class RunLocks: Sendable {
  private let descriptor: Int32
  private let held = Mutex<Set<Int64>>([])

  init(path: String) throws(FileError) {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(path: path, doing: "opening", code: errno) }
  }

  deinit { close(descriptor) }

  /// Whether this store is writing the run.
  func holds(_ runNumber: Int64) -> Bool { held.withLock { $0.contains(runNumber) } }

  /// Takes the run. Returns false where this or another program is writing it.
  func take(_ runNumber: Int64) -> Bool {
    held.withLock { held in
      guard !held.contains(runNumber), lock(runNumber, F_WRLCK) else { return false }
      held.insert(runNumber)
      return true
    }
  }

  /// Lets the run go.
  func release(_ runNumber: Int64) {
    held.withLock { held in
      if held.remove(runNumber) != nil { _ = lock(runNumber, F_UNLCK) }
    }
  }

  private func lock(_ runNumber: Int64, _ type: Int32) -> Bool {
    var range = flock()
    range.l_type = Int16(type)
    range.l_whence = Int16(SEEK_SET)
    range.l_start = off_t(runNumber)
    range.l_len = 1
    return fcntl(descriptor, openFileDescriptionSetLock, &range) == 0
  }
}

/// `F_OFD_SETLK` of Linux, which Swift's C library module does not show.
private let openFileDescriptionSetLock: Int32 = 37
