import CFFmpeg
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// FFmpeg's log, kept off the standard error stream; its errors are caught where they explain a failure.
///
/// FFmpeg logs on the calling thread, because decoders run without threads of their own here. So the messages of
/// concurrent readers are told apart by thread.
enum FFmpegLog {
  private static let firstErrors = Mutex<[UInt: String?]>([:])

  /// Runs `body` and returns with it the first error that FFmpeg logged meanwhile on this thread.
  static func catchingError<Result>(_ body: () -> Result) -> (Result, String?) {
    install
    let thread = UInt(pthread_self())
    firstErrors.withLock { $0[thread] = .some(nil) }
    let result = body()
    let error = firstErrors.withLock { $0.removeValue(forKey: thread) }
    return (result, error ?? nil)
  }

  /// Diverts the log, once per process.
  static let install: Void = av_log_set_callback { context, level, format, arguments in
    guard level <= AV_LOG_ERROR, let format, let arguments else { return }
    let thread = UInt(pthread_self())
    guard FFmpegLog.firstErrors.withLock({ $0[thread] == .some(nil) }) else { return }
    var printsPrefix: Int32 = 0
    let line = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
      _ = av_log_format_line2(context, level, format, arguments, buffer.baseAddress, 512, &printsPrefix)
      return buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
    let text = String(line.filter { !$0.isNewline })
    guard !text.isEmpty else { return }
    FFmpegLog.firstErrors.withLock { $0[thread] = text }
  }

  /// FFmpeg's words for one of its error codes.
  static func text(of code: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      av_strerror(code, buffer.baseAddress, 256)
      return buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
  }
}
