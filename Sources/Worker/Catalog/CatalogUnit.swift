public import SeismicFormats

/// A stretch of a catalog in the order of time: the work of one rank at a time.
public struct CatalogUnit: Sendable, Codable, Equatable {
  /// Its place among all units.
  public var index: Int
  /// Its events as QuakeML; an event's duplicates stand right behind it.
  public var file: String
  /// The number of events.
  public var count: Int
  /// Their number of picks.
  public var pickCount: Int
  /// A hash of the events.
  public var contentHash: UInt64 = 0
  /// The whole second before the first event's time, and the one after the last's, since 1970; nil where no event has a
  /// time.
  public var seconds: ClosedRange<Int64>?
  /// Which of the events are duplicates of the event before them that is none, by place in the file.
  public var duplicates: [Int]

  /// Describes a unit.
  public init(index: Int, file: String) {
    self.index = index
    self.file = file
    count = 0
    pickCount = 0
    duplicates = []
  }
}

extension Event {
  /// Takes over what another entry of the same shock says: its origins, magnitudes, picks and amplitudes become
  /// alternatives to the event's own.
  ///
  /// Identifiers that mean something else here get the suffix `/alternative-N`.
  public mutating func merge(_ other: Event, number: Int) {
    let own = Set(identifiers)
    let suffix = own.isDisjoint(with: other.identifiers) ? "" : "/alternative-\(number)"
    func renamed(_ id: String) -> String { id + suffix }
    var other = other
    for index in other.origins.indices {
      other.origins[index].publicID = renamed(other.origins[index].publicID)
      for arrival in other.origins[index].arrivals.indices {
        other.origins[index].arrivals[arrival].publicID = renamed(other.origins[index].arrivals[arrival].publicID)
        other.origins[index].arrivals[arrival].pickID = renamed(other.origins[index].arrivals[arrival].pickID)
      }
    }
    for index in other.picks.indices { other.picks[index].publicID = renamed(other.picks[index].publicID) }
    for index in other.magnitudes.indices {
      other.magnitudes[index].publicID = renamed(other.magnitudes[index].publicID)
      other.magnitudes[index].originID = other.magnitudes[index].originID.map(renamed)
      for place in other.magnitudes[index].stationMagnitudeContributions.indices {
        other.magnitudes[index].stationMagnitudeContributions[place].stationMagnitudeID = renamed(
          other.magnitudes[index].stationMagnitudeContributions[place].stationMagnitudeID)
      }
    }
    for index in other.stationMagnitudes.indices {
      other.stationMagnitudes[index].publicID = renamed(other.stationMagnitudes[index].publicID)
      other.stationMagnitudes[index].originID = other.stationMagnitudes[index].originID.map(renamed)
      other.stationMagnitudes[index].amplitudeID = other.stationMagnitudes[index].amplitudeID.map(renamed)
    }
    for index in other.amplitudes.indices {
      other.amplitudes[index].publicID = renamed(other.amplitudes[index].publicID)
      other.amplitudes[index].pickID = other.amplitudes[index].pickID.map(renamed)
    }
    // The first of each kind is what readers take when nothing is preferred.
    preferredOriginID = preferredOriginID ?? origins.first?.publicID
    preferredMagnitudeID = preferredMagnitudeID ?? magnitudes.first?.publicID
    origins += other.origins
    magnitudes += other.magnitudes
    stationMagnitudes += other.stationMagnitudes
    amplitudes += other.amplitudes
    picks += other.picks
    comments.append(Comment("merged: \(other.tableID) is another entry of this event"))
  }

  private var identifiers: [String] {
    origins.map(\.publicID) + origins.flatMap { $0.arrivals.map(\.publicID) } + picks.map(\.publicID)
      + magnitudes.map(\.publicID) + stationMagnitudes.map(\.publicID) + amplitudes.map(\.publicID)
  }
}
