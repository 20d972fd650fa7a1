import Decode
import Testing

@Suite struct ProgressMeterTests {
  private let meter = ProgressMeter(width: 4)

  @Test func foretellsTheRestAtThePaceSoFar() {
    #expect(meter.line(fraction: 0.5, elapsed: .seconds(65)) == "[##  ]  50 %  1:05 left")
    #expect(meter.line(fraction: 0.1, elapsed: .seconds(500)) == "[    ]  10 %  1:15:00 left")
    #expect(meter.line(fraction: 1, elapsed: .seconds(61)) == "[####] 100 %  done in 1:01")
  }

  @Test func foretellsNothingFromNothing() {
    #expect(meter.line(fraction: 0, elapsed: .zero) == "[    ]   0 %  ")
    #expect(meter.line(fraction: nil, elapsed: .seconds(9)) == "0:09 so far")
    #expect(meter.line(fraction: 7, elapsed: .zero) == "[####] 100 %  done in 0:00")
  }
}
