import Foundation
public import SeismicFormats
import Worker

/// Turns a catalog of one format into another, event by event.
public struct CatalogConversion: Sendable {
  /// The catalog.
  public var input: String
  /// The file to be written.
  public var output: String
  /// Its format.
  public var format: CatalogFormat
  /// The network code of stations whose code does not say it.
  public var network = ""

  /// Plans a conversion.
  ///
  /// - Parameter format: nil chooses by the name's ending: `.xml`, `.qml` and `.quakeml` QuakeML, `.txt` FDSN event text,
  ///   `.csv` an event table.
  /// - Throws: ``JobError`` with `usage` when the ending says nothing, or the format is not written here.
  public init(input: String, output: String, format: CatalogFormat?) throws {
    self.input = input
    self.output = output
    let ending = output.split(separator: ".").last.map { $0.lowercased() } ?? ""
    let byName: CatalogFormat? =
      switch ending {
      case "xml", "qml", "quakeml": .quakeML
      case "txt": .fdsnText
      case "csv": .eventTable
      default: nil
      }
    guard let chosen = format ?? byName else {
      throw JobError(
        .usage,
        "\(quoted(output)): its ending does not say which format is wanted; give --to quakeml, csv, fdsn or picks")
    }
    switch chosen {
    case .eventList:
      throw JobError(.usage, "--to list: lists without a header line are read, not written; give --to csv")
    case .seisComP, .nordic, .hypo71:
      throw JobError(.usage, "--to \(chosen.rawValue): \(chosen.name) is read, not written; give --to quakeml")
    case .quakeML, .eventTable, .fdsnText, .pickTable: break
    }
    self.format = chosen
  }

  /// What a conversion came to.
  public struct Outcome: Sendable {
    /// The format of the input.
    public var inputFormat: CatalogFormat
    /// Events written.
    public var events = 0
    /// Things for which the output has no place, by kind.
    public var leftOut: [(what: String, count: Int)] = []
    /// What could not be used in the input: how many, and the first of them.
    public var problems = 0
    /// The first problem.
    public var firstProblem: Problem?
  }

  /// Converts.
  ///
  /// - Parameters:
  ///   - overwrites: whether the output may be replaced.
  ///   - onProgress: told how many bytes of how many are read.
  /// - Throws: ``FormatError``; then no output is left.
  public func run(overwrites: Bool, onProgress: (_ done: Int, _ of: Int) -> Void = { _, _ in }) throws -> Outcome {
    if !overwrites, FileManager.default.fileExists(atPath: output) {
      throw FormatError(
        .cannotCreate, file: output, found: "it is there already", remedy: "give another name, or --overwrite")
    }
    let problems = ProblemCount()
    let recognised = try CatalogFormat.recognise(input)
    // A folder of S-files has none.
    let size = recognised == .nordic ? 0 : try FileInput(input).size
    let reader: any CatalogReader =
      recognised == .pickTable
      ? try PickTableReader(input, network: network, onProblem: problems.add)
      : try CatalogFormat.open(input, onProblem: problems.add).reader
    var outcome = Outcome(inputFormat: recognised)
    // The first event is read before the output is begun: by then the reader knows the header, or has failed.
    var next = try reader.next()
    let writer: any CatalogWriter =
      switch format {
      case .quakeML, .seisComP, .nordic, .hypo71: try QuakeMLWriter(output, header: reader.header)
      case .fdsnText: try EventTableWriter(output, style: .fdsnText)
      case .pickTable: try PickTableWriter(output)
      case .eventTable, .eventList: try EventTableWriter(output, style: .csv)
      }
    while let event = next {
      try writer.write(event)
      outcome.events += 1
      onProgress(reader.position, size)
      next = try reader.next()
    }
    try writer.finish(header: reader.header)
    let leftOut = (writer as? EventTableWriter)?.leftOut ?? (writer as? PickTableWriter)?.leftOut ?? [:]
    outcome.leftOut = leftOut.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    outcome.problems = problems.count
    outcome.firstProblem = problems.first
    return outcome
  }
}

/// Counts problems and keeps the first few.
final class ProblemCount {
  private(set) var count = 0
  private(set) var first: Problem?

  func add(_ problem: Problem) {
    count += 1
    if first == nil { first = problem }
  }
}
