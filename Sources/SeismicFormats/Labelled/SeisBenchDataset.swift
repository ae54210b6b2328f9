/// A data set in the form of SeisBench: a folder with `metadata.csv` and `waveforms.hdf5`, or several pairs of them, called
/// chunks (Woollam and others, 2022).
///
/// A row's waveform is a dataset of its own or a part of a larger one. What a row says of rate and order of components
/// counts before what the file says of all.
public final class SeisBenchDataset: LabelledWaveforms, WaveformArchive {
  /// The folder, as it was given.
  public let path: String
  /// The number of waveforms.
  public private(set) var count = 0
  private var chunks: [Chunk] = []
  private var index = LabelledIndex()
  /// Datasets that were read from last: rows of one block stand together.
  private var open: [(chunk: Int, dataset: HDF5Dataset)] = []

  private struct Chunk {
    var name: String
    var file: HDF5File
    var table: MetadataTable
    var firstRow: Int
    var samplingRate: Double
    var componentOrder: String
    var dimensionOrder: String
  }

  /// The most samples that a waveform may have, all components together.
  static let lengthLimit = 1 << 26

  /// What there is in a data set: to find it takes a pass over its tables.
  public struct Contents: Sendable, Equatable {
    /// A pair of a table and a file of waveforms.
    struct Chunk: Sendable, Equatable {
      /// What stands behind `metadata` and `waveforms` in the names of its files.
      var name: String
      /// The table's columns.
      var columns: [String]
      /// Where the table's rows begin.
      var rows: [Int]
      /// Samples per second, where a row does not say it.
      var samplingRate: Double
      /// The letters of the components, where a row does not say them.
      var componentOrder: String
      /// The letters of the dimensions.
      var dimensionOrder: String
    }
    /// The chunks, in order.
    var chunks: [Chunk]
    /// Where waveforms are by stream and time; empty where nobody asked for it.
    var index: LabelledIndex
  }

  /// What there is in the data set.
  public var contents: Contents {
    let chunks = chunks.map {
      Contents.Chunk(
        name: $0.name, columns: $0.table.names, rows: $0.table.places, samplingRate: $0.samplingRate,
        componentOrder: $0.componentOrder, dimensionOrder: $0.dimensionOrder)
    }
    return Contents(chunks: chunks, index: index)
  }

  /// Opens a data set whose contents are known, such as on all ranks but the one that has found them.
  ///
  /// - Throws: ``FormatError`` when a file cannot be opened.
  public init(_ path: String, contents: Contents) throws {
    self.path = path
    index = contents.index
    for known in contents.chunks {
      let table = try MetadataTable(
        Self.tablePath(path, known.name), names: known.columns, offsets: known.rows)
      chunks.append(
        Chunk(
          name: known.name, file: try HDF5File(Self.filePath(path, known.name)), table: table, firstRow: count,
          samplingRate: known.samplingRate, componentOrder: known.componentOrder, dimensionOrder: known.dimensionOrder))
      count += table.count
    }
  }

  private static func tablePath(_ path: String, _ chunk: String) -> String { "\(path)/metadata\(chunk).csv" }
  private static func filePath(_ path: String, _ chunk: String) -> String { "\(path)/waveforms\(chunk).hdf5" }

