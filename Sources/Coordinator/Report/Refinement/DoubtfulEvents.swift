import HSDLCompute
import SeismicFormats
import Worker

/// The most doubtful events of a catalog, collected while it is written, and what their stations have recorded.
struct DoubtfulEvents {
  private struct Candidate {
    var certainty: Double
    var row: Int
    var id: String
    var fragment: [UInt8]
  }

  private var candidates: [Candidate] = []

  /// Looks at the next event.
  ///
  /// - Parameters:
  ///   - row: its row in `events.csv`, from 0 on.
  ///   - line: that row.
  ///   - fragment: the event as QuakeML; empty for another entry of an event.
  mutating func add(row: Int, line: Bytes, fragment: Bytes) {
    guard !fragment.isEmpty else { return }
    let fields = csvFields(Bytes(rebasing: line.prefix { $0 != 10 }))
    // What has no probability cannot be told from another; it stands in the table.
    guard fields.count > 7, let probability = Double(fields[7]) else { return }
    let certainty = abs(probability - 0.5)
    if candidates.count == RecordSection.eventLimit, let last = candidates.last, certainty >= last.certainty { return }
    // Of equal ones the earlier comes first.
    let place = candidates.firstIndex { certainty < $0.certainty } ?? candidates.count
    candidates.insert(
      Candidate(certainty: certainty, row: row, id: fields[0], fragment: Array(fragment)), at: place)
    if candidates.count > RecordSection.eventLimit { candidates.removeLast() }
  }

  /// Reads their records.
  ///
  /// - Parameters:
  ///   - input: where the catalog came from, and how far stations may be.
  ///   - scratch: a file for the events, which is removed.
  /// - Throws: ``FormatError``.
  func sections(_ input: CatalogInput, _ surroundings: Surroundings, scratch: String) throws -> [RecordSection] {
    guard surroundings.archive != nil, !candidates.isEmpty else { return [] }
    let features = EventFeatures(
      inventory: surroundings.inventory, archive: surroundings.archive, travelTimes: surroundings.travelTimes,
      maximumDistance: input.maximumDistance, maximumStations: min(input.maximumStations, RecordSection.stationLimit),
      features: .waveforms)
    var values = [Double](repeating: .nan, count: FeatureSet.all.definitions.count)
    var sections: [RecordSection] = []
    for candidate in candidates {
      let writer = try QuakeMLWriter(scratch)
      try candidate.fragment.withUnsafeBufferPointer { try writer.write(fragment: $0) }
      try writer.finish(header: CatalogHeader())
      guard let event = try QuakeMLReader(scratch).next(), let origin = event.preferredOrigin else { continue }
      var records: [(record: StationRecord, arrivals: StationArrivals)] = []
      features.onRecord = { records.append(($0, $1)) }
      features.beginUnit()
      _ = try values.withUnsafeMutableBufferPointer {
        // What is wrong with the waveforms was told when the event was scored.
        try features.compute(event, id: candidate.id, neighbours: NeighbourEvents(), into: $0, onProblem: { _ in })
      }
      if let section = RecordSection(eventID: candidate.id, row: candidate.row, records, origin: origin.time.value) {
        sections.append(section)
      }
    }
    return sections
  }
}
