import Foundation
import HSDLCompute
import SeismicFormats
import Worker

/// What the stations have recorded of an event, ordered by distance: by this a person decides.
struct RecordSection: Equatable {
  /// What a station has recorded.
  struct Trace: Equatable {
    /// The station's code.
    var station: String
    /// The channel.
    var channel: String
    /// Epicentral distance in km.
    var distance: Double
    /// Arrivals that the origin and the velocity model predict, in s after the origin.
    var predicted: (p: Double, s: Double)
    /// Picks, in s after the origin; nil where there is none.
    var picked: (p: Double?, s: Double?)
    /// When the first column begins, in s after the origin, and how long a column is.
    var begin: Double
    var step: Double
    /// The least and the greatest value in each column, in hundredths of the greatest amplitude; nil where samples are missing.
    var columns: [(low: Int, high: Int)?]

    static func == (left: Trace, right: Trace) -> Bool {
      left.station == right.station && left.channel == right.channel && left.distance == right.distance
        && left.predicted == right.predicted && left.picked.p == right.picked.p && left.picked.s == right.picked.s
        && left.begin == right.begin && left.step == right.step
        && left.columns.elementsEqual(right.columns) { $0?.low == $1?.low && $0?.high == $1?.high }
    }
  }

  /// The event's identifier.
  var eventID: String
  /// Its row in `events.csv`, from 0 on.
  var row: Int
  /// The traces, the nearest first.
  var traces: [Trace]

  /// So many columns a trace has at most: as many as can be seen.
  static let columnCount = 420
  /// So many stations are shown, the nearest ones.
  static let stationLimit = 24
  /// So many events are shown.
  static let eventLimit = 12
  /// Seconds before the first and behind the last arrival that are shown, and at most.
  static let margins = (before: 6.0, behind: 12.0, most: 160.0)

  /// Makes the section of records.
  ///
  /// - Parameters:
  ///   - records: what stations have recorded, and when waves arrive there, in any order.
  ///   - origin: the event's time.
  /// - Returns: nil when there is nothing to show.
  init?(
    eventID: String, row: Int, _ records: [(record: StationRecord, arrivals: StationArrivals)], origin: UTCTime
  ) {
    self.eventID = eventID
    self.row = row
    let near = records.sorted {
      $0.arrivals.distance != $1.arrivals.distance
        ? $0.arrivals.distance < $1.arrivals.distance : $0.record.station < $1.record.station
    }.prefix(Self.stationLimit)
    func offset(_ record: StationRecord) -> Double { record.start.timeInterval(since: origin) }
    let firsts = near.map { min($0.arrivals.p, $0.arrivals.predictedP) + offset($0.record) }
    let lasts = near.map { max($0.arrivals.s, $0.arrivals.predictedS) + offset($0.record) }
    guard let first = firsts.min(), let last = lasts.max(), first.isFinite, last.isFinite else { return nil }
    let begin = (first - Self.margins.before).rounded(.down)
    let end = min((last + Self.margins.behind).rounded(.up), begin + Self.margins.most)
    traces = near.compactMap { record, arrivals in
      guard let component = record.vertical ?? record.north ?? record.east, record.samplingRate > 0 else { return nil }
      let offset = offset(record)
      func time(_ value: Double) -> Double { Self.rounded(value + offset) }
      var trace = Trace(
        station: record.station.description, channel: component.channel, distance: Self.rounded(arrivals.distance),
        predicted: (time(arrivals.predictedP), time(arrivals.predictedS)),
        picked: (arrivals.isPPicked ? time(arrivals.p) : nil, arrivals.isSPicked ? time(arrivals.s) : nil),
        begin: begin, step: 0, columns: [])
      let count = min(Self.columnCount, max(2, Int((end - begin) * record.samplingRate)))
      trace.step = (end - begin) / Double(count)
      trace.columns = Self.columns(component, record.samplingRate, begin: begin - offset, trace.step, count)
      return trace
    }
    guard !traces.isEmpty else { return nil }
  }

  /// To a thousandth, as the tables have it, so that a drawing made from them is the same.
  private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

  /// The least and the greatest filtered sample of each column.
  private static func columns(
    _ component: StationRecord.Component, _ samplingRate: Double, begin: Double, _ step: Double, _ count: Int
  ) -> [(low: Int, high: Int)?] {
    var samples = component.samples
    guard !samples.isEmpty else { return Array(repeating: nil, count: count) }
    let mean = samples.reduce(0, +) / Double(samples.count)
    for place in samples.indices { samples[place] -= mean }
    let corner = min(15, 0.4 * samplingRate)
    if corner > 2,
      let filter = SecondOrderSections.butterworth(.bandpass(1, corner), order: 2, samplingRate: samplingRate)
    {
      samples = filter.filterZeroPhase(samples)
    }
    var isMissing = [Bool](repeating: false, count: samples.count)
    for range in component.missing { for place in range.clamped(to: samples.indices) { isMissing[place] = true } }
    var extremes: [(Double, Double)?] = []
    var amplitude = 0.0
    for column in 0..<count {
      let from = max(0, Int(((begin + Double(column) * step) * samplingRate).rounded(.up)))
      let to = min(samples.count, Int(((begin + Double(column + 1) * step) * samplingRate).rounded(.up)))
      var extreme: (Double, Double)?
      for place in from..<max(from, to) where !isMissing[place] && samples[place].isFinite {
        let value = samples[place]
        extreme = extreme.map { (min($0.0, value), max($0.1, value)) } ?? (value, value)
      }
      if let extreme { amplitude = max(amplitude, abs(extreme.0), abs(extreme.1)) }
      extremes.append(extreme)
    }
    let scale = amplitude > 0 ? 100 / amplitude : 0
    return extremes.map { $0.map { (Int(($0.0 * scale).rounded()), Int(($0.1 * scale).rounded())) } }
  }

