import Foundation
import HSDLCompute
import SeismicFormats
import TestSupport
import Testing

@Suite("Windows of events")
struct EventWindowTests {
  private let site = EventWindowExtractor.Site(elevation: 1500, depth: 15, probabilityP: 0.8)

  private func windows(_ record: StationRecord, _ arrivals: StationArrivals) -> EventWindows {
    let extractor = EventWindowExtractor()
    extractor.begin()
    // Without a picker nothing is thrown.
    _ = try? extractor.add(record, arrivals, site)
    return extractor.finish()
  }

  private func component(_ windows: EventWindows, _ number: Int) -> [Double] {
    let length = EventWindows.length
    return windows.samples[number * length..<(number + 1) * length].map { Double($0) / Double(EventWindows.scale) }
  }

  @Test(
    "an onset stands where it is predicted, and as far off as the prediction is wrong", arguments: [0.0, 3.0, -2.0])
  func onset(late: Double) throws {
    let windows = windows(
      SyntheticWindows.record(rate: 100, onset: 60 + late, noise: 0), SyntheticWindows.arrivals())
    try #require(windows.stationCount == 1)
    let samples = component(windows, 0)
    let first = try #require(samples.firstIndex { abs($0) > 0.05 })
    let expected = EventWindows.predictedP + Int(late * EventWindows.samplingRate)
    // The wave rises over a second, and filters without delay smear it by less than half of one.
    #expect(abs(first - expected) <= 10)
  }

  @Test("samples are in standard deviations of all components, whose ratios stay")
  func normalisation() {
    let windows = windows(SyntheticWindows.record(rate: 100, onset: 60, noise: 0), SyntheticWindows.arrivals())
    let squares = (0..<3).map { component(windows, $0).reduce(0) { $0 + $1 * $1 } }
    #expect(abs(squares.reduce(0, +) / Double(EventWindows.windowSize) - 1) < 1e-3)
    #expect(abs(squares[1] / squares[0] - 0.25) < 1e-3)
    #expect(abs(squares[2] / squares[0] - 0.0625) < 1e-3)
  }

  @Test("windows hardly depend on the sampling rate of the record", arguments: [20.0, 25, 40, 50, 80, 125, 200, 250])
  func rates(rate: Double) throws {
    let reference = component(
      windows(SyntheticWindows.record(rate: 100, onset: 60, noise: 0), SyntheticWindows.arrivals()), 0)
    let other = windows(SyntheticWindows.record(rate: rate, onset: 60, noise: 0), SyntheticWindows.arrivals())
    try #require(other.stationCount == 1)
    let difference = zip(component(other, 0), reference).map { abs($0 - $1) }.max() ?? .infinity
    #expect(difference < 0.05, "largest difference in standard deviations")
  }

  @Test("stations with picks go before nearer ones without", arguments: 1...5)
  func order(maximumStations: Int) throws {
    let record = SyntheticWindows.record(rate: 25, onset: 60)
    for expected in [0, 2] {
      let extractor = EventWindowExtractor(maximumStations: maximumStations)
      extractor.begin(pickedCount: expected)
      for (number, isPicked) in [false, true, false, true].enumerated() {
        try extractor.add(
          record, SyntheticWindows.arrivals(p: isPicked ? 60.1 : nil, distance: 10 * Double(number + 1)), site)
      }
      let windows = extractor.finish()
      let distances = (0..<windows.stationCount).map { (30 * pow(10, Double(windows[.logDistance, $0]))).rounded() }
      let usual = [20.0, 40, 10, 30]
      #expect(distances == Array(usual.prefix(maximumStations)), "\(expected)")
    }
  }

  @Test("what lies above the new Nyquist frequency does not fold into the band", arguments: [16.0, 20, 35, 45])
  func folding(frequency: Double) throws {
    func power(_ frequency: Double) throws -> Double {
      let extractor = EventWindowExtractor()
      extractor.begin()
      // Two stations in one event: their amplitudes are compared.
      try extractor.add(
        SyntheticWindows.record(rate: 100, onset: 60, frequency: 5, noise: 0), SyntheticWindows.arrivals(), site)
      try extractor.add(
        SyntheticWindows.record(rate: 100, onset: 60, frequency: frequency, noise: 0), SyntheticWindows.arrivals(), site
      )
      let windows = extractor.finish()
      return 2 * Double(windows[.relativeAmplitude, 1])
    }
    // The wave begins slowly, but not so slowly that nothing of it is in the band.
    #expect(try power(frequency) < -2)
  }

