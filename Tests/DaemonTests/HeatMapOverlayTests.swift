import Anomaly
@testable import Daemon
import Decode
import Testing

@Suite struct HeatMapOverlayTests {
  private let gray = ColorPicture(
    size: PictureSize(width: 8, height: 4), pixels: [UInt8](repeating: 100, count: 8 * 4 * 3))

  @Test func aRegularPictureIsLeftAlone() {
    let cold = HeatMap(grid: CellGrid(columns: 2, rows: 1), values: [0, 0])
    #expect(gray.overlaid(with: cold) == gray)
  }

  @Test func heatIsRedAndFadesBetweenCells() {
    let hot = HeatMap(grid: CellGrid(columns: 2, rows: 1), values: [1, 0])
    let pixels = gray.overlaid(with: hot).pixels
    // Full heat: 0.4 · 100 + 0.6 · (255, 0, 0).
    #expect(Array(pixels[0..<3]) == [193, 40, 40])
    // Pixel 3 lies at 3.5 · 2/8 − 0.5 = 0.375 between the cells: heat 0.625, opacity 0.375.
    #expect(Array(pixels[9..<12]) == [158, 93, 63])
    #expect(Array(pixels[21..<24]) == [100, 100, 100])
    // Rows are alike, for there is but one cell from top to bottom.
    #expect(Array(pixels[0..<24]) == Array(pixels[72..<96]))
  }

  @Test func aPictureSmallerThanItsGridWorks() {
    let tiny = ColorPicture(size: PictureSize(width: 1, height: 1), pixels: [0, 0, 0])
    let map = HeatMap(grid: CellGrid(columns: 16, rows: 16), values: [Float](repeating: 1, count: 256))
    #expect(tiny.overlaid(with: map).pixels == [153, 0, 0])
  }
}
