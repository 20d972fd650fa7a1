/// Which of a source's frames were analysed, and how what is known of those covers all the others.
struct SourceFrames {
  private var indices: [Int] = []

  /// Takes the next analysed frame, by its index in the source.
  mutating func append(_ sourceIndex: Int) { indices.append(sourceIndex) }

  /// For each of the source's frames, the analysed frame that stands for it: itself, or else the last one before.
  func owners(_ frameCount: Int) -> [Int] {
    guard !indices.isEmpty else { return [] }
    var owner = 0
    return (0..<frameCount).map { sourceIndex in
      while owner + 1 < indices.count, indices[owner + 1] <= sourceIndex { owner += 1 }
      return owner
    }
  }

  /// A value for each of the source's frames; a frame without takes that of the one before. Before the first there is
  /// `first`; without it, the first's own.
  ///
  /// - Parameter values: one for each analysed frame.
  func spread(_ values: [Float?], over frameCount: Int, first: Float? = nil) -> [Float] {
    var last = first ?? values.lazy.compactMap(\.self).first ?? 0
    let known = values.map { value -> Float in
      last = value ?? last
      return last
    }
    guard !known.isEmpty else { return [Float](repeating: 0, count: frameCount) }
    return owners(frameCount).map { known[$0] }
  }
}
