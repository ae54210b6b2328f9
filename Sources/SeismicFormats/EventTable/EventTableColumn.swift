/// What a column of an event table holds.
enum EventTableColumn: Hashable {
  case eventID, time, date, clock, latitude, longitude, depthKilometres, depthMetres, magnitude, magnitudeType
  case momentMagnitude, latitudeErrorKilometres, longitudeErrorKilometres, depthErrorKilometres
  case timeError, magnitudeError, rms, usedPhaseCount, usedStationCount, azimuthalGap, minimumDistance
  case maximumDistanceKilometres, evaluationStatus, evaluationMode, eventType, author, region, originID
  case strike1, dip1, rake1, strike2, dip2, rake2
  /// A number that only counts the rows.
  case rowNumber
  /// Kept by its name.
  case other(String)

  /// What a column of a given name holds.
  ///
  /// Names are those of the lists of networks and of FDSN's event text.
  init(name: String) {
    let plain = String(name.lowercased().filter { $0.isLetter || $0.isNumber })
    self = Self.meanings[plain] ?? (plain.isEmpty || name == "Unnamed: 0" ? .rowNumber : .other(name))
  }

  private static let meanings: [String: EventTableColumn] = [
    "eventid": .eventID, "id": .eventID, "publicid": .eventID, "evid": .eventID, "event": .eventID,
    "time": .time, "origintime": .time, "origtime": .time, "datetime": .time, "origintimeutc": .time,
    "date": .date, "origindate": .date,
    "latitude": .latitude, "lat": .latitude, "latitudewgs84": .latitude, "latitudedeg": .latitude,
    "longitude": .longitude, "lon": .longitude, "lng": .longitude, "long": .longitude,
    "longitudewgs84": .longitude, "longitudedeg": .longitude,
    "depthkm": .depthKilometres, "depth": .depthKilometres, "dep": .depthKilometres, "z": .depthKilometres,
    "depthofhypocenterkmreltomsl": .depthKilometres,
    "depthm": .depthMetres,
    "magnitude": .magnitude, "mag": .magnitude,
    "magnitudetype": .magnitudeType, "magtype": .magnitudeType,
    "momentmagnitude": .momentMagnitude,
    "latitudeerrorkm": .latitudeErrorKilometres, "late": .latitudeErrorKilometres,
    "longitudeerrorkm": .longitudeErrorKilometres, "lone": .longitudeErrorKilometres,
    "depthuncertaintykmcorrespondsto1stdev": .depthErrorKilometres, "ze": .depthErrorKilometres,
    "deptherrorkm": .depthErrorKilometres,
    "te": .timeError, "timeerrors": .timeError, "mage": .magnitudeError, "magnitudeerror": .magnitudeError,
    "rms": .rms, "rmss": .rms,
    "usedphasecount": .usedPhaseCount, "phasecount": .usedPhaseCount,
    "usedstationcount": .usedStationCount, "stationcount": .usedStationCount,
    "azimuthalgap": .azimuthalGap, "gap": .azimuthalGap,
    "mindis": .minimumDistance, "minimumdistancedeg": .minimumDistance,
    "maximumstationdistancekm": .maximumDistanceKilometres,
    "evaluationstatus": .evaluationStatus, "evaluationmode": .evaluationMode, "eventtype": .eventType,
    "author": .author, "locationname": .region, "eventlocationname": .region, "region": .region,
    "originid": .originID, "preferredoriginid": .originID,
    "nodalplane1strike": .strike1, "nodalplane1dip": .dip1, "nodalplane1rake": .rake1,
    "nodalplane2strike": .strike2, "nodalplane2dip": .dip2, "nodalplane2rake": .rake2,
  ]

  /// What the columns of a header hold.
  ///
  /// Of two columns for the same thing the second is kept by its name.
  static func columns(of names: [String]) -> [EventTableColumn] {
    var columns = names.map(EventTableColumn.init(name:))
    // Beside a date, "origin time" is the time of day.
    if columns.contains(.date), let place = columns.firstIndex(of: .time) { columns[place] = .clock }
    var seen: Set<EventTableColumn> = []
    for (index, column) in columns.enumerated() {
      if case .other = column { continue }
      if !seen.insert(column).inserted { columns[index] = .other(names[index]) }
    }
    return columns
  }
}
