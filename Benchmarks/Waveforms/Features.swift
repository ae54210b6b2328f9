import HSDLCompute
import SeismicFormats

/// The features of records that `waveform_features.py` made: all stations of an event, then the event.
///
/// The number to check is that of the values of stations that differ from the peer's by more than a millionth.
func features(_ folder: String, stations: Int) throws {
  let arrivals = try table(folder + "/arrivals.csv", columns: 13)
  let samples = try doubles(folder + "/records.f64")
  guard !arrivals.isEmpty, arrivals.count % stations == 0 else { return print("not \(stations) stations an event") }
  let length = samples.count / arrivals.count / 3
  let records = arrivals.enumerated().map { index, row in
    record(index, row, stations) { component in
      let first = (index * 3 + component) * length
      return Array(samples[first..<first + length])
    }
  }
  let extractor = WaveformFeatures()
  let columns = WaveformFeatures.stationDefinitions.count
  let peer = (try? table(folder + "/station_features.csv", columns: columns)) ?? []
  var event = [Double](repeating: 0, count: WaveformFeatures.count)
  var differing = 0
  /// All events once.
  func extract(comparing: Bool) {
    for first in stride(from: 0, to: records.count, by: stations) {
      extractor.begin(eventKey: UInt64(first / stations))
      for index in first..<first + stations {
        extractor.add(records[index].record, records[index].arrivals)
        guard comparing else { continue }
        for (own, other) in zip(extractor.stationValues, peer[index]) where !isSame(own, other) { differing += 1 }
      }
      event.withUnsafeMutableBufferPointer { values in
        extractor.finish(modelSlowness: { $0 / ($0 * $0 + 64).squareRoot() / 6 }, into: values)
      }
    }
  }
  extract(comparing: peer.count == records.count)
  let seconds = leastSeconds { extract(comparing: false) }
  show("features", seconds, Double(records.count) / seconds, "stations/s", check: differing)
}

private func record(
  _ index: Int, _ row: [Double], _ stations: Int, _ samples: (Int) -> [Double]
) -> (record: StationRecord, arrivals: StationArrivals) {
  let vertical = samples(0)
  let record = StationRecord(
    station: StationID(network: "XX", code: "S\(100 + index % stations)"), start: .epoch.advanced(by: row[12]),
    samplingRate: Double(vertical.count) / 160, count: vertical.count,
    vertical: .init(channel: "HHZ", samples: vertical), north: .init(channel: "HHN", samples: samples(1)),
    east: .init(channel: "HHE", samples: samples(2)), isOriented: true)
  let arrivals = StationArrivals(
    p: row[2], s: row[3], predictedP: row[4], predictedS: row[5], isPPicked: row[6] > 0, isSPicked: row[7] > 0,
    distance: row[8], hypocentralDistance: row[9], azimuth: row[10], backazimuth: row[11])
  return (record, arrivals)
}

private func isSame(_ left: Double, _ right: Double) -> Bool {
  left.isNaN ? right.isNaN : abs(left - right) <= 1e-6 * max(abs(right), 1e-3)
}

private func doubles(_ path: String) throws -> [Double] {
  let input = try FileInput(path)
  let count = input.size / 8
  return try [Double](unsafeUninitializedCapacity: count) { memory, initialized in
    initialized = try input.read(at: 0, into: UnsafeMutableRawBufferPointer(memory)) / 8
  }
}

private func table(_ path: String, columns: Int) throws -> [[Double]] {
  let input = try FileInput(path)
  let text = String(decoding: try input.prefix(input.size), as: UTF8.self)
  return text.split(whereSeparator: \.isNewline)
    .map { line in line.split(separator: ",").map { Double($0) ?? .nan } }
    .filter { $0.count == columns }
}