  private init(eventID: String, row: Int) {
    self.eventID = eventID
    self.row = row
    traces = []
  }
}

// MARK: Tables

extension RecordSection {
  /// The path of one of an event's files below the output folder.
  static func file(_ number: Int, _ ending: String) -> String {
    "\(FigureDrawer.folderName)/record_\(number < 9 ? "0" : "")\(number + 1).\(ending)"
  }

  private static let list = "\(FigureDrawer.folderName)/record_sections.csv"

  /// Removes what earlier sections have left.
  static func remove(from output: String) {
    unlink("\(output)/\(list)")
    for number in 0..<99 { for ending in ["csv", "svg"] { unlink("\(output)/\(file(number, ending))") } }
  }

  /// Writes sections as tables and drawings.
  ///
  /// - Throws: ``FormatError``.
  static func write(_ sections: [RecordSection], to output: String) throws {
    remove(from: output)
    guard !sections.isEmpty else { return }
    try makeFolder("\(output)/\(FigureDrawer.folderName)")
    let results = try OutputFolder(output, files: [], overwrites: true)
    let sink = TextSink()
    sink.append("record,event_id,row,station,channel,distance_km,p_predicted_s,p_picked_s,s_predicted_s,s_picked_s,")
    sink.append("begin_s,step_s,columns\n")
    for (number, section) in sections.enumerated() {
      let samples = TextSink()
      samples.append("station,time_s,low_percent,high_percent\n")
      for trace in section.traces {
        sink.append(number + 1)
        sink.append(byte: 44)
        sink.append(cell: section.eventID)
        sink.append(byte: 44)
        sink.append(section.row)
        for text in [trace.station, trace.channel] {
          sink.append(byte: 44)
          sink.append(cell: text)
        }
        for value in [
          trace.distance, trace.predicted.p, trace.picked.p, trace.predicted.s, trace.picked.s, trace.begin, trace.step,
        ] {
          sink.append(byte: 44)
          if let value { sink.append(value) }
        }
        sink.append(byte: 44)
        sink.append(trace.columns.count)
        sink.append(byte: 10)
        for (place, column) in trace.columns.enumerated() {
          samples.append(cell: trace.station)
          samples.append(byte: 44)
          samples.append(text: fixed(trace.begin + (Double(place) + 0.5) * trace.step, decimals: 3))
          samples.append(byte: 44)
          if let column { samples.append(column.low) }
          samples.append(byte: 44)
          if let column { samples.append(column.high) }
          samples.append(byte: 10)
        }
      }
      try results.write(file(number, "csv"), samples.string)
      try results.write(file(number, "svg"), section.drawing.file)
    }
    try results.write(list, sink.string)
  }

  /// Reads what ``write(_:to:)`` has left; empty where there is nothing.
  ///
  /// - Throws: ``FormatError``.
  static func read(from output: String) throws -> [RecordSection] {
    let path = "\(output)/\(list)"
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    var sections: [RecordSection] = []
    var line = 0
    func refusal(_ file: String, _ line: Int) -> FormatError {
      FormatError(
        .badData, file: file, at: .line(line), found: "it is not as it was written",
        remedy: "remove \(path) to make a report without records")
    }
    var counts: [[Int]] = []
    try TextLines.forEach(in: path) { bytes in
      line += 1
      guard line > 1 else { return }
      let fields = csvFields(bytes)
      guard fields.count == 13, let number = Int(fields[0]), let row = Int(fields[2]), let distance = Double(fields[5]),
        let p = Double(fields[6]), let s = Double(fields[8]), let begin = Double(fields[10]),
        let step = Double(fields[11]), let count = Int(fields[12]), (0...columnCount).contains(count),
        number == sections.count || number == sections.count + 1, number > 0, number <= 99, row >= 0
      else { throw refusal(path, line) }
      if number > sections.count {
        sections.append(RecordSection(eventID: fields[1], row: row))
        counts.append([])
      }
      counts[number - 1].append(count)
      sections[number - 1].traces.append(
        Trace(
          station: fields[3], channel: fields[4], distance: distance, predicted: (p, s),
          picked: (Double(fields[7]), Double(fields[9])), begin: begin, step: step, columns: []))
    }
    for number in sections.indices {
      let path = "\(output)/\(file(number, "csv"))"
      var line = 0
      var trace = 0
      try TextLines.forEach(in: path) { bytes in
        line += 1
        guard line > 1 else { return }
        let fields = csvFields(bytes)
        while trace < counts[number].count, sections[number].traces[trace].columns.count == counts[number][trace] {
          trace += 1
        }
        guard trace < counts[number].count, fields.count == 4 else { throw refusal(path, line) }
        var column: (low: Int, high: Int)?
        if let low = Int(fields[2]), let high = Int(fields[3]), (-1000...1000).contains(low),
          (-1000...1000).contains(high)
        {
          column = (low, high)
        }
        sections[number].traces[trace].columns.append(column)
      }
    }
    return sections
  }
}
