extension Duration {
  /// Seconds, rounded to the nearest representable number.
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
