import Store

extension StoreError {
  /// Stores what can be stored later as well: where another program holds the database, it waits.
  ///
  /// - Parameter waits: Whether it may, since not too much waits already.
  /// - Returns: why it waits; nil once it is stored.
  /// - Throws: `StoreError` where it may not wait, or waiting would not help.
  static func whyWaiting(
    where waits: Bool, toStore work: () throws(StoreError) -> Void
  ) throws(StoreError) -> StoreError? {
    do throws(StoreError) {
      try work()
      return nil
    } catch {
      guard case .locked = error, waits else { throw error }
      return error
    }
  }
}
