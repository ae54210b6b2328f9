import Foundation
import HSDLCompute
import SeismicFormats
import Testing

@Suite("A station's record")
struct StationAssemblyTests {
  let station = StationID(network: "XX", code: "ABC")
  let span = Fragments.span(0, 1)

  func channel(_ code: String, azimuth: Double? = nil, dip: Double? = nil, sensitivity: Double? = nil) -> Channel {
    Channel(
      location: "", code: code, latitude: 0, longitude: 0, azimuth: azimuth, dip: dip,
      sensitivity: sensitivity.map { Sensitivity(value: $0) })
  }

  func ramp(
    _ channel: String, _ factor: Int32 = 1, at second: Double = 0, count: Int = 100, rate: Double = 100
  ) -> Trace {
    Fragments.trace((0..<Int32(count)).map { factor * ($0 + 1) }, at: second, rate: rate, channel: channel)
  }

  @Test("three components on one grid")
  func plain() throws {
    let traces = [ramp("HHE", 3), ramp("HHZ", 1), ramp("HHN", 2), ramp("BHZ", 9, rate: 40), ramp("HHH", 5)]
    let (record, report) = try #require(StationRecord.assemble(traces, station: station, span: span))
    #expect(record.count == 100 && record.samplingRate == 100 && record.start == span.lowerBound && record.isOriented)
    for (component, factor) in [(record.vertical, 1.0), (record.north, 2), (record.east, 3)] {
      #expect(component?.samples == (1...100).map { factor * Double($0) })
      #expect(component?.missing == [] && component?.clipped == [])
    }
    #expect(report.sensor.code == "HH" && report.counts.gaps == 0 && record.sensitivity == nil)
    for order in [traces.reversed(), traces.sorted { $0.id < $1.id }] {
      let other = try #require(StationRecord.assemble(order, station: station, span: span))
      #expect(other.record.vertical?.samples == record.vertical?.samples && other.report == report)
    }
    #expect(StationRecord.assemble(traces, station: StationID(network: "YY", code: "ABC"), span: span) == nil)
    #expect(StationRecord.assemble(traces, station: station, span: Fragments.span(50, 60)) == nil)
    #expect(StationRecord.assemble([], station: station, span: span) == nil)
    let endless = UTCTime(seconds: -1 << 40)..<UTCTime(seconds: 1 << 40)
    #expect(StationRecord.assemble(traces, station: station, span: endless) == nil)
  }

