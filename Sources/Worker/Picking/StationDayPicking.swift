public import HSDLCompute
public import SeismicFormats

/// A day of a station: a unit of the work of picking.
public struct PickingDay: Sendable, Hashable {
  /// The station.
  public var station: StationID
  /// Its streams, sorted.
  public var streams: [StreamID]
  /// The day, counted from 1970.
  public var day: Int

  /// Names a day.
  public init(station: StationID, streams: [StreamID], day: Int) {
    self.station = station
    self.streams = streams
    self.day = day
  }

  /// From midnight to midnight.
  public var span: Range<UTCTime> {
    UTCTime(seconds: Int64(day) * 86_400)..<UTCTime(seconds: Int64(day + 1) * 86_400)
  }

  /// The days of which an archive has data of streams.
  ///
  /// - Parameters:
  ///   - patterns: streams that fit one of them count; all do where there is none.
  ///   - span: days that share nothing with it are left out.
  /// - Returns: by day, then by station.
  public static func all(
    in archive: any WaveformArchive, patterns: [StreamPattern] = [], span: Range<UTCTime>? = nil
  ) -> [PickingDay] {
    var streams: [StationID: [StreamID]] = [:]
    var days: [StationID: Set<Int>] = [:]
    for stream in archive.streams where patterns.isEmpty || patterns.contains(where: { $0.matches(stream) }) {
      streams[stream.stationID, default: []].append(stream)
      days[stream.stationID, default: []].formUnion(archive.days(of: stream))
    }
    return days.keys.sorted().flatMap { station in
      (days[station] ?? []).sorted().map {
        PickingDay(station: station, streams: streams[station]?.sorted() ?? [], day: $0)
      }
    }.filter { unit in span.map { !unit.span.clamped(to: $0).isEmpty } ?? true }
      .sorted { ($0.day, $0.station) < ($1.day, $1.station) }
  }
}

/// Picks days of stations: reads them, puts them through the picker, and writes the picks as records in order.
///
/// An object belongs to one rank and one thread.
public final class StationDayPicking {
  /// What came of a unit.
  public struct UnitSummary: Sendable, Codable, Equatable {
    /// The files with the picks' records.
    public var files: [String] = []
    /// A file with rows of problems; empty for none.
    public var problemFile = ""
    /// Picks of P.
    public var pCount = 0
    /// Picks of S.
    public var sCount = 0
    /// Windows that were put through the network.
    public var windowCount = 0
    /// Seconds of the day in blocks with data.
    public var dataSeconds = 0.0
    /// Seconds that reading took.
    public var readingSeconds = 0.0
    /// Seconds that the network took.
    public var networkSeconds = 0.0
    /// Seconds that the whole unit took.
    public var seconds = 0.0

    /// Of a unit of which nothing came.
    public init() {}
  }

  /// Blocks that are read at once.
  private static let chunk = 6

  private let archive: any WaveformArchive
  private let inventory: Inventory?
  private let picker: ContinuousPicker
  private let span: Range<UTCTime>
  private let folder: String
  private let isStrict: Bool
  private let buffer = RecordBuffer()
  private let row = TextSink()
  private let problems = TextSink()
  /// What is being done, in words: for whoever wants to know where the work is at.
  public private(set) var activity = ""

  /// Prepares.
  ///
  /// - Parameters:
  ///   - span: picks outside of it are left out.
  ///   - folder: where intermediate files go.
  ///   - isStrict: whether anything that cannot be used ends the work.
  /// - Throws: ``ComputeError`` where picker or settings cannot be used.
  public init(
    _ model: PickerModel, _ settings: PickSettings, archive: any WaveformArchive, inventory: Inventory?,
    span: Range<UTCTime>, folder: String, isStrict: Bool
  ) throws {
    picker = try ContinuousPicker(model.network, settings, model: model.shortHash, clock: monotonicSeconds)
    self.archive = archive
    self.inventory = inventory
    self.span = span
    self.folder = folder
    self.isStrict = isStrict
  }

