import Foundation

extension Error {
  /// Why the system would not read or write a file, in its own words: Foundation's name the path, which our messages do
  /// already, and hide the cause.
  package var systemReason: String {
    if (self as? CocoaError)?.code == .fileReadInapplicableStringEncoding { return "it is not UTF-8 text" }
    let cause = ((self as NSError).userInfo[NSUnderlyingErrorKey] as? any Error ?? self) as NSError
    return cause.domain == NSPOSIXErrorDomain
      ? String(cString: strerror(Int32(cause.code))) : cause.localizedDescription
  }
}
