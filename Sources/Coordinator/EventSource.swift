import SeismicFormats
import Worker

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

  /// Whether the features of single stations are written too.
  var writesStationFeatures: Bool {
    if case .catalog(let input) = self { input.writesStationFeatures } else { false }
  }

  /// Whether there are waveforms.
  var hasArchive: Bool {
    if case .catalog(let input) = self { input.archive != nil } else { false }
  }

  /// Whether the windows that the discriminator sees are written too.
  var writesEventWindows: Bool {
    if case .catalog(let input) = self { input.windowStations > 0 } else { false }
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

/// The table of the features of single stations.
struct StationFeatureFile {
  static let name = "station_features.csv"
  private let file: FileOutput
  private let sink = TextSink(capacity: 1 << 20)

  /// Starts the table; nil when it is not wanted.
  init?(_ source: EventSource, in folder: OutputFolder) throws {
    guard source.writesStationFeatures else { return nil }
    file = try FileOutput(folder.file(Self.name))
    try file.write(EventFeatures.stationHeader)
  }

  /// Adds the rows of an event.
  func write(_ rows: Bytes) throws {
    sink.append(rows)
    if sink.count > 1 << 19 { try file.write(sink) }
  }

  /// Gives the table its name.
  func commit() throws {
    try file.write(sink)
    try file.commit()
  }
}
