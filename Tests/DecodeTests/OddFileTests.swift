import Decode
import Foundation
import TestKit
import Testing

@Suite struct Dump {
  @Test(.enabled(if: TestData.has("videos"))) func dump() throws {
    let odd = try #require(TestData.url("videos/odd"))
    for name in try FileManager.default.contentsOfDirectory(atPath: odd.path).sorted() {
      do {
        let reader = try VideoReader(MediaLocation(file: odd.appending(path: name)))
        var times: [Double] = []
        var damaged = 0
        var sizes: Set<PictureSize> = []
        do {
          while let frame = try reader.next() {
            times.append(frame.presentationTime / .seconds(1))
            damaged += frame.isDamaged ? 1 : 0
            sizes.insert(frame.fullSize)
          }
        } catch { print("   ", error) }
        print(
          name, times.count, damaged, sizes.map(\.description), times.last ?? -1, reader.info,
          reader.info.container, reader.info.estimatedFrameCount ?? -1, reader.losses.summary ?? "fine", "| ")
      } catch { print(name, "ERROR", error) }
    }
  }
}
