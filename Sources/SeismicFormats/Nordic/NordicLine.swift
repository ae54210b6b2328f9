/// A line of the Nordic format: values in columns that are counted from 1, the kind of line in column 80.
struct NordicLine {
  /// The bytes of the line.
  var bytes: Bytes

  /// The kind of line: `1` hypocentre, `E` errors, `H` hypocentre in high precision, `I` identification, `3` remark, `6`
  /// waveform file, `7` heading of the phases, blank or `4` phase.
  var kind: UInt8 { bytes.count >= 80 ? bytes[79] : 32 }

  var isBlank: Bool { bytes.trimmed.isEmpty }

  /// The bytes of some columns, as far as the line has them.
  func columns(_ first: Int, _ last: Int) -> Bytes {
    let end = min(last, bytes.count)
    return first > end ? Bytes(rebasing: bytes[0..<0]) : Bytes(rebasing: bytes[(first - 1)..<end])
  }

  /// One column; blank where the line is shorter.
  func column(_ index: Int) -> UInt8 { index <= bytes.count ? bytes[index - 1] : 32 }

  func text(_ first: Int, _ last: Int) -> String { columns(first, last).trimmed.string }

  func number(_ first: Int, _ last: Int) -> Double? { parseDecimal(columns(first, last)) }

  func integer(_ first: Int, _ last: Int) -> Int? { parseInteger(columns(first, last)) }

  /// The date that a line of kind 1 or H begins with, as seconds of its midnight.
  var midnight: UTCTime? {
    guard column(1) == 32, let year = integer(2, 5), (1000...2999).contains(year), let month = integer(7, 8),
      let day = integer(9, 10)
    else { return nil }
    return UTCTime(year: year, month: month, day: day)
  }

  /// Whether it is a hypocentre line.
  var isHypocentre: Bool { kind == 49 && midnight != nil }

  /// Whether it is an identification line.
  var isIdentification: Bool { kind == 73 && columns(2, 8).equals("ACTION:") }

  /// A time of day in columns: hour, minute, seconds; hours from 24 on and seconds from 60 on reach beyond.
  func time(
    hour: ClosedRange<Int>, minute: ClosedRange<Int>, second: ClosedRange<Int>, on midnight: UTCTime
  ) -> UTCTime? {
    guard let hours = integer(hour.lowerBound, hour.upperBound), (0...99).contains(hours),
      let minutes = integer(minute.lowerBound, minute.upperBound), (0...99).contains(minutes)
    else { return nil }
    let field = columns(second.lowerBound, second.upperBound)
    guard let seconds = field.trimmed.isEmpty ? 0 : parseDecimal(field), (0..<100_000).contains(seconds) else {
      return nil
    }
    // Nanoseconds of the decimal number, so that 15.95 is 15.95 and not its neighbour.
    let nanoseconds = Int64((seconds * 1e9).rounded())
    return UTCTime(seconds: midnight.seconds + Int64(hours * 3600 + minutes * 60), nanoseconds: nanoseconds)
  }
}
