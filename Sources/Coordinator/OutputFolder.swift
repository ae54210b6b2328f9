import Foundation
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
    } else {
      try makeFolder(path)
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
