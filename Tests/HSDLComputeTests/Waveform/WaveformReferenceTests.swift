import Foundation
import HSDLCompute
import SeismicFormats
import Testing

@Suite("Waveform features against ObsPy and SciPy")
struct WaveformReferenceTests {
  /// Five stations, one of them with noise only.
  static let event: [(StationRecord, StationArrivals)] = {
    var random = SplitMix64(seed: 42)
    let rate = 100.0
    let count = 16000
    return (0..<5).map { station in
      let k = Double(station)
      let distance = 20 + 13 * k
      let p = 70 + 0.05 * k
      let s = p + distance * 0.12
      let backazimuth = 40 + 60 * k
      let (c, d) = (cos(backazimuth * .pi / 180), sin(backazimuth * .pi / 180))
      let size = 3000 * pow(distance, -1.5) * (station == 3 ? 0 : 50)
      var (up, north, east) = ([Double](), [Double](), [Double]())
      for index in 0..<count {
        let t = Double(index) / rate
        let a = t >= p ? exp(-(t - p) / 2) * Known.sine(7, t - p) : 0
        let b = t >= s ? exp(-(t - s) / 5) * Known.sine(3.5, t - s) : 0
        up.append(500 + 20 * (random.uniform() - 0.5) + size * (0.3 * a + 0.2 * b))
        north.append(-300 + 20 * (random.uniform() - 0.5) + size * (0.1 * a * c - b * d))
        east.append(20 * (random.uniform() - 0.5) + size * (0.1 * a * d + b * c))
      }
      let record = StationRecord(
        station: StationID(network: "XX", code: "S\(station)"),
        start: UTCTime.epoch.advanced(by: distance / 6 + 0.01 * k), samplingRate: rate, count: count,
        vertical: .init(channel: "HHZ", samples: up), north: .init(channel: "HHN", samples: north),
        east: .init(channel: "HHE", samples: east), isOriented: true)
      let arrivals = StationArrivals(
        p: p, s: s, predictedP: 70, predictedS: s + 0.1, isPPicked: station != 3, isSPicked: station != 3,
        distance: (distance * distance - 64).squareRoot(), hypocentralDistance: distance, azimuth: 0,
        backazimuth: backazimuth)
      return (record, arrivals)
    }
  }()

  @Test("every feature of a station is what the script says")
  func stations() {
    let features = WaveformFeatures()
    features.begin(eventKey: 7)
    for (station, expected) in WaveformReference.stations.enumerated() {
      features.add(Self.event[station].0, Self.event[station].1)
      #expect(features.stationValues.count == expected.count)
      for (place, definition) in WaveformFeatures.stationDefinitions.enumerated() {
        let (value, wanted) = (features.stationValues[place], expected[place])
        // Where squares are least they tell little of where that is.
        let tolerance = definition.name == "corner_frequency" ? 1e-5 : 1e-8
        #expect(
          value.isNaN == wanted.isNaN && (value.isNaN || abs(value - wanted) <= tolerance * max(1, abs(wanted))),
          "\(definition.name) at station \(station): \(value) for \(wanted)")
      }
    }
  }

  @Test("every feature across stations is what the script says")
  func network() {
    let row = Known.row(Self.event, key: 7, slowness: { $0 / ($0 * $0 + 64).squareRoot() / 6 })
    #expect(row[3 * WaveformFeatures.stationDefinitions.count] == 5)
    for (place, wanted) in WaveformReference.network.enumerated() {
      let value = row[3 * WaveformFeatures.stationDefinitions.count + 1 + place]
      #expect(
        abs(value - wanted) <= 1e-8,
        "\(WaveformFeatures.definitions[row.count - 7 + place].name): \(value) for \(wanted)")
    }
  }

  @Test("median, largest and spread over stations, NaN left out")
  func statistics() {
    let row = Known.row(Self.event)
    for place in WaveformFeatures.stationDefinitions.indices {
      let column = WaveformReference.stations.map { $0[place] }.filter { !$0.isNaN }
      let expected = [median(column), column.max() ?? .nan, medianAbsoluteDeviation(column)]
      for (offset, wanted) in expected.enumerated() {
        let value = row[3 * place + offset]
        #expect(value.isNaN == wanted.isNaN && !(abs(value - wanted) > 2e-5 * max(1, abs(wanted))))
      }
    }
    #expect(WaveformFeatures.definitions.count == 3 * 25 + 8 && WaveformFeatures.count == 83)
    #expect(Set(WaveformFeatures.definitions.map(\.name)).count == 83)
    #expect(WaveformFeatures.definitions[1].name == "snr_p_max")
    for definition in WaveformFeatures.definitions {
      #expect(definition.phrase.count { $0 == "%" } == 1 && !definition.meaning.contains("  "))
    }
  }

  @Test("the order in which stations come, and other events before, do not matter")
  func order() {
    let features = WaveformFeatures()
    let expected = Known.row(Self.event).map(\.bitPattern)
    var random = SplitMix64(seed: 8)
    for _ in 0..<4 {
      let shuffled = random.shuffled(Self.event + [Self.event[1], Self.event[4]])
      let other = random.shuffled(Self.event + [Self.event[4], Self.event[1]])
      #expect(
        Known.row(shuffled, features: features).map(\.bitPattern)
          == Known.row(other, features: features).map(\.bitPattern))
      #expect(Known.row(random.shuffled(Self.event), features: features).map(\.bitPattern) == expected)
    }
    // Another key draws other random times.
    let other = Known.row(Self.event, key: 2)
    #expect(other[WaveformFeatures.count - 5].bitPattern != expected[WaveformFeatures.count - 5])
    #expect(other[WaveformFeatures.count - 6].bitPattern == expected[WaveformFeatures.count - 6])
  }
}
