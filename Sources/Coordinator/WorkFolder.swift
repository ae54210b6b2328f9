import Foundation
import MPI
import SeismicFormats

/// A folder for intermediate files inside the output folder; it goes when the job ends.
struct WorkFolder {
  let path: String

  /// Makes the folder, empty.
  ///
  /// Collective.
  init(in output: String, over communicator: any Communicator) throws {
    path = "\(output)/.work"
    try communicator.agreeOnRoot { [path] in
      try? FileManager.default.removeItem(atPath: path)
      do {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      } catch {
        throw FormatError(
          .cannotCreate, file: path, found: "the folder cannot be made (\(error.localizedDescription))",
          remedy: "check the path and the permissions")
      }
    }
  }

  /// Removes the folder.
  ///
  /// Only rank 0 does it.
  func remove(_ communicator: any Communicator) {
    if communicator.isRoot { try? FileManager.default.removeItem(atPath: path) }
  }
}
