import Foundation
import HSDLCompute
public import MPI
import SeismicFormats

/// Log-odds that a network gave events, by identifier.
public enum DeepScores {
  /// Reads tables with the columns `event_id` and `logit`; an empty field, or NaN, stands for an event without waveforms.
  ///
  /// - Throws: ``FormatError`` when a table has no such columns, a number is none, or an event stands twice.
  public static func read(_ paths: [String]) throws -> [String: Double] {
    var scores: [String: Double] = [:]
    for path in paths {
      try FileInput(path).requireContent(expected: "a table of a network's scores")
      var places: (id: Int, logit: Int)?
      var number = 0
      try TextLines.forEach(in: path) { line in
        number += 1
        if line.isEmpty { return }
        let fields = csvFields(line)
        guard let columns = places else {
          guard let id = fields.firstIndex(of: "event_id"), let logit = fields.firstIndex(of: "logit") else {
            throw FormatError(
              .badData, file: path, at: .line(1), found: "the header line is \(quoted(line.string))",
              expected: "the columns event_id and logit")
          }
          places = (id, logit)
          return
        }
        guard fields.count > max(columns.id, columns.logit) else {
          throw FormatError(
            .badData, file: path, at: .line(number), found: "\(fields.count) fields in the row",
            expected: "at least \(max(columns.id, columns.logit) + 1)")
        }
        let text = fields[columns.logit]
        let isMissing = text.isEmpty || text.lowercased() == "nan"
        guard let value = isMissing ? .nan : Double(text), isMissing || value.isFinite else {
          throw FormatError(
            .badData, file: path, at: .line(number), found: "logit is \(quoted(text))", expected: "a number")
        }
        guard scores.updateValue(value, forKey: fields[columns.id]) == nil else {
          throw FormatError(
            .badData, file: path, at: .line(number), found: "event \(quoted(fields[columns.id])) stands twice",
            expected: "each event once")
        }
      }
    }
    return scores
  }

  /// Scores the events of stores of windows, shared out over the ranks.
  ///
  /// Collective; all ranks get all scores. An event that stands in several stores is scored in the first.
  ///
  /// - Parameters:
  ///   - stores: files that `features --event-windows` wrote.
  ///   - scorer: this rank's network.
  /// - Throws: ``AgreedFailure`` on all ranks when a store cannot be read or the network fails.
  public static func compute(
    _ stores: [String], _ scorer: EventScorer, over communicator: any Communicator
  ) throws -> [String: Double] {
    var ids: [String] = []
    var values: [Double] = []
    try communicator.agree {
      for path in stores {
        let store = try EventWindowStore(path)
        for (place, entry) in store.entries.enumerated() where place % communicator.size == communicator.rank {
          let windows = try store.windows(place)
          // As many stations as in the network's training, the nearest ones.
          let shown =
            windows.stationCount > scorer.maximumStations
            ? windows.selecting(Array(0..<scorer.maximumStations)) : windows
          ids.append(entry.id)
          values.append(try scorer.network.logit(of: shown))
        }
      }
    }
    let names = try TrainingScores.names(ids, over: communicator)
    let all = try communicator.allgatherFlat(values).values
    return Dictionary(zip(names, all), uniquingKeysWith: { first, _ in first })
  }

  /// The files of a folder that a trained network was written to, the same on all ranks.
  ///
  /// Collective.
  ///
  /// - Throws: ``AgreedFailure`` on all ranks when a file cannot be read.
  public static func files(of folder: String, over communicator: any Communicator) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    try communicator.agreeOnRoot {
      for name in DiscriminatorFolder.files {
        let input = try FileInput("\(folder)/\(name)")
        guard input.size <= ModelFolder.sizeLimit else {
          throw FormatError(
            .badData, file: "\(folder)/\(name)", found: "it has \(input.size) bytes", expected: "at most 1 GiB")
        }
        files[name] = try input.prefix(input.size)
      }
    }
    for name in DiscriminatorFolder.files { files[name] = try communicator.broadcast(files[name] ?? []) }
    return files
  }
}
