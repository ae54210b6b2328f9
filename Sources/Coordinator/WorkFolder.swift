import Foundation
package import MPI
import SeismicFormats
import Worker

/// A folder for intermediate files inside the output folder, with the ledger of the units that are done.
///
/// It goes when the job ends, and stays when the job is stopped or killed: the same command goes on from it.
package final class WorkFolder {
  /// The path.
  package let path: String
  /// The output folder that it lies in.
  let output: String
  /// How long the job may run.
  let limits: RunLimits
  /// The job that it belongs to.
  let identity: JobIdentity
  /// The ledger; on rank 0 only.
  package let ledger: UnitLedger?
  /// Reads what units told of themselves; there may be a hundred thousand of them.
  let decoder = JSONDecoder()
  /// How often the job was started before; on rank 0 only.
  var resumedCount: Int { (ledger?.startCount ?? 1) - 1 }

  // A name that nobody else gives: what is there is ours.
  static let name = ".hsdl-mpi-work"
  private static let ledgerName = "ledger"

  private static func ledgerPath(_ output: String) -> String { "\(output)/\(name)/\(ledgerName)" }

  /// Whether an output folder holds a ledger that a job may go on from.
  static func hasLedger(_ output: String) -> Bool { FileManager.default.fileExists(atPath: ledgerPath(output)) }

  /// What the ledger of an output folder holds.
  ///
  /// - Throws: ``FormatError``.
  static func content(in output: String) throws -> UnitLedger.Content {
    let input = try FileInput(ledgerPath(output))
    return try input.prefix(input.size).withUnsafeBufferPointer { UnitLedger.Content($0) }
  }

  /// Makes the folder, or takes up the one that an earlier run of the same job has left.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - overwrites: whether the job begins anew, whatever is there.
  /// - Returns: nil when there is nothing to do: the output is whole, and this very job has made it.
  /// - Throws: ``AgreedFailure`` on all ranks: `cannotCreate` when another job's work or results are there, with what differs; `configuration`
  ///   when the user demands a ledger and there is none.
  package static func open(
    in output: String, for identity: JobIdentity, limits: RunLimits, overwrites: Bool,
    over communicator: any Communicator, report: Reporter
  ) throws -> WorkFolder? {
    var ledger: UnitLedger?
    var isDone = false
    try communicator.agreeOnRoot {
      (ledger, isDone) = try openLedger(
        in: output, for: identity, limits: limits, overwrites: overwrites, ranks: communicator.size, report)
    }
    guard try communicator.broadcast(isDone ? 1 : 0) == 0 else {
      report.say("already done: \(output) holds the results of this very job")
      return nil
    }
    return WorkFolder(output: output, limits: limits, identity: identity, ledger: ledger)
  }

  private init(output: String, limits: RunLimits, identity: JobIdentity, ledger: UnitLedger?) {
    self.output = output
    self.limits = limits
    self.identity = identity
    self.ledger = ledger
    path = "\(output)/\(Self.name)"
  }

  private static func openLedger(
    in output: String, for identity: JobIdentity, limits: RunLimits, overwrites: Bool, ranks: Int, _ report: Reporter
  ) throws -> (UnitLedger?, isDone: Bool) {
    let path = ledgerPath(output)
    let folder = "\(output)/\(name)"
    var content = overwrites ? nil : try UnitLedger.content(path)
    if let found = content, found.identity == nil {
      report.warn("\(path): its head is damaged; all units are done again")
      content = nil
    }
    if !overwrites, let finished = RunRecord.finished(in: output) {
      if finished.identity == identity {
        try? FileManager.default.removeItem(atPath: folder)
        return (nil, true)
      }
      // A run that replaces results takes the record of the old ones away first, so these are whole.
      if content == nil { throw refusal(output, "it holds the results of another job", identity, finished.identity) }
    }
    if let found = content?.identity, found != identity {
      throw refusal(output, "it holds the unfinished work of another job", identity, found)
    }
    guard content != nil || !limits.requiresLedger else {
      throw JobError(
        .configuration, "\(output): --resume finds no ledger of an unfinished job there; leave it out to begin one")
    }
    if content == nil {
      try? FileManager.default.removeItem(atPath: folder)
      try makeFolder(folder)
    } else {
      removeParts(in: folder)
    }
    let time = UTCTime(seconds: Int64(Date().timeIntervalSince1970)).description
    let ledger = try UnitLedger(
      path, identity: identity, continuing: content, start: [time, hostName(), "\(ranks)"])
    if ledger.damagedLineCount > 0 {
      report.warn(
        "\(path): \(counted(ledger.damagedLineCount, "lines")) torn or damaged; what they told of is done again")
    }
    return (ledger, false)
  }

  private static func refusal(
    _ output: String, _ found: String, _ identity: JobIdentity, _ earlier: JobIdentity
  ) -> FormatError {
    FormatError(
      .cannotCreate, file: output, found: "\(found): \(identity.difference(from: earlier))",
      remedy: "give the same settings, another --output, or --overwrite to begin anew")
  }

  /// Removes what writers that were killed have left in a folder and below.
  static func removeParts(in folder: String) {
    // Names alone are looked at, and what is a folder (4) or not known (0): to ask for each of a hundred thousand files what it is takes longer than all else.
    guard let listing = opendir(folder) else { return }
    defer { closedir(listing) }
    while let entry = readdir(listing) {
      let type = Int32(entry.pointee.d_type)
      withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { name in
          if strstr(name, ".partial-") != nil {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(String(cString: name))")
          } else if type == 4 || type == 0, strcmp(name, ".") != 0, strcmp(name, "..") != 0 {
            removeParts(in: "\(folder)/\(String(cString: name))")
          }
        }
      }
    }
  }

  /// Does the work that the folder is there for, and removes the folder when it has ended, or has failed so that nobody will go on.
  ///
  /// Collective.
  ///
  /// - Throws: what `body` throws.
  package func use<Result>(over communicator: any Communicator, _ body: () throws -> Result) throws -> Result {
    do {
      let result = try body()
      if communicator.isRoot { remove() }
      return result
    } catch {
      if communicator.isRoot {
        try? ledger?.flush()
        let code = (error as? any ExitCoded)?.exitCode ?? ExitStatus.internalError.rawValue
        let isHopeless = [ExitStatus.usage, .badData, .missingInput, .configuration].contains { $0.rawValue == code }
        if isHopeless || ledger?.hasUnits != true { remove() }
      }
      throw error
    }
  }

  private func remove() { try? FileManager.default.removeItem(atPath: path) }

  /// A path below the output folder.
  func relative(_ path: String) -> String {
    path.hasPrefix("\(output)/") ? String(path.dropFirst(output.count + 1)) : path
  }

  /// The path of something below the output folder.
  func absolute(_ path: String) -> String { path.isEmpty ? "" : "\(output)/\(path)" }
}