  /// Opens a data set.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - findsByTime: whether waveforms can be read by stream and time.
  ///   - onProblem: told of chunks without a partner, and of rows that cannot be found by time.
  /// - Throws: ``FormatError`` when there is no such data set, or its chunks disagree; what `onProblem` throws.
  public init(_ path: String, findsByTime: Bool = true, onProblem: ProblemHandler = { _ in }) throws {
    self.path = path
    let names = try Self.chunkNames(path, onProblem)
    var index = LabelledIndex()
    for name in names {
      let file = try HDF5File(Self.filePath(path, name))
      func format(_ key: String) -> HDF5Value? {
        guard file.kind(of: "data_format/\(key)") == .dataset else { return nil }
        return try? file.dataset("data_format/\(key)").value()
      }
      let dimensions = (format("dimension_order")?.text ?? "CW").uppercased()
      let components = (format("component_order")?.text ?? "ZNE").uppercased()
      let rate = format("sampling_rate")?.number ?? 0
      guard dimensions.contains("W"), dimensions.count <= 3, components.count <= 16 else {
        throw FormatError(
          .unsupported, file: file.path, found: "dimensions \(quoted(dimensions)), components \(quoted(components))",
          expected: "dimensions CW or WC")
      }
      if let first = chunks.first, first.dimensionOrder != dimensions || first.componentOrder != components {
        throw FormatError(
          .badData, file: file.path, found: "another order of dimensions or components than \(first.file.path)",
          expected: "the same in all chunks")
      }
      let firstRow = count
      let number = chunks.count
      var waiting: [(row: Int, labels: LabelledWaveform, points: Double?)] = []
      var header: [String] = []
      var places: [(offset: Int, element: String)] = []
      let tablePath = Self.tablePath(path, name)
      let wanted: Set<String> = [
        "station_network_code", "station_code", "station_location_code", "trace_channel", "trace_start_time",
        "trace_sampling_rate_hz", "trace_dt_s",
      ]
      let begin = { (names: [String]) in
        header = names
        places = names.enumerated().filter { wanted.contains($0.element) }.map { ($0.offset, $0.element) }
      }
      let table = try MetadataTable(tablePath, begin: begin) { row, fields in
        guard findsByTime else { return }
        let namePlace = header.firstIndex(of: "trace_name")
        let pointsPlace = header.firstIndex(of: "trace_npts")
        let orderPlace = header.firstIndex(of: "trace_component_order")
        let labels = LabelledWaveform(
          columns: places.map { (name: $0.element, value: .texts([fields[$0.offset]])) },
          name: namePlace.map { fields[$0] } ?? "", samplingRate: rate)
        let order = orderPlace.map { LabelledWaveform.isMissing(fields[$0]) ? "" : fields[$0] } ?? ""
        let points = pointsPlace.flatMap { numbersInBrackets(fields[$0]).first } ?? Self.width(labels.name)
        let key = LabelledIndex.Key(station: labels.station, location: labels.location, sensor: labels.sensor)
        if let points, points.isFinite, labels.samplingRate > 0 {
          index.add(
            firstRow + row, key, start: labels.start, duration: points / labels.samplingRate,
            components: order.isEmpty ? components : order.uppercased())
        } else if labels.start != nil {
          waiting.append((firstRow + row, labels, points))
        }
      }
      chunks.append(
        Chunk(
          name: name, file: file, table: table, firstRow: firstRow, samplingRate: rate, componentOrder: components,
          dimensionOrder: dimensions))
      count += table.count
      for (row, labels, _) in waiting {
        // Only the waveform itself tells how long it is.
        guard labels.samplingRate > 0, let slice = BlockSlice(labels.name),
          let shape = try? dataset(number, slice.block).shape, let longest = slice.resolve(shape)?.count.max()
        else {
          try onProblem(
            Problem(
              file: tablePath, found: "waveform \(quoted(labels.name)) has no rate, or is not in the file",
              expected: "a waveform", action: "not found by its time"))
          continue
        }
        index.add(
          row, .init(station: labels.station, location: labels.location, sensor: labels.sensor), start: labels.start,
          duration: Double(longest) / labels.samplingRate, components: components)
      }
    }
    index.finish()
    self.index = index
  }

  /// How many samples the place of a row in a block tells of; nil where it tells nothing.
  private static func width(_ name: String) -> Double? {
    guard let slice = BlockSlice(name), case .range(let lower, let upper?)? = slice.parts.last, upper >= 0,
      (lower ?? 0) >= 0
    else { return nil }
    return Double(max(upper - (lower ?? 0), 0))
  }

  /// The names of the chunks, in order; an empty one for a data set of one.
  private static func chunkNames(_ path: String, _ onProblem: ProblemHandler) throws -> [String] {
    if let input = try? FileInput("\(path)/chunks") {
      let reader = LineReader(input)
      defer { withExtendedLifetime(reader) {} }
      var names: [String] = []
      while let line = try reader.next() {
        let name = line.bytes.trimmed.string
        if name.isEmpty { continue }
        guard !name.contains("/") else {
          throw FormatError(.badData, file: input.path, at: .line(line.number), found: "a chunk \(quoted(name))")
        }
        names.append(name)
      }
      guard !names.isEmpty else {
        throw FormatError(.badData, file: input.path, found: "it names no chunk", expected: "one name a line")
      }
      return names.sorted()
    }
    let files = try FolderListing.entries(path).map(\.name)
    var tables: Set<String> = []
    var waveforms: Set<String> = []
    for file in files {
      if file.hasPrefix("metadata"), file.hasSuffix(".csv") { tables.insert(String(file.dropFirst(8).dropLast(4))) }
      if file.hasPrefix("waveforms"), file.hasSuffix(".hdf5") {
        waveforms.insert(String(file.dropFirst(9).dropLast(5)))
      }
    }
    for name in tables.symmetricDifference(waveforms).sorted() {
      let isTable = tables.contains(name)
      try onProblem(
        Problem(
          file: isTable ? "\(path)/metadata\(name).csv" : "\(path)/waveforms\(name).hdf5",
          found: isTable ? "there are no waveforms for it" : "there is no table for it",
          expected: isTable ? "waveforms\(name).hdf5" : "metadata\(name).csv", action: "left out"))
    }
    let both = tables.intersection(waveforms).sorted()
    guard !both.isEmpty else {
      throw FormatError(
        .badData, file: path, found: "it is no data set of SeisBench", expected: "metadata.csv and waveforms.hdf5",
        remedy: "check the path")
    }
    return both
  }

