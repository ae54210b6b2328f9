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
  /// - Throws: ``FormatError`` with `cannotCreate` when the folder cannot be made, or holds one of the files.
  public init(_ path: String, files: [String], overwrites: Bool) throws {
    self.path = path
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) {
      guard isDirectory.boolValue else {
        throw FormatError(
          .cannotCreate, file: path, found: "it is a file", expected: "a folder for the results",
          remedy: "give another --output")
      }
      if !overwrites, let found = files.first(where: { FileManager.default.fileExists(atPath: "\(path)/\($0)") }) {
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

  /// Prepares the folder and does a job that writes to it; a folder that was made and into which nothing came goes again
  /// when the job fails.
  ///
  /// Collective.
  ///
  /// - Throws: ``AgreedFailure`` on all ranks when the folder cannot be used; what `job` throws.
  static func prepare<Result>(
    _ path: String, files: [String], overwrites: Bool, over communicator: any Communicator, job: () throws -> Result
  ) throws -> Result {
    var isNew = false
    try communicator.agreeOnRoot {
      isNew = !FileManager.default.fileExists(atPath: path)
      _ = try OutputFolder(path, files: files, overwrites: overwrites)
    }
    do {
      return try job()
    } catch {
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
