import Foundation
import SeismicFormats
import Worker

/// What a unit came to, with the paths of its files in it.
protocol UnitFiles: Codable {
  /// Gives each path another form; those that are empty stand for no file, and stay so.
  mutating func mapFiles(_ transform: (String) -> String)
}

extension UnitFiles {
  /// The paths of all files.
  var filePaths: [String] {
    var paths: [String] = []
    var copy = self
    copy.mapFiles { path in
      if !path.isEmpty { paths.append(path) }
      return path
    }
    return paths
  }
}

extension CatalogScoring.UnitSummary: UnitFiles {
  mutating func mapFiles(_ transform: (String) -> String) {
    files = files.map(transform)
    problemFile = transform(problemFile)
    windowFile = windowFile.map(transform)
  }
}

extension PickScoring.UnitSummary: UnitFiles {
  mutating func mapFiles(_ transform: (String) -> String) {
    files = files.map(transform)
    problemFile = transform(problemFile)
  }
}

extension StationDayPicking.UnitSummary: UnitFiles {
  mutating func mapFiles(_ transform: (String) -> String) {
    files = files.map(transform)
    problemFile = transform(problemFile)
  }
}

/// What a rank has made of a unit.
package struct UnitProduct {
  /// What rank 0 must know of it.
  package var payload: String
  /// The paths of its files.
  package var files: [String]

  /// Describes a product.
  package init(payload: String, files: [String]) {
    self.payload = payload
    self.files = files
  }

  /// A product that is told of as JSON, with paths that do not depend on where the output folder is.
  init(_ summary: some UnitFiles, in work: WorkFolder) throws {
    files = summary.filePaths
    var summary = summary
    summary.mapFiles { work.relative($0) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    payload = String(decoding: try encoder.encode(summary), as: UTF8.self)
  }
}

extension WorkFolder {
  /// What ``UnitProduct`` told of a unit.
  func summary<Summary: UnitFiles>(_ type: Summary.Type, _ payload: String) throws -> Summary {
    var summary = try decoder.decode(type, from: Data(payload.utf8))
    summary.mapFiles { absolute($0) }
    return summary
  }
}

/// Brings files of units to the disk, as long as that costs little.
///
/// A file that did not get there before the machine lost its power does not agree with its checksum, and its unit is done again:
/// to wait for the disk saves work, and decides nothing.
struct DiskBudget {
  /// The share of the time that may be spent on waiting.
  static let share = 0.004
  private let start = monotonicSeconds()
  private var spent = 0.0
  /// Memory for what is read; used again and again, as what comes and goes with each unit leaves holes between what stays.
  private var room = [UInt8](repeating: 0, count: 1 << 16)

  /// The size and checksum of a file, which is brought to the disk.
  ///
  /// - Parameter path: below the output folder.
  /// - Throws: ``FormatError``.
  mutating func seal(_ file: String, as path: String) throws -> LedgerEntry.File {
    let input = try FileInput(file)
    let (size, checksum) = try room.withUnsafeMutableBytes { try Checksum.of(input, 0..<input.size, in: $0) }
    let begin = monotonicSeconds()
    if spent <= Self.share * (begin - start) {
      let descriptor = open(file, O_RDONLY | O_CLOEXEC)
      if descriptor >= 0 {
        fsync(descriptor)
        close(descriptor)
      }
      spent += monotonicSeconds() - begin
    }
    return LedgerEntry.File(path: path, size: size, checksum: checksum)
  }
}
