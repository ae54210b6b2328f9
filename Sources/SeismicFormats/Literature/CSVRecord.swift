/// A record of a comma-separated table, which may go over several lines where a field in quotes does.
struct CSVRecord {
  /// The fields as they stand, without their quotes.
  var fields: [[UInt8]] = []
  /// The line on which it begins, counted from 1.
  var line: Int
  /// Whether a quote that was opened was never closed.
  var isOpen = false
  /// Whether something stands between a closing quote and the end of its field: the quote may be the opening one of another field.
  var closesOddly = false
}

/// Cuts a comma-separated text into records (RFC 4180), and comes to itself again behind a quote that is not closed.
struct CSVRecordReader {
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1
  /// The number of fields that a record should have; a longer stretch of lines that has another number is cut after its first line.
  var width: Int?

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// The next record; nil at the end.
  ///
  /// Lines with nothing in them are passed over.
  mutating func next() -> CSVRecord? {
    while position < bytes.count, bytes[position] == 10 || bytes[position] == 13 {
      if bytes[position] == 10 { line += 1 }
      position += 1
    }
    guard position < bytes.count else { return nil }
    let (start, startLine) = (position, line)
    var record = read(endsAtLine: false)
    if line > startLine + 1, record.isOpen || record.closesOddly || width.map({ $0 != record.fields.count }) ?? false {
      // A quote is missing somewhere: only the line itself is to suffer.
      (position, line) = (start, startLine)
      record = read(endsAtLine: true)
      record.isOpen = true
    }
    return record
  }

  /// Reads on to the end of the record, or of the line.
  private mutating func read(endsAtLine: Bool) -> CSVRecord {
    var record = CSVRecord(line: line)
    var field: [UInt8] = []
    var isQuoted = false
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if isQuoted {
        if byte == 34 {
          if position < bytes.count, bytes[position] == 34 {
            field.append(34)
            position += 1
          } else {
            isQuoted = false
            if position < bytes.count, ![44, 13, 10].contains(bytes[position]) { record.closesOddly = true }
          }
          continue
        }
        if byte == 10 {
          line += 1
          if endsAtLine { break }
        }
        field.append(byte)
        continue
      }
      switch byte {
      case 34 where field.isEmpty: isQuoted = true
      case 44:
        record.fields.append(field)
        field = []
      case 10:
        line += 1
        if field.last == 13 { field.removeLast() }
        record.fields.append(field)
        return record
      default: field.append(byte)
      }
    }
    record.isOpen = isQuoted
    if field.last == 13 { field.removeLast() }
    record.fields.append(field)
    return record
  }
}