  @Test("the grid goes through the samples of the longest fragment")
  func phase() throws {
    let traces = [ramp("HHZ", at: -0.0067, count: 200), ramp("HHN", at: -0.0033, count: 150)]
    let (record, report) = try #require(StationRecord.assemble(traces, station: station, span: span))
    #expect(record.start == Fragments.begin.advanced(by: 0.0033))
    #expect(record.vertical?.samples.first == 2 && record.count == 100)
    // The other one is 0.34 of an interval off, and its line is met between its samples.
    #expect(report.shifted == ["HHN"] && report.counts.misalignedFragments == 0)
    let north = try #require(record.north).samples
    for index in 40..<60 { #expect(abs(north[index] - (Double(index) + 1.66)) < 0.01) }
    // A window later the same samples have the same times.
    let later = try #require(StationRecord.assemble(traces, station: station, span: Fragments.span(0.5, 1)))
    #expect(later.record.start == record.start.advanced(by: 0.5))
    #expect(later.record.vertical?.samples == Array(try #require(record.vertical).samples[50...]))
  }

  @Test("missing samples become lines")
  func gaps() throws {
    let traces = [
      Fragments.trace([10, 20], at: 0.1), Fragments.trace([50, 70], at: 0.15),
      Fragments.trace([1], at: 0.5, channel: "HHE"),
    ]
    let record = try #require(StationRecord.assemble(traces, station: station, span: Fragments.span(0.05, 0.25))).record
    let vertical = try #require(record.vertical)
    #expect(vertical.missing == [0..<5, 7..<10, 12..<20])
    #expect(vertical.samples[0..<7] == [10, 10, 10, 10, 10, 10, 20])
    for (index, value) in [27.5, 35, 42.5].enumerated() { #expect(abs(vertical.samples[7 + index] - value) < 1e-12) }
    #expect(vertical.samples[10...].allSatisfy { $0 == 70 || $0 == 50 } && vertical.samples.last == 70)
    // A component without a sample in the span is not there.
    #expect(record.east == nil && record.north == nil && !record.isOriented)
  }

  @Test("horizontals that stand elsewhere are turned to north and east")
  func rotation() throws {
    // A motion of 100 to the north and 30 to the east, seen by two sensors.
    for (first, second) in [(0.0, 90.0), (30, 120), (200, 290), (30, 300), (10, 80)] {
      func seen(_ azimuth: Double) -> Double {
        100 * cos(azimuth * .pi / 180) + 30 * sin(azimuth * .pi / 180)
      }
      func trace(_ channel: String, _ value: Double) -> Trace {
        Trace(
          id: StreamID(network: "XX", station: "ABC", channel: channel), start: Fragments.begin, samplingRate: 100,
          samples: .float64([Double](repeating: value, count: 100)))
      }
      let traces = [trace("HHZ", 7), trace("HH1", seen(first)), trace("HH2", seen(second))]
      let horizontals = [channel("HH1", azimuth: first, dip: 0), channel("HH2", azimuth: second, dip: 0)]
      for channels in [horizontals, horizontals + [channel("HHZ", azimuth: 0, dip: -90)]] {
        let (record, report) = try #require(
          StationRecord.assemble(traces, station: station, span: span, channels: channels))
        #expect(record.isOriented && report.isRotated == (first != 0))
        #expect(abs(try #require(record.vertical?.samples[50]) - 7) < 1e-9)
        #expect(abs(try #require(record.north?.samples[50]) - 100) < 1e-9, "\(first)")
        #expect(abs(try #require(record.east?.samples[50]) - 30) < 1e-9, "\(first)")
      }
      // Without the inventory they stay as they are, and it is said.
      let plain = try #require(StationRecord.assemble(traces, station: station, span: span)).record
      #expect(!plain.isOriented && plain.north?.channel == "HH1" && plain.east?.channel == "HH2")
    }
  }

  @Test("three components at any slope, and a vertical that points down")
  func slopes() throws {
    let motion = (up: 5.0, north: -3.0, east: 11.0)
    // A symmetric sensor (U, V, W), and one whose third component is vertical.
    let third = atan(1 / 2.0.squareRoot()) * 180 / .pi
    let sets: [[(Double, Double)]] = [
      [(0, -third), (120, -third), (240, -third)], [(10, 0), (100, 0), (0, -90)], [(0, 0), (90, 0), (0, 90)],
    ]
    for set in sets {
      var traces: [Trace] = []
      var channels: [Channel] = []
      for (index, (azimuth, dip)) in set.enumerated() {
        let (a, d) = (azimuth * .pi / 180, dip * .pi / 180)
        let value = -motion.up * sin(d) + motion.north * cos(d) * cos(a) + motion.east * cos(d) * sin(a)
        traces.append(
          Trace(
            id: StreamID(network: "XX", station: "ABC", channel: "EH\(index + 1)"), start: Fragments.begin,
            samplingRate: 100, samples: .float64([Double](repeating: value, count: 100))))
        channels.append(channel("EH\(index + 1)", azimuth: azimuth, dip: dip))
      }
      let record = try #require(
        StationRecord.assemble(traces, station: station, span: span, channels: channels)
      ).record
      #expect(record.isOriented)
      #expect(abs(try #require(record.vertical?.samples[9]) - 5) < 1e-9)
      #expect(abs(try #require(record.north?.samples[9]) + 3) < 1e-9)
      #expect(abs(try #require(record.east?.samples[9]) - 11) < 1e-9)
    }
    let down = try #require(
      StationRecord.assemble(
        [ramp("EHZ")], station: station, span: span, channels: [channel("EHZ", azimuth: 0, dip: 90)])
    ).record
    #expect(down.vertical?.samples.first == -1)
    // Placeholders: both horizontals to the north. Nothing is turned.
    let flat = try #require(
      StationRecord.assemble(
        [ramp("HHZ"), ramp("HH1"), ramp("HH2")], station: station, span: span,
        channels: ["HHZ", "HH1", "HH2"].map { channel($0, azimuth: 0, dip: $0 == "HHZ" ? -90 : 0) }))
    #expect(!flat.record.isOriented && !flat.report.isRotated)
  }

  @Test("missing and clipped samples of one horizontal are those of both when they are turned")
  func turnedGaps() throws {
    let traces = [
      Fragments.trace([1, 2, 3], at: 0, channel: "HH1"), Fragments.trace([1, 2, 3, 4, 5], at: 0.02, channel: "HH2"),
    ]
    let channels = [channel("HH1", azimuth: 45, dip: 0), channel("HH2", azimuth: 135, dip: 0)]
    let record = try #require(
      StationRecord.assemble(traces, station: station, span: Fragments.span(0, 0.07), channels: channels)
    ).record
    #expect(record.isOriented && record.north?.missing == [0..<2, 3..<7] && record.east?.missing == [0..<2, 3..<7])
  }

  @Test("sensitivity is taken away where it is known for all components")
  func sensitivity() throws {
    let channels = [channel("HHZ", sensitivity: 2), channel("HHN", sensitivity: 4)]
    let record = try #require(
      StationRecord.assemble([ramp("HHZ"), ramp("HHN")], station: station, span: span, channels: channels)
    ).record
    #expect(record.vertical?.samples[1] == 1 && record.north?.samples[1] == 0.5)
    #expect(record.sensitivity == 2 && record.inputUnits == "M/S")
    for wrong in [channel("HHN"), channel("HHN", sensitivity: 0), channel("HHN", sensitivity: .nan)] {
      let counts = try #require(
        StationRecord.assemble(
          [ramp("HHZ"), ramp("HHN")], station: station, span: span, channels: [channels[0], wrong])
      ).record
      #expect(counts.sensitivity == nil && counts.inputUnits == nil && counts.vertical?.samples[1] == 2)
    }
    // Of an epoch that is over nothing is taken.
    var old = channels
    for index in old.indices { old[index].epoch.end = Fragments.begin }
    #expect(
      try #require(
        StationRecord.assemble([ramp("HHZ"), ramp("HHN")], station: station, span: span, channels: old)
      ).record.sensitivity == nil)
  }

  @Test("components of other rates, and a wished rate, are brought to one rate")
  func rates() throws {
    func wave(_ channel: String, _ rate: Double) -> Trace {
      let samples = (0..<Int(rate * 20)).map { Float(1000 * sin(2 * .pi * 3 * Double($0) / rate)) }
      return Trace(
        id: StreamID(network: "XX", station: "ABC", channel: channel), start: Fragments.begin, samplingRate: rate,
        samples: .float32(samples))
    }
    let window = Fragments.span(5, 15)
    let cases: [([Double], Double?)] = [
      ([100, 200, 50], nil), ([250, 250, 249.99998], 100), ([40, 40, 40], 100), ([62.5, 100, 120], 80),
    ]
    for (rates, wish) in cases {
      let traces = zip(["HHZ", "HHN", "HHE"], rates).map(wave)
      let (record, report) = try #require(
        StationRecord.assemble(traces, station: station, span: window, options: AssemblyOptions(samplingRate: wish)))
      #expect(record.samplingRate == wish ?? rates[0] && record.count == Int(record.samplingRate * 10))
      #expect(report.leftOut.isEmpty)
      for component in [record.vertical, record.north, record.east] {
        let samples = try #require(component).samples
        #expect(samples.count == record.count)
        // Away from the ends, where the filter sees the edge of the window.
        for index in stride(from: record.count / 5, to: record.count * 4 / 5, by: 7) {
          let time = record.start.timeInterval(since: Fragments.begin) + Double(index) / record.samplingRate
          #expect(abs(samples[index] - 1000 * sin(2 * .pi * 3 * time)) < 2, "\(rates) \(index)")
        }
      }
    }
    // Gaps move with their samples.
    var parts = [wave("HHZ", 200)]
    let whole = parts[0]
    parts = [whole, whole].enumerated().map { index, trace in
      var part = trace
      part.start = trace.time(of: index * 2100)
      part.samples = trace.samples.slice(index * 2100..<(index == 0 ? 1900 : 4000))
      return part
    }
    let gappy = try #require(
      StationRecord.assemble(parts, station: station, span: window, options: AssemblyOptions(samplingRate: 100)))
    #expect(gappy.record.vertical?.missing == [450..<550])
  }

  @Test("flat tops are clipped, smooth peaks and quiet counts are not")
  func clipping() {
    func ranges(_ samples: [Double]) -> [Range<Int>] { samples.withUnsafeBufferPointer(Clipping.ranges) }
    let wave = (0..<1000).map { (5000 * sin(Double($0) * 0.37)).rounded() }
    #expect(ranges(wave).isEmpty)
    let flat = wave.map { min($0, 3000) }
    #expect(ranges(flat).count == 59 && ranges(flat).allSatisfy { $0.allSatisfy { flat[$0] == 3000 } })
    let rail = wave.map { max(-8_388_608, min($0 * 2000, 8_388_607)) }
    #expect(ranges(rail).count >= 100)
    // Slowly onto the rail: no edge, and still the rail.
    #expect(ranges((0..<3000).map { min(8_388_607, Double($0) * 4000) }).count == 1)
    #expect(ranges((0..<3000).map { min(7_000_000, Double($0) * 4000) }).isEmpty)
    #expect(ranges((0..<1000).map { Double($0 / 5 % 3) }).isEmpty)
    #expect(ranges([1, 2000, 2000, 1, -5]).isEmpty && ranges([1, 2000, 2000, 2000, 1, -5]) == [1..<4])
    #expect(ranges([]).isEmpty && ranges([1]).isEmpty && ranges([3, 3, 3, 3]).isEmpty)
    #expect(ranges([.nan, 2000, 2000, 2000, .nan, 5, 0]).isEmpty)
    #expect(ranges([0.001, 0.5, 0.5, 0.5, -0.2]) == [1..<4])
  }

  @Test("grids begin at the phase of their anchor")
  func grids() throws {
    for anchor in [-7.0, -0.013, 0, 0.0033, 0.01, 5.0067] {
      for rate in [1.0, 20, 100, 250] {
        let grid = try #require(
          SampleGrid(span: Fragments.span(2, 3), samplingRate: rate, anchor: Fragments.begin.advanced(by: anchor)))
        let offset = grid.start.timeInterval(since: Fragments.begin)
        #expect(offset >= 2 - 1e-3 / rate && offset < 2 + 1 / rate)
        let cycles = (offset - anchor) * rate
        #expect(abs(cycles - cycles.rounded()) < 1e-6 * rate)
        let last = offset + Double(grid.count - 1) / rate
        #expect(grid.count == 0 || (last < 3 && last + 1 / rate > 3 - 2e-3 / rate))
      }
    }
  }
}
