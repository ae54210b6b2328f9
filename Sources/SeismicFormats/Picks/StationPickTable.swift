/// A table of picks, one row for each: `picks.csv`.
///
/// The first columns have the names that QuakeFlow uses (Zhu et al., 2023), so that what reads its tables reads these. Rows are
/// sorted by time, then sensor, then phase. Fields that are not known are empty. This is not the table of events that
/// ``PickTable`` reads.
public enum StationPickTable {
  /// The columns, in order.
  public static let columns = [
    "station_id", "phase_time", "phase_type", "phase_score", "network", "station", "location", "channel",
    "phase_uncertainty_s", "snr_db", "amplitude", "detection", "model",
  ]
  /// The header line.
  public static let header = columns.joined(separator: ",") + "\n"
  /// The columns that a table must have to be read.
  static let neededColumns = ["station_id", "phase_time", "phase_type", "phase_score"]

  /// Adds the row of a pick.
  public static func append(_ pick: StationPick, to sink: TextSink) {
    sink.append(csv: pick.sensor.description)
    sink.append(byte: 44)
    sink.append(pick.time, fractionDigits: 6)
    sink.append(byte: 44)
    sink.append(csv: pick.phase)
    sink.append(byte: 44)
    sink.append(rounded(pick.score, 1e6))
    for code in [pick.sensor.network, pick.sensor.station, pick.sensor.location, pick.sensor.channel] {
      sink.append(byte: 44)
      sink.append(csv: code)
    }
    for (value, unit) in [(pick.uncertainty, 1e4), (pick.signalToNoise, 100)] {
      sink.append(byte: 44)
      if let value, value.isFinite { sink.append(rounded(value, unit)) }
    }
    sink.append(byte: 44)
    if let amplitude = pick.amplitude, amplitude.isFinite {
      // Counts and metres per second differ by nine powers of ten: the digits of single precision of either.
      sink.append(Double(Float(amplitude).description) ?? amplitude)
    }
    for text in [pick.detection, pick.model] {
      sink.append(byte: 44)
      sink.append(csv: text)
    }
    sink.append(byte: 10)
  }

  private static func rounded(_ value: Double, _ unit: Double) -> Double { (value * unit).rounded() / unit }

  /// Reads a table row by row.
  ///
  /// The columns may stand in any order; of those that ``columns`` names only `station_id`, `phase_time`, `phase_type` and
  /// `phase_score` must be there. A station's name may have two to four codes: `NET.STA`, `NET.STA.LOC`, `NET.STA.LOC.CHA`.
  ///
  /// - Parameters:
  ///   - onProblem: told of rows that cannot be used; they are left out.
  ///   - body: takes each pick.
  /// - Throws: ``FormatError`` when the file cannot be read or a column is missing; what the closures throw.
  public static func read(
    _ path: String, onProblem: ProblemHandler, body: (StationPick) throws -> Void
  ) throws {
    let input = try FileInput(path)
    let expected = "a header line with \(neededColumns.joined(separator: ","))"
    let reader = LineReader(input)
    guard let first = try reader.next() else {
      throw FormatError(.badData, file: path, found: "it is empty", expected: expected)
    }
    let names = fields(of: first.bytes, delimiter: 44).map { $0.lowercased() }
    let missing = neededColumns.filter { !names.contains($0) }
    guard missing.isEmpty else {
      throw FormatError(
        .badData, file: path, at: .line(1), found: "the header has no column \(missing.joined(separator: ", "))",
        expected: expected, remedy: "add it or rename the one that holds it")
    }
    let places = columns.map { names.firstIndex(of: $0) }
    while let line = try reader.next() {
      if line.bytes.trimmed.isEmpty { continue }
      let values = fields(of: line.bytes, delimiter: 44)
      func text(_ column: Int) -> String { places[column].flatMap { $0 < values.count ? values[$0] : nil } ?? "" }
      switch Self.pick(text) {
      case .success(let pick): try body(pick)
      case .failure(let objection):
        try onProblem(
          Problem(
            file: path, line: line.number, found: objection.found, expected: objection.expected,
            action: "row left out"))
      }
    }
  }

  private struct Objection: Error {
    var found: String
    var expected: String
  }

  /// The pick of a row whose fields come by the number of their column.
  private static func pick(_ text: (Int) -> String) -> Result<StationPick, Objection> {
    let codes = text(0).split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard (2...4).contains(codes.count), !codes[1].isEmpty else {
      return .failure(Objection(found: "station_id is \(quoted(text(0)))", expected: "NET.STA.LOC.CHA"))
    }
    guard let time = UTCTime(text(1)) else {
      return .failure(Objection(found: "phase_time is \(quoted(text(1)))", expected: "an ISO 8601 time"))
    }
    guard !text(2).isEmpty else { return .failure(Objection(found: "phase_type is empty", expected: "P or S")) }
    guard let score = number(text(3)), (0...1).contains(score) else {
      return .failure(Objection(found: "phase_score is \(quoted(text(3)))", expected: "a number from 0 to 1"))
    }
    for column in [8, 9, 10] where !text(column).isEmpty && number(text(column)) == nil {
      return .failure(Objection(found: "\(columns[column]) is \(quoted(text(column)))", expected: "a number"))
    }
    return .success(
      StationPick(
        sensor: StreamID(
          network: codes[0], station: codes[1], location: codes.count > 2 ? codes[2] : text(6),
          channel: codes.count > 3 ? codes[3] : text(7)),
        phase: text(2), time: time, score: score, uncertainty: number(text(8)), signalToNoise: number(text(9)),
        amplitude: number(text(10)), detection: text(11), model: text(12)))
  }

  private static func number(_ text: String) -> Double? {
    var text = text
    return text.withUTF8 { parseDecimal($0) }
  }
}