  private func chunk(_ index: Int) throws -> Int {
    guard index >= 0, index < count, let chunk = chunks.lastIndex(where: { $0.firstRow <= index }) else {
      throw FormatError(.badData, file: path, found: "waveform \(index) was asked for", expected: "0 to \(count - 1)")
    }
    return chunk
  }

  private func dataset(_ chunk: Int, _ block: String) throws -> HDF5Dataset {
    let name = "data/" + block
    if let place = open.firstIndex(where: { $0.chunk == chunk && $0.dataset.name == name }) {
      return open[place].dataset
    }
    let dataset = try chunks[chunk].file.dataset(name)
    if open.count >= 8 { open.removeFirst() }
    open.append((chunk, dataset))
    return dataset
  }

  public func row(_ index: Int) throws -> LabelledWaveform {
    let chunk = chunks[try chunk(index)]
    let columns = try chunk.table.columns(index - chunk.firstRow)
    return LabelledWaveform(
      columns: columns, name: columns.first { $0.name == "trace_name" }?.value.text ?? "",
      samplingRate: chunk.samplingRate)
  }

  public func waveform(_ index: Int) throws -> [Trace] {
    let number = try chunk(index)
    let chunk = chunks[number]
    let row = try row(index)
    func failure(_ found: String, _ expected: String) -> FormatError {
      FormatError(
        .badData, file: chunk.file.path, found: "waveform \(quoted(row.name)) \(found)", expected: expected)
    }
    guard let slice = BlockSlice(row.name) else {
      throw failure("has a place that is not understood", "indices and ranges, such as block$0,:3,:1200")
    }
    let dataset = try dataset(number, slice.block)
    guard let (start, count, kept) = slice.resolve(dataset.shape) else {
      throw failure("lies outside of its block of the shape \(dataset.shape)", "indices inside")
    }
    let sizes = kept.map { count[$0] }
    var order = chunk.dimensionOrder.filter { $0 == "C" || $0 == "W" }
    if sizes.count == 1 { order = "W" }
    guard sizes.count == order.count, sizes.count <= 2,
      sizes.reduce(1, { $0.multipliedReportingOverflow(by: $1).partialValue }) <= Self.lengthLimit,
      row.samplingRate > 0, row.samplingRate.isFinite
    else {
      throw failure(
        "has the shape \(sizes) and \(row.samplingRate) samples a second", "components and samples, and a rate")
    }
    let values = try dataset.floats(from: start, count: count)
    let isInColumns = order == "WC"
    let components = sizes.count == 1 ? 1 : isInColumns ? sizes[1] : sizes[0]
    let length = sizes.count == 1 ? sizes[0] : isInColumns ? sizes[0] : sizes[1]
    let stated = row.columns.first { $0.name == "trace_component_order" }?.value.uppercased() ?? chunk.componentOrder
    let letters = Array(stated)
    guard components <= letters.count else {
      throw failure("has \(components) components", "at most \(letters.count): \(stated)")
    }
    let list = (0..<components).map { component -> (letter: Character, samples: [Float]) in
      if !isInColumns { return (letters[component], Array(values[(component * length)..<((component + 1) * length)])) }
      return (letters[component], stride(from: component, to: values.count, by: components).map { values[$0] })
    }
    return Self.traces(row, components: list)
  }

  public var streams: [StreamID] { index.streams }

  public func mayHave(_ stream: StreamID, in span: Range<UTCTime>) -> Bool {
    !index.rows(stream, in: span).isEmpty
  }

  public func read(_ stream: StreamID, in span: Range<UTCTime>, onProblem: ProblemHandler) throws -> [Trace] {
    try read(index.rows(stream, in: span), stream, in: span, file: path, onProblem: onProblem)
  }
}

extension SeisBenchDataset.Contents {
  /// The contents as bytes, for other ranks of a job.
  public var bytes: [UInt8] {
    let writer = ValueWriter()
    writer.put(chunks) { chunk in
      for text in [chunk.name, chunk.componentOrder, chunk.dimensionOrder] { writer.put(text) }
      writer.put(chunk.samplingRate)
      writer.put(chunk.columns) { writer.put($0) }
      writer.put(chunk.rows) { writer.put($0) }
    }
    index.put(to: writer)
    return writer.bytes
  }

  /// Takes contents from ``bytes``; nil where they are others.
  public init?(bytes: [UInt8]) {
    var reader = ValueReader(bytes)
    chunks = reader.list { reader in
      let (name, components, dimensions) = (reader.text(), reader.text(), reader.text())
      let rate = reader.number()
      return Chunk(
        name: name, columns: reader.list { $0.text() }, rows: reader.list { $0.integer() }, samplingRate: rate,
        componentOrder: components, dimensionOrder: dimensions)
    }
    index = LabelledIndex(from: &reader)
    guard reader.isWhole else { return nil }
  }
}