  /// Picks a unit.
  ///
  /// - Parameters:
  ///   - number: the unit's number, for the names of its files.
  ///   - poll: called now and then.
  /// - Throws: ``ComputeError`` of the network; ``FormatError`` when intermediate files cannot be written, or with the first problem when strict.
  public func pick(_ unit: PickingDay, number: Int, poll: () throws -> Void) throws -> UnitSummary {
    var summary = UnitSummary()
    let begin = monotonicSeconds()
    let before = picker.counts
    problems.removeAll()
    let writer = RecordWriter(prefix: "\(folder)/picks-\(number)", in: buffer)
    let blocks = picker.blocks(for: unit.span.clamped(to: span))
    var traces: [Trace] = []
    var chunk: Range<Int>?
    try picker.pick(
      unit.span.clamped(to: span),
      block: { number in
        try poll()
        if chunk?.contains(number) != true {
          // Chunks stand at whole multiples, so that what is read does not depend on the unit.
          let first =
            number >= 0 ? number / Self.chunk * Self.chunk : (number + 1) / Self.chunk * Self.chunk - Self.chunk
          let fresh = first..<first + Self.chunk
          chunk = fresh
          let start = monotonicSeconds()
          activity = "\(unit.station), blocks from \(picker.preprocessing.span(ofBlocks: fresh).lowerBound)"
          traces = try read(unit, fresh.clamped(to: blocks))
          summary.readingSeconds += monotonicSeconds() - start
        }
        // As the inventory has it when the block begins, so that it is the same for the days on both sides of midnight.
        let channels = channels(of: unit, at: picker.preprocessing.span(ofBlocks: number..<number + 1).lowerBound)
        return picker.preprocessing.block(number, traces: traces, station: unit.station, channels: channels)
      },
      onPick: { pick in
        if pick.phase == "S" { summary.sCount += 1 } else { summary.pCount += 1 }
        row.removeAll()
        StationPickTable.append(pick, to: row)
        var id = "\(pick.sensor) \(pick.phase)"
        try id.withUTF8 { id in
          try writer.add(EventKey(time: pick.tableTime, id: id), hash: 0, label: .uncertain) { sink, end in
            sink.append(row.bytes)
            end()
          }
        }
      })
    try writer.flush()
    summary.files = writer.files
    if problems.count > 0 {
      summary.problemFile = "\(folder)/pick-problems-\(number)"
      let output = try FileOutput(summary.problemFile, isDurable: false)
      try output.write(problems)
      try output.commit()
    }
    summary.windowCount = picker.counts.windows - before.windows
    summary.dataSeconds = Double(picker.counts.samples - before.samples) / Double(picker.preprocessing.numbering.rate)
    summary.networkSeconds = picker.counts.networkSeconds - before.networkSeconds
    summary.seconds = monotonicSeconds() - begin
    return summary
  }

  /// Reads what some blocks are made from.
  private func read(_ unit: PickingDay, _ blocks: Range<Int>) throws -> [Trace] {
    var traces: [Trace] = []
    let span = picker.preprocessing.span(ofBlocks: blocks)
    for stream in unit.streams where archive.mayHave(stream, in: span) {
      do {
        traces += try archive.read(stream, in: span, onProblem: note)
      } catch let error as FormatError where !isStrict {
        // The rest of the day, and the other components, are picked nevertheless.
        try note(
          Problem(
            file: error.file, found: error.found, expected: error.expected ?? "waveforms",
            action: "stream \(stream) left out where it cannot be read"))
      }
    }
    return traces
  }

  private func note(_ problem: Problem) throws {
    if isStrict { throw problem.error }
    problem.appendRow(to: problems)
  }

  /// What the inventory says of a station's streams; location codes and epochs of the nearest entry are taken for the stream's.
  private func channels(of unit: PickingDay, at time: UTCTime) -> [Channel] {
    guard let inventory else { return [] }
    return unit.streams.compactMap { stream in
      guard var channel = inventory.channel(stream, at: time)?.channel else { return nil }
      channel.location = stream.location
      channel.epoch = Epoch()
      return channel
    }
  }
}
