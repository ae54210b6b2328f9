import HSDLCompute
import SeismicFormats
import Worker

/// The most doubtful events of a catalog, collected while it is written, and what their stations have recorded.
struct DoubtfulEvents {
  private struct Candidate {
    var doubt: Double
    var row: Int
    var id: String
    var fragment: [UInt8]
  }

  private let costs: DecisionCosts
  private let columns: EventColumns
  private var candidates: [Candidate] = []

  /// Begins to collect.
  ///
  /// - Parameters:
  ///   - columns: where the columns of `events.csv` stand.
  ///   - costs: what errors cost, which says what is doubtful.
  init(_ columns: EventColumns, costs: DecisionCosts) {
    self.columns = columns
    self.costs = costs
  }

  /// Looks at the next event.
  ///
  /// - Parameters:
  ///   - row: its row in `events.csv`, from 0 on.
  ///   - line: that row.
  ///   - fragment: the event as QuakeML; empty for another entry of an event.
  mutating func add(row: Int, line: Bytes, fragment: Bytes) {
    guard !fragment.isEmpty else { return }
    let fields = csvFields(Bytes(rebasing: line.prefix { $0 != 10 }))
    // What has no probability cannot be told from another, and what a person has decided is not doubtful; both stand in the table.
    guard let probability = Double(columns.field("probability_real", of: fields)),
      columns.field("decided_by", of: fields).isEmpty
    else { return }
    let doubt = costs.doubt(probability)
    if candidates.count == RecordSection.eventLimit, let last = candidates.last, doubt <= last.doubt { return }
    // Of equal ones the earlier comes first.
    let place = candidates.firstIndex { doubt > $0.doubt } ?? candidates.count
    candidates.insert(
      Candidate(doubt: doubt, row: row, id: columns.field("event_id", of: fields), fragment: Array(fragment)), at: place
    )
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
    var values = [Double](repeating: .nan, count: FeatureSet.known.count)
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
