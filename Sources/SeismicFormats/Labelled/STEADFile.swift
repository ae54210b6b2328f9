/// A data set in the form of STEAD: an HDF5 file in which each waveform is a dataset of 6,000 samples in three columns,
/// east, north, vertical, at 100 Hz, with what is known of it as attributes (Mousavi and others, 2019).
///
/// What is known may also stand in a table of the same name that ends in `.csv`; the table's rows count then, and it is much
/// quicker to open. Stations have the network and station codes of the data set; channels are `receiver_type` and E, N, Z.
public final class STEADFile: LabelledWaveforms, WaveformArchive {
  /// The path, as it was given.
  public let path: String
  /// The number of waveforms.
  public let count: Int
  private let file: HDF5File
  private let table: MetadataTable?
  private let groups: [String]
  private var names: [(group: Int, name: String)] = []
  private var index = LabelledIndex()

  /// Samples per second of all waveforms.
  public static let samplingRate = 100.0
  /// The attributes that STEAD gives its waveforms.
  static let attributeNames = [
    "network_code", "receiver_code", "receiver_type", "receiver_latitude", "receiver_longitude", "receiver_elevation_m",
    "p_arrival_sample", "p_status", "p_weight", "p_travel_sec", "s_arrival_sample", "s_status", "s_weight", "source_id",
    "source_origin_time", "source_origin_uncertainty_sec", "source_latitude", "source_longitude", "source_error_sec",
    "source_gap_deg", "source_horizontal_uncertainty_km", "source_depth_km", "source_depth_uncertainty_km",
    "source_magnitude", "source_magnitude_type", "source_magnitude_author", "source_mechanism_strike_dip_rake",
    "source_distance_deg", "source_distance_km", "back_azimuth_deg", "snr_db", "coda_end_sample", "trace_start_time",
    "trace_category",
  ]
  /// The most samples that a waveform may have.
  static let lengthLimit = 1 << 24

  /// What there is in a data set: to find it takes a pass over the file or its table.
  public struct Contents: Sendable, Equatable {
    /// The groups with waveforms.
    var groups: [String]
    /// The names of the waveforms of each group.
    var names: [[String]]
    /// The path of the table, where there is one.
    var table: String?
    /// The table's columns.
    var columns: [String]
    /// Where the table's rows begin.
    var rows: [Int]
    /// Where waveforms are by stream and time; empty where nobody asked for it.
    var index: LabelledIndex
  }

  /// What there is in the data set.
  public var contents: Contents {
    var lists = [[String]](repeating: [], count: groups.count)
    for (group, name) in names { lists[group].append(name) }
    return Contents(
      groups: groups, names: lists, table: table?.path, columns: table?.names ?? [], rows: table?.places ?? [],
      index: index)
  }

  /// Opens a data set whose contents are known, such as on all ranks but the one that has found them.
  ///
  /// - Throws: ``FormatError`` when the file cannot be opened.
  public init(_ path: String, contents: Contents) throws {
    self.path = path
    file = try HDF5File(path)
    groups = contents.groups
    index = contents.index
    table = try contents.table.map { try MetadataTable($0, names: contents.columns, offsets: contents.rows) }
    if table == nil {
      for (group, list) in contents.names.enumerated() where group < contents.groups.count {
        for name in list { names.append((group, name)) }
      }
    }
    count = table?.count ?? names.count
  }

  /// Opens a data set.
  ///
  /// - Parameters:
  ///   - findsByTime: whether waveforms can be read by stream and time; without a table that takes a look at the attributes of each.
  ///   - path: the HDF5 file.
  ///   - table: its table; nil takes the one of the same name, if there is one, and else the attributes.
  ///   - onProblem: told of waveforms whose attributes cannot be read.
  /// - Throws: ``FormatError`` when it is no such file; what `onProblem` throws.
  public init(
    _ path: String, table: String? = nil, findsByTime: Bool = true, onProblem: ProblemHandler = { _ in }
  ) throws {
    self.path = path
    let file = try HDF5File(path)
    self.file = file
    if file.kind(of: "data_format") == .group {
      throw FormatError(
        .unsupported, file: path, found: "a file of a SeisBench data set", expected: "a file of STEAD",
        remedy: "give its folder as seisbench:DIR")
    }
    var groups: [String] = []
    var lists: [[String]] = []
    try Self.collect(file, "", depth: 0, &groups, &lists)
    guard !groups.isEmpty else {
      throw FormatError(
        .badData, file: path, found: "there are no datasets in it", expected: "a group 'data' with waveforms")
    }
    self.groups = groups

    var duration = 60.0
    for (group, list) in zip(groups, lists) {
      if let name = list.first, let shape = try? file.dataset("\(group)/\(name)").shape, shape.count == 2 {
        duration = Double(max(shape[0], shape[1])) / Self.samplingRate
        break
      }
    }
    let tablePath = table ?? Self.tablePath(path)
    var index = LabelledIndex()
    if let tablePath {
      var places: [Int?] = []
      let names = ["network_code", "receiver_code", "receiver_type", "trace_start_time"]
      let begin = { (header: [String]) in places = names.map { header.firstIndex(of: $0) } }
      self.table = try MetadataTable(tablePath, begin: begin) { row, fields in
        guard findsByTime else { return }
        func field(_ place: Int) -> String {
          places[place].map { LabelledWaveform.isMissing(fields[$0]) ? "" : fields[$0] } ?? ""
        }
        index.add(
          row, .init(station: StationID(network: field(0), code: field(1)), location: "", sensor: field(2)),
          start: UTCTime(field(3)), duration: duration, components: "ENZ")
      }
      count = self.table?.count ?? 0
    } else {
      self.table = nil
      for (group, list) in lists.enumerated() {
        for name in list { names.append((group, name)) }
      }
      count = names.count
      for row in 0..<(findsByTime ? count : 0) {
        do {
          let labels = try self.row(row)
          index.add(
            row, .init(station: labels.station, location: "", sensor: labels.sensor), start: labels.start,
            duration: duration, components: "ENZ")
        } catch let error as FormatError {
          try onProblem(
            Problem(
              file: path, found: error.found, expected: "a waveform with attributes", action: "not found by its time"))
        }
      }
    }
    index.finish()
    self.index = index
  }

