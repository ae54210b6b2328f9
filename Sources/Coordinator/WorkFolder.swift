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
    // A name that nobody else gives: what is there is removed.
    path = "\(output)/.hsdl-mpi-work"
    try communicator.agreeOnRoot { [path] in
      try? FileManager.default.removeItem(atPath: path)
      try makeFolder(path)
    }
  }

  /// Removes the folder.
  ///
  /// Only rank 0 does it.
  func remove(_ communicator: any Communicator) {
    if communicator.isRoot { try? FileManager.default.removeItem(atPath: path) }
  }
}
