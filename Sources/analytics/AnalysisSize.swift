import ArgumentParser
import Decode

/// `128x128`.
struct AnalysisSize: ExpressibleByArgument {
  let size: PictureSize

  init?(argument: String) {
    let sides = argument.lowercased().split(separator: "x").map { Int($0) }
    guard sides.count == 2, let width = sides[0], let height = sides[1], (16...1024).contains(width),
      (16...1024).contains(height), width % 8 == 0, height % 8 == 0
    else { return nil }
    size = PictureSize(width: width, height: height)
  }
}
