import Decode
import Dispatch
import Foundation

/// Ctrl-C as a token that work looks at: the first lets it end in order, the second ends the program.
enum InterruptSignal {
  /// A token that SIGINT and SIGTERM cancel.
  static func cancellation() -> Cancellation {
    let cancellation = Cancellation()
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if cancellation.isCancelled { _exit(ExitCodes.interrupted) }
        cancellation.cancel()
        // The handler keeps its source alive: signals arrive until the program ends.
        withExtendedLifetime(source) {}
      }
      source.resume()
    }
    return cancellation
  }

  private enum ExitCodes { static let interrupted: Int32 = 130 }
}