  @Test("components that are missing are zero, and are not told as there")
  func components() {
    var record = SyntheticWindows.record(rate: 50, onset: 60)
    record.north = nil
    record.east?.samples = [Double](repeating: 7, count: record.count)
    let windows = windows(record, SyntheticWindows.arrivals())
    #expect(windows.components == [1])
    #expect(component(windows, 1).allSatisfy { $0 == 0 })
    #expect(component(windows, 2).allSatisfy { $0 == 0 })
  }

  @Test("gaps are zero and counted, at the ends too")
  func gaps() {
    var record = SyntheticWindows.record(rate: 50, onset: 60)
    // 10 s of the vertical from 5 s behind P on.
    record.vertical?.missing = [3250..<3750]
    let gappy = windows(record, SyntheticWindows.arrivals())
    let samples = component(gappy, 0)
    #expect(samples[(200 + 125)..<(200 + 375)].allSatisfy { $0 == 0 })
    #expect(samples[200..<320].contains { $0 != 0 })
    #expect(abs(gappy[.missing, 0] - 10 / (3 * 40.96)) < 0.01)
    // A record that ends 10 s behind P.
    let short = windows(SyntheticWindows.record(rate: 50, seconds: 70, onset: 60), SyntheticWindows.arrivals())
    #expect(component(short, 0)[452...].allSatisfy { $0 == 0 })
    #expect(component(short, 0)[200..<440].contains { $0 != 0 })
    #expect(short[.missing, 0] > 0.5)
  }

  @Test("attributes by hand")
  func attributes() {
    let windows = windows(
      SyntheticWindows.record(rate: 50, onset: 60, noise: 0.001),
      SyntheticWindows.arrivals(p: 62, difference: 7, distance: 300))
    let expected: [(StationAttribute, Float)] = [
      (.logDistance, 1), (.travelTimeDifference, 0.7), (.azimuthSine, 0.5), (.azimuthCosine, 0.8660254), (.depth, 0.5),
      (.isDepthKnown, 1), (.elevation, 1.5), (.hasP, 1), (.hasS, 0), (.residualP, 0.8), (.residualS, 0),
      (.probabilityP, 0.8), (.probabilityS, 0), (.missing, 0), (.clipped, 0), (.isOriented, 1), (.relativeAmplitude, 0),
    ]
    for (attribute, value) in expected {
      #expect(abs(windows[attribute, 0] - value) < 1e-5, "\(attribute)")
    }
    #expect(windows[.signalToNoiseP, 0] > 3)
    #expect(windows[.signalToNoiseS, 0] > 3)
  }

  @Test("what cannot be used is no station")
  func unusable() throws {
    let extractor = EventWindowExtractor()
    extractor.begin()
    let record = SyntheticWindows.record(rate: 50, onset: 60)
    #expect(try !extractor.add(record, SyntheticWindows.arrivals(predictedP: .nan), site))
    #expect(try !extractor.add(record, SyntheticWindows.arrivals(predictedP: 1e300), site))
    #expect(try !extractor.add(record, SyntheticWindows.arrivals(predictedP: 5000), site))
    #expect(try !extractor.add(SyntheticWindows.record(rate: 1, onset: 60), SyntheticWindows.arrivals(), site))
    for value in [0.0, 1e308, .infinity, .nan] {
      var other = record
      for place in [3000, 3001, 3500] {
        other.vertical?.samples[place] = value
        other.north?.samples[place] = value
        other.east?.samples[place] = value
      }
      let counts = try extractor.add(other, SyntheticWindows.arrivals(), site)
      #expect(counts == (value == 0), "\(value)")
    }
    let windows = extractor.finish()
    #expect(windows.stationCount == 1)
    let areFinite = windows.attributes.allSatisfy { $0.isFinite }
    #expect(areFinite)
  }

  @Test("of many stations the first are taken")
  func limit() throws {
    let extractor = EventWindowExtractor(maximumStations: 2)
    extractor.begin()
    let record = SyntheticWindows.record(rate: 25, onset: 60)
    let added = try (0..<4).map { _ in try extractor.add(record, SyntheticWindows.arrivals(), site) }
    #expect(added == [true, true, false, false])
    #expect(extractor.finish().stationCount == 2)
  }
}
