import Foundation

extension Error {
  /// Why the system would not read or write a file, in its own words: Foundation's words name the path, which our messages do
  /// already, and hide the cause.
  package var systemReason: String {
    // What reading a text says of other bytes.
    if (self as? CocoaError)?.code == .fileReadCorruptFile { return "it is not UTF-8 text" }
    let cause = ((self as NSError).userInfo[NSUnderlyingErrorKey] as? any Error ?? self) as NSError
    return cause.domain == NSPOSIXErrorDomain
      ? String(cString: strerror(Int32(cause.code))) : cause.localizedDescription
  }
}
