/// An optional that is written as null where the encoding that Swift makes would leave its key out.
@propertyWrapper
public struct NullWhereMissing<Value: Encodable & Sendable>: Encodable, Sendable {
  /// The value; nil is written as null.
  public var wrappedValue: Value?

  /// Wraps a value.
  public init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

  /// Writes the value or null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue)
  }
}
