/// Reads phase files of HYPO71 (Lee and Lahr, 1975): one line for each station with a P and, behind it, an S arrival;
/// a line without station code ends an event.
///
/// Columns, counted from 1: station 1–4, onset 5, `P` 6, first motion 7, weight 8, `yymmddhhmm` 10–19, seconds of P
/// 20–24, seconds of S 32–36, onset of S 37, `S` 38, weight of S 40. Weights run from 0 (full) to 4 (none) and are kept
/// as remarks. There are no network codes and no hypocentres; years below 60 are of this century. Files of the same kind
/// with the station in four letters and the year in four digits, and HypoInverse's, are not read.
public final class HypoPhaseReader: CatalogReader {
  public let header = CatalogHeader()
  public var position: Int { reader.position }

  private let path: String
  private let reader: LineReader
  private let handleProblem: ProblemHandler
  private var seen: [String: Int] = [:]

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - onProblem: told of lines that could not be used.
  /// - Throws: ``FormatError`` when it cannot be opened or is empty.
  public init(_ path: String, onProblem: @escaping ProblemHandler = { _ in }) throws {
    self.path = path
    let input = try FileInput(path)
    try input.requireContent(expected: "a HYPO71 phase file")
    reader = LineReader(input)
    handleProblem = onProblem
  }

  public func next() throws -> Event? {
    var picks: [Pick] = []
    while let line = try reader.next() {
      let content = NordicLine(bytes: line.bytes)
      if content.columns(1, 4).trimmed.isEmpty {
        if picks.isEmpty { continue }
        return event(picks)
      }
      guard let minute = Self.minute(content), let found = Self.picks(content, minute) else {
        try handleProblem(
          Problem(
            file: path, line: line.number, found: "it is \(quoted(line.bytes.string))",
            expected: "station, P phase, date and seconds as 'TRIZEPU0 100118170409.69'", action: "line left out"))
        continue
      }
      picks += found
    }
    return picks.isEmpty ? nil : event(picks)
  }

  /// Whether a line is one of phases.
  static func isPhase(_ line: Bytes) -> Bool {
    let content = NordicLine(bytes: line)
    return (65...90).contains(content.column(1)) && minute(content) != nil && picks(content, .epoch) != nil
  }

  /// The full minute that the seconds count from.
  private static func minute(_ line: NordicLine) -> UTCTime? {
    guard line.column(6) == 80, line.column(9) == 32, !line.columns(10, 19).contains(32),
      let year = line.integer(10, 11),
      let month = line.integer(12, 13), let day = line.integer(14, 15), let hour = line.integer(16, 17),
      let minute = line.integer(18, 19)
    else { return nil }
    return UTCTime(
      year: year < 60 ? 2000 + year : 1900 + year, month: month, day: day, hour: hour, minute: minute)
  }

  private static func picks(_ line: NordicLine, _ minute: UTCTime) -> [Pick]? {
    let stream = WaveformStreamID(networkCode: "", stationCode: line.text(1, 4))
    func pick(_ phase: String, _ seconds: Double, onset: UInt8, motion: UInt8, weight: UInt8) -> Pick? {
      guard (-60..<6000).contains(seconds) else { return nil }
      let time = UTCTime(seconds: minute.seconds, nanoseconds: Int64((seconds * 1e9).rounded()))
      var pick = Pick(publicID: "", time: TimeQuantity(time), waveformID: stream)
      pick.phaseHint = phase
      pick.onset = onset == 73 ? "impulsive" : onset == 69 ? "emergent" : nil
      switch motion {
      case 85, 67, 43: pick.polarity = "positive"
      case 68, 45: pick.polarity = "negative"
      default: break
      }
      if (49...52).contains(weight) { pick.comments = [Comment("weight: \(weight - 48)")] }
      return pick
    }
    guard let seconds = line.number(20, 24),
      let first = pick("P", seconds, onset: line.column(5), motion: line.column(7), weight: line.column(8))
    else { return nil }
    guard line.column(38) == 83, let later = line.number(32, 36),
      let second = pick("S", later, onset: line.column(37), motion: line.column(39), weight: line.column(40))
    else { return [first] }
    return [first, second]
  }

  /// An event, called after the minute and second of its first pick.
  private func event(_ picks: [Pick]) -> Event {
    let first = picks.lazy.map(\.time.value).min() ?? .epoch
    var name = first.formatted(fractionDigits: 0).filter { $0.isNumber }
    let count = (seen[name] ?? 0) + 1
    seen[name] = count
    if count > 1 { name += "-\(count)" }
    var event = Event(publicID: name)
    event.picks = picks.enumerated().map { place, pick in
      var pick = pick
      pick.publicID = "\(name)/pick/\(place + 1)"
      return pick
    }
    return event
  }
}
