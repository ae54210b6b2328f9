/// Where events come from of which nothing is known yet.
public enum EventSource: Sendable, Equatable {
  /// Pick tables.
  case picks([String])
  /// Catalogs with the waveforms that they were made from.
  case catalog(CatalogInput)

  /// Whether the events come from catalogs.
  var isCatalog: Bool {
    if case .catalog = self { true } else { false }
  }

  /// The files, for the record of a run.
  var record: [(String, JSONValue)] {
    switch self {
    case .picks(let picks): [("picks", .array(picks.map { .string($0) }))]
    case .catalog(let input):
      [
        ("catalogs", .array(input.catalogs.map { .string($0) })),
        ("archive", input.archive.map { .string($0) } ?? .null),
        ("stations", .array(input.stations.map { .string($0) })),
        ("velocity_model", .string(input.velocityModel ?? "iasp91")),
        ("maximum_distance_km", .number(input.maximumDistance)),
        ("maximum_stations", .integer(input.maximumStations)),
      ]
    }
  }
}
