import HSDLCompute
import SeismicFormats
import Worker

extension DecisionCosts {
  /// How much a label costs that is given without a look, on average: the cheaper of keeping and rejecting an event of a probability.
  ///
  /// It is largest where both cost the same, and small for events that are almost certainly one or the other. An event of which nothing is known is
  /// more doubtful than any.
  func doubt(_ probability: Double) -> Double {
    probability.isNaN ? .infinity : min((1 - probability) * keptFake, probability * lostReal)
  }
}

/// The uncertain events in the order of doubt, with room for a decision on each: `review.csv`.
///
/// Rows are kept in a file until they are put in order, so that memory does not grow with the texts.
final class ReviewTable {
  static let name = "review.csv"
  /// What is taken over from `events.csv`, under the names that it has here: `time` is that of a decision here.
  private static let columns = [
    ("event_id", "event_id"), ("time", "origin_time"), ("latitude", "latitude"), ("longitude", "longitude"),
    ("depth_km", "depth_km"), ("magnitude", "magnitude"), ("probability_real", "probability_real"),
    ("probability_shallow", "probability_shallow"), ("probability_deep", "probability_deep"), ("reason", "reason"),
  ]
  private static var header: String { columns.map(\.1).joined(separator: ",") + ",label,who,why,time\n" }

  private struct Row {
    var doubt: Double
    var start: Int
    var length: Int
  }

  private let columns: EventColumns
  private let costs: DecisionCosts
  private let path: String
  private let file: FileOutput
  private let waiting: FileOutput
  private let waitingPath: String
  private let sink = TextSink(capacity: 1 << 20)
  private var rows: [Row] = []

  /// Begins the table.
  ///
  /// - Parameters:
  ///   - columns: where the columns of `events.csv` stand.
  ///   - costs: what errors cost.
  /// - Throws: ``FormatError``.
  init(_ columns: EventColumns, costs: DecisionCosts, work: WorkFolder, in folder: OutputFolder) throws {
    self.columns = columns
    self.costs = costs
    path = folder.file(Self.name)
    file = try FileOutput(path)
    waitingPath = "\(work.path)/review"
    waiting = try FileOutput(waitingPath, isDurable: false)
  }

  /// Adds an uncertain event, given its row of `events.csv`; other entries of an event, and events that a person has looked at, are passed over.
  ///
  /// - Throws: ``FormatError``.
  func add(_ row: Bytes) throws {
    let fields = csvFields(Bytes(rebasing: row.dropLast()))
    guard columns.field("duplicate_of", of: fields).isEmpty, columns.field("decided_by", of: fields).isEmpty else {
      return
    }
    let start = waiting.size + sink.count
    let before = sink.count
    for (number, column) in Self.columns.enumerated() {
      if number > 0 { sink.append(byte: 44) }
      sink.append(cell: columns.field(column.0, of: fields))
    }
    sink.append(",,,,\n")
    let probability = Double(columns.field("probability_real", of: fields)) ?? .nan
    rows.append(Row(doubt: costs.doubt(probability), start: start, length: sink.count - before))
    if sink.count > 1 << 19 { try waiting.write(sink) }
  }

  /// Writes the rows, the most doubtful first, those of the same doubt in the order of the catalog.
  ///
  /// - Throws: ``FormatError``.
  func finish() throws {
    try waiting.write(sink)
    try waiting.commit()
    try file.write(Self.header)
    let input = try FileInput(waitingPath)
    rows.sort { $0.doubt != $1.doubt ? $0.doubt > $1.doubt : $0.start < $1.start }
    var buffer: [UInt8] = []
    for row in rows {
      if buffer.count < row.length { buffer = [UInt8](repeating: 0, count: row.length) }
      let read = try buffer.withUnsafeMutableBytes { memory in
        try input.read(at: row.start, into: UnsafeMutableRawBufferPointer(rebasing: memory[..<row.length]))
      }
      guard read == row.length else {
        throw FormatError(.inputOutput, file: waitingPath, found: "the intermediate file is damaged")
      }
      buffer.withUnsafeBufferPointer { sink.append(Bytes(rebasing: $0[..<row.length])) }
      if sink.count > 1 << 19 { try file.write(sink) }
    }
    try file.write(sink)
    try file.commit()
  }
}