  private static func tablePath(_ path: String) -> String? {
    guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else { return nil }
    let candidate = path[..<dot] + ".csv"
    return (try? FileInput(String(candidate))) == nil ? nil : String(candidate)
  }

  /// Finds the groups that hold datasets, and their names.
  private static func collect(
    _ file: HDF5File, _ group: String, depth: Int, _ groups: inout [String], _ lists: inout [[String]]
  ) throws {
    let names = try file.names(in: group.isEmpty ? "/" : group)
    guard let first = names.first else { return }
    // A group holds either datasets or groups; to look at each of a million names would take minutes.
    if file.kind(of: "\(group)/\(first)") == .dataset {
      groups.append(group)
      lists.append(names)
    } else if depth < 4, names.count <= 1000 {
      for name in names where file.kind(of: "\(group)/\(name)") == .group {
        try collect(file, "\(group)/\(name)", depth: depth + 1, &groups, &lists)
      }
    }
  }

  /// The path of a waveform within the file; nil where it is not there.
  private func place(_ name: String) -> String? {
    groups.lazy.map { "\($0)/\(name)" }.first { self.file.kind(of: $0) == .dataset }
  }

  private func checked(_ index: Int) throws {
    guard index >= 0, index < count else {
      throw FormatError(.badData, file: path, found: "waveform \(index) was asked for", expected: "0 to \(count - 1)")
    }
  }

  public func row(_ index: Int) throws -> LabelledWaveform {
    try checked(index)
    if let table {
      let columns = try table.columns(index)
      let name = columns.first { $0.name == "trace_name" }?.value.text ?? ""
      return Self.row(columns, name)
    }
    let (group, name) = names[index]
    return Self.row(try file.attributes(Self.attributeNames, of: "\(groups[group])/\(name)"), name)
  }

  private static func row(_ columns: [(name: String, value: HDF5Value)], _ name: String) -> LabelledWaveform {
    var row = LabelledWaveform(columns: columns, name: name, samplingRate: samplingRate)
    // The name says it where nothing else does.
    if row.category == .unknown {
      if name.hasSuffix("_EV") { row.category = .earthquake }
      if name.hasSuffix("_NO") { row.category = .noise }
    }
    return row
  }

  public func waveform(_ index: Int) throws -> [Trace] {
    let row = try row(index)
    let place: String?
    if table == nil {
      place = "\(groups[names[index].group])/\(names[index].name)"
    } else {
      place = self.place(row.name)
    }
    guard let place else {
      throw FormatError(
        .badData, file: path, found: "there is no waveform \(quoted(row.name))", expected: "one, as the table says",
        remedy: "check that table and file belong together")
    }
    let dataset = try file.dataset(place)
    let shape = dataset.shape
    guard shape.count == 2, shape[0] == 3 || shape[1] == 3, max(shape[0], shape[1]) <= Self.lengthLimit else {
      throw FormatError(
        .badData, file: path, found: "waveform \(quoted(row.name)) has the shape \(shape)",
        expected: "samples in three columns")
    }
    let values = try dataset.floats(from: [0, 0], count: shape)
    let isInColumns = shape[1] == 3
    let length = isInColumns ? shape[0] : shape[1]
    let components = "ENZ".enumerated().map { column, letter -> (letter: Character, samples: [Float]) in
      if !isInColumns { return (letter, Array(values[(column * length)..<((column + 1) * length)])) }
      let samples = [Float](unsafeUninitializedCapacity: length) { memory, count in
        values.withUnsafeBufferPointer { values in
          for sample in 0..<length { memory[sample] = values[3 * sample + column] }
        }
        count = length
      }
      return (letter, samples)
    }
    return Self.traces(row, components: components)
  }

  public var streams: [StreamID] { index.streams }

  public func mayHave(_ stream: StreamID, in span: Range<UTCTime>) -> Bool {
    !index.rows(stream, in: span).isEmpty
  }

  public func read(_ stream: StreamID, in span: Range<UTCTime>, onProblem: ProblemHandler) throws -> [Trace] {
    try read(index.rows(stream, in: span), stream, in: span, file: path, onProblem: onProblem)
  }
}

extension STEADFile.Contents {
  /// The contents as bytes, for other ranks of a job.
  public var bytes: [UInt8] {
    let writer = ValueWriter()
    writer.put(groups) { writer.put($0) }
    writer.put(names) { list in writer.put(list) { writer.put($0) } }
    // There is one, or none.
    writer.put(table.map { [$0] } ?? []) { writer.put($0) }
    writer.put(columns) { writer.put($0) }
    writer.put(rows) { writer.put($0) }
    index.put(to: writer)
    return writer.bytes
  }

  /// Takes contents from ``bytes``; nil where they are others.
  public init?(bytes: [UInt8]) {
    var reader = ValueReader(bytes)
    groups = reader.list { $0.text() }
    names = reader.list { reader in reader.list { $0.text() } }
    table = reader.list { $0.text() }.first
    columns = reader.list { $0.text() }
    rows = reader.list { $0.integer() }
    index = LabelledIndex(from: &reader)
    guard reader.isWhole else { return nil }
  }
}
