import Foundation
import MPI
import SeismicFormats
import Worker

/// The folder that a job writes to.
///
/// Files get their names only when they are whole. A folder that already holds results is left alone unless the user says
/// otherwise.
public struct OutputFolder: Sendable {
  /// The path.
  public let path: String

  /// Prepares the folder.
  ///
  /// - Parameters:
  ///   - path: where; made if it is not there.
  ///   - files: the files that the job will write.
  ///   - overwrites: whether files of these names may be replaced.
  ///   - goesOn: whether a job that can go on with its work decides itself about what it has left there: a ledger, or whole results.
  /// - Throws: ``FormatError`` with `cannotCreate` when the folder cannot be made, or holds one of the files.
  public init(_ path: String, files: [String], overwrites: Bool, goesOn: Bool = false) throws {
    self.path = path
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) {
      guard isDirectory.boolValue else {
        throw FormatError(
          .cannotCreate, file: path, found: "it is a file", expected: "a folder for the results",
          remedy: "give another --output")
      }
      let isOwn = goesOn && (WorkFolder.hasLedger(path) || RunRecord.finished(in: path) != nil)
      if !overwrites, !isOwn,
        let found = files.first(where: { FileManager.default.fileExists(atPath: "\(path)/\($0)") })
      {
        throw FormatError(
          .cannotCreate, file: path, found: "it already holds \(found)",
          remedy: "give another --output, or --overwrite to replace it")
      }
      guard FileManager.default.isWritableFile(atPath: path) else {
        throw FormatError(
          .cannotCreate, file: path, found: "the folder cannot be written to", remedy: "check its permissions")
      }
      if !files.isEmpty { Self.removeParts(path, files) }
    } else {
      try makeFolder(path)
    }
  }

  /// Prepares the folder and does a job that writes to it, while no other job can; a folder that was made and into which nothing came goes again
  /// when the job fails.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - goesOn: as in ``init(_:files:overwrites:goesOn:)``.
  ///   - record: the record of the run, which is written behind the job; nil where the job writes its own.
  ///   - inputs: the files that go in, for the record.
  /// - Throws: ``AgreedFailure`` on all ranks when the folder cannot be used; what `job` throws.
  static func prepare<Result>(
    _ path: String, files: [String], overwrites: Bool, goesOn: Bool = false, record: RunRecord? = nil,
    inputs: [String] = [], over communicator: any Communicator, job: () throws -> Result
  ) throws -> Result {
    var isNew = false
    var lock: OutputLock?
    try communicator.agreeOnRoot {
      isNew = !FileManager.default.fileExists(atPath: path)
      // Before the lock, whose file would be the first thing in a folder that is none of ours.
      _ = try OutputFolder(path, files: [], overwrites: true)
      lock = try OutputLock(path)
      _ = try OutputFolder(path, files: files, overwrites: overwrites, goesOn: goesOn)
    }
    defer { lock?.release() }
    do {
      let result = try job()
      if var record {
        record.inputs = try InputFile.listed(inputs, over: communicator)
        record.outputs = files
        try record.write(to: path, over: communicator)
      }
      return result
    } catch {
      lock?.release()
      // Fails, as it should, where something is in the folder.
      if isNew { rmdir(path) }
      throw error
    }
  }

  /// Removes what a run that was killed has left of the files.
  private static func removeParts(_ path: String, _ files: [String]) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    where files.contains(where: { name.hasPrefix("\($0).partial-") }) {
      try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }
  }

  /// The path of a file in the folder.
  public func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file.
  ///
  /// - Throws: ``FormatError``.
  public func write(_ name: String, _ text: String) throws {
    let output = try FileOutput(file(name))
    try output.write(text)
    try output.commit()
  }
}
