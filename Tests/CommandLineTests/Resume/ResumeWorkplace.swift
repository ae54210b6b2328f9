import Foundation
import TestSupport
import Testing

/// A catalog of some twenty units with its waveforms, and what `refine` makes of it undisturbed.
enum ResumeNetwork {
  /// The folder; it holds `net`, `reference`, and what an undisturbed `refine` says.
  static let folder: String = {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("resume-\(UUID().uuidString)").path
    forgotten = path
    atexit { forgotten.map { try? FileManager.default.removeItem(atPath: $0) } }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      for command in [
        "synth --stations 4 --days 0.1 --events-per-day 4000 --sampling-rate 20 --seed 5 --output \(path)/net",
        refine(path) + " --output \(path)/reference",
      ] {
        let outcome = try Program.run("hsdl-mpi", command.split(separator: " ").map(String.init) + ["--quiet"])
        if outcome.exitCode != 0 { return "\(command): \(outcome.errorOutput)" }
      }
      return path
    } catch {
      return "there is no network: \(error)"
    }
  }()
  // Removed when the tests have ended.
  nonisolated(unsafe) private static var forgotten: String?

  private static func refine(_ folder: String) -> String {
    "refine --catalog \(folder)/net/automatic.xml --archive sds:\(folder)/net/archive "
      + "--stations \(folder)/net/stations.xml --velocity-model \(folder)/net/velocity.csv --no-report --model \(SyntheticNetwork.model)"
  }

  /// The command, without its output.
  static var refine: String { refine(folder) }

  /// The undisturbed results.
  static let reference: [String: [UInt8]] = (try? results(in: "\(folder)/reference")) ?? [:]

  /// All results in a folder, by their paths; the record of the run is none.
  static func results(in folder: String) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    let walk = FileManager.default.enumerator(atPath: folder)
    while let path = walk?.nextObject() as? String {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: "\(folder)/\(path)", isDirectory: &isFolder), !isFolder.boolValue,
        path != "run.json"
      else { continue }
      files[path] = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)")))
    }
    return files
  }
}

extension Workplace {
  /// Runs a command under faults.
  func run(_ command: String, ranks: Int?, faults: String) throws -> Outcome {
    try Program.run(
      "hsdl-mpi", command.split(separator: " ").map(String.init), ranks: ranks, directory: folder.url,
      environment: ["HSDL_MPI_FAULT": faults], timeout: 100)
  }

  /// The paths of the results in a folder that are not what they should be, among them those that are missing and those too many.
  func differences(_ folder: String, from reference: [String: [UInt8]]) throws -> [String] {
    let found = try ResumeNetwork.results(in: self.folder.path(folder))
    return Set(found.keys).union(reference.keys).filter { found[$0] != reference[$0] }.sorted()
  }

  /// Whether mpirun's exit code is that of its ranks as far as can be told: MPICH's loses it now and then when it hands on a signal and then
  /// gives 0, whatever the ranks end with.
  func isStarterCode(_ code: Int32, of ranks: Int32) -> Bool { code == ranks || code == 0 }

  /// The number of units in the ledger.
  func unitCount(_ folder: String) -> Int {
    let text = (try? self.folder.text("\(folder)/.hsdl-mpi-work/ledger")) ?? ""
    return text.split(separator: "\n").count { $0.hasPrefix("unit\t") }
  }
}
