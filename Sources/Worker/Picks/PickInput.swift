public import SeismicFormats

/// The pick tables of a job, cut into units.
public struct PickInput: Sendable {
  /// A table and what its events are known to be.
  public struct Source: Sendable {
    /// The path.
    public var path: String
    /// 1 real, 0 fake; nil when it is not known.
    public var label: UInt8?
    /// Its size, in bytes.
    public var size: Int
    /// Whether its last line has no line end.
    public var endsInsideLine: Bool
  }

  /// A stretch of a table: the work of one rank at a time.
  public struct Unit: Sendable, Equatable {
    /// Its place among all units: files in the order given, then by place in the file.
    public var index: Int
    /// The file's place among the sources.
    public var source: Int
    /// The bytes.
    public var range: Range<Int>
  }

  /// The tables.
  public let sources: [Source]
  /// The units.
  public let units: [Unit]

  /// Opens the tables, reads their headers and cuts them.
  ///
  /// - Parameters:
  ///   - paths: the files with what their events are known to be.
  ///   - unitSize: about how many bytes a unit has.
  /// - Throws: ``FormatError``.
  public init(_ paths: [(path: String, label: UInt8?)], unitSize: Int = 4 << 20) throws {
    var sources: [Source] = []
    var units: [Unit] = []
    for (path, label) in paths {
      let table = try PickTable(path)
      for range in table.segments(ofSize: unitSize) {
        units.append(Unit(index: units.count, source: sources.count, range: range))
      }
      sources.append(
        Source(path: path, label: label, size: table.body.upperBound, endsInsideLine: table.endsInsideLine))
    }
    self.sources = sources
    self.units = units
  }

  /// What the user should know of the tables before trusting them.
  public var remarks: [String] {
    sources.filter(\.endsInsideLine).map {
      "\($0.path): the last line has no line end; if the file was cut there, its last row may be wrong"
    }
  }

  /// The bytes of all tables.
  public var byteCount: Int { units.reduce(0) { $0 + $1.range.count } }
}

/// The tables of a job, each opened once by this rank.
public final class OpenTables {
  private let input: PickInput
  private var tables: [Int: PickTable] = [:]

  /// Prepares to open the tables of a job.
  public init(_ input: PickInput) { self.input = input }

  /// The table of a unit.
  ///
  /// - Throws: ``FormatError``.
  public func table(of unit: PickInput.Unit) throws -> PickTable {
    if let table = tables[unit.source] { return table }
    let table = try PickTable(input.sources[unit.source].path)
    tables[unit.source] = table
    return table
  }
}
