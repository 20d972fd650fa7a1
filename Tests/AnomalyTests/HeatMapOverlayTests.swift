import Anomaly
import Decode
import Testing

struct HeatMapOverlayTests {
  private let gray = ColorPicture(
    size: PictureSize(width: 90, height: 60), pixels: [UInt8](repeating: 100, count: 90 * 60 * 3))

  private func luma(_ picture: ColorPicture, _ x: Int, _ y: Int) -> Int {
    let offset = 3 * (y * picture.size.width + x)
    return picture.pixels[offset..<offset + 3].map { Int($0) }.reduce(0, +)
  }

  @Test func coldPlacesStayAsTheyAre() {
    let map = HeatMap(grid: CellGrid(columns: 3, rows: 2), values: [0, 0, 0, 0, 0, 0])
    #expect(HeatMapOverlay(heatMap: map, box: nil).drawn(on: gray).pixels == gray.pixels)
  }

  @Test func heatIsBrightestAtItsCellAndFadesBetween() {
    let map = HeatMap(grid: CellGrid(columns: 3, rows: 2), values: [0, 0, 0, 0, 0, 1])
    let drawn = HeatMapOverlay(heatMap: map, box: nil).drawn(on: gray)
    // The hot cell's centre is (75, 45); at the centres of its neighbours the heat is 0.
    #expect(luma(drawn, 75, 45) > luma(gray, 75, 45))
    #expect(luma(drawn, 44, 44) == luma(gray, 44, 44))
    #expect(luma(drawn, 10, 10) == luma(gray, 10, 10))
    #expect(luma(drawn, 89, 59) == luma(drawn, 75, 45))
    #expect(drawn.pixels == HeatMapOverlay(heatMap: map, box: nil).drawn(on: gray).pixels)
  }

  @Test func theBoxIsOutlinedInside() {
    let map = HeatMap(grid: CellGrid(columns: 1, rows: 1), values: [0])
    let drawn = HeatMapOverlay(heatMap: map, box: Box(x: 1 / 3, y: 0.5, width: 1 / 3, height: 0.5)).drawn(
      on: gray)
    #expect(luma(drawn, 30, 30) == 3 * 255 && luma(drawn, 59, 59) == 3 * 255)
    #expect(luma(drawn, 31, 31) == 0)
    #expect(luma(drawn, 45, 45) == 300 && luma(drawn, 29, 30) == 300 && luma(drawn, 60, 59) == 300)
  }

  @Test func aBoxBeyondThePictureIsCut() {
    let map = HeatMap(grid: CellGrid(columns: 1, rows: 1), values: [0])
    let box = Box(x: 0.9, y: 0.9, width: 5, height: 5)
    #expect(HeatMapOverlay(heatMap: map, box: box).drawn(on: gray).pixels.count == gray.pixels.count)
  }
}
