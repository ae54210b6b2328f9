import SeismicFormats
import Worker

extension ProblemTable {
  /// Writes the problems that rank 0 met, and those in the units' files, in an order that does not depend on who met them.
  ///
  /// A file that is in trouble is in trouble for every rank that meets it; it is told of once.
  ///
  /// - Parameters:
  ///   - problems: those of rank 0, in order.
  ///   - files: the units' files of rows; empty for none.
  ///   - path: where the table goes.
  /// - Throws: ``FormatError``.
  init(_ problems: [Problem], files: [String], path: String) throws {
    let output = try FileOutput(path)
    try output.write(ProblemTable.header)
    let sink = TextSink()
    var first: String?
    var count = 0
    var seen: Set<[UInt8]> = []
    func add(_ row: Bytes) throws {
      guard seen.insert(Array(row)).inserted else { return }
      count += 1
      if first == nil {
        let fields = csvFields(row)
        if fields.count > 4 {
          let place = fields[1].isEmpty ? fields[2].isEmpty ? "" : ", byte \(fields[2])" : ", line \(fields[1])"
          first = "\(fields[0])\(place): \(fields[3].isEmpty ? "" : "event \(quoted(fields[3])): ")\(fields[4])"
        }
      }
      sink.append(row)
      sink.append(byte: 10)
      if sink.count > 1 << 19 { try output.write(sink) }
    }
    let own = TextSink()
    for problem in problems {
      own.removeAll()
      problem.appendRow(to: own)
      try add(Bytes(rebasing: own.bytes.dropLast()))
    }
    var rows: [[UInt8]] = []
    for file in files where !file.isEmpty {
      try TextLines.forEach(in: file) { rows.append(Array($0)) }
    }
    // By file, not by the unit that met the trouble.
    for row in rows.sorted(by: { $0.lexicographicallyPrecedes($1) }) { try row.withUnsafeBufferPointer(add) }
    try output.write(sink)
    let warning = first.map { first in
      "\(count == 1 ? "1 thing" : "\(count) things") could not be used, first \(first); see problems.csv"
    }
    self.init(file: output, count: count, warning: warning)
  }
}
