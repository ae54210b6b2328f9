import Foundation
package import MPI

/// Whether the MPI library, the launcher that has started the ranks, and the `mpirun` that is found in `PATH` belong together.
package struct MPIFindings {
  /// The families of MPI: what of one family starts ranks of a program of the same.
  package enum Family: String, Sendable {
    /// MPICH and what was made of it: Intel MPI, MVAPICH, Cray MPICH.
    case mpich = "MPICH"
    /// Open MPI and what was made of it.
    case openMPI = "Open MPI"

    /// The family of something that says its name; nil where it is not known.
    package init?(_ text: String) {
      let lower = text.lowercased()
      if ["open mpi", "openrte", "open-rte", "prte", "spectrum"].contains(where: lower.contains) {
        self = .openMPI
      } else if ["mpich", "hydra", "intel(r) mpi", "mvapich", "cray"].contains(where: lower.contains) {
        self = .mpich
      } else {
        return nil
      }
    }
  }

  /// The `mpirun` that is found in `PATH`.
  package struct Starter: Sendable, Equatable {
    /// Where it is.
    package var path: String
    /// The first lines of what it says of its version.
    package var version: String

    /// Creates a description.
    package init(path: String, version: String) {
      self.path = path
      self.version = version
    }
  }

  /// What the MPI library calls itself.
  package var library: String
  /// The ranks that MPI knows of.
  package var ranks: Int
  /// The nodes that they are on.
  package var nodes: Int
  /// What has started this process; nil where nothing tells.
  package var launcher: Launcher?
  /// The `mpirun` that is found; nil where there is none.
  package var starter: Starter?
  /// The libraries of MPI that are loaded.
  package var loaded: [RankReport.Library]

  /// Puts together what was found out.
  package init(
    library: String, ranks: Int, nodes: Int, launcher: Launcher?, starter: Starter?, loaded: [RankReport.Library]
  ) {
    self.library = library
    self.ranks = ranks
    self.nodes = nodes
    self.launcher = launcher
    self.starter = starter
    self.loaded = loaded
  }

  /// What is to be said.
  package var findings: [Finding] {
    var all = [
      Finding("MPI", .fine, "\(library); \(counted(ranks, "ranks")) on \(counted(nodes, "nodes"))")
    ]
    let families = Set(loaded.map(\.name)).sorted()
    if families.count > 1 {
      let list = loaded.map { "\($0.path) (\($0.name))" }.joined(separator: ", ")
      all.append(
        Finding(
          "MPI libraries", .wrong, "two MPIs are loaded at once: \(list)",
          remedy: "build with libraries of one MPI; HDF5 is the usual culprit (HDF5_LIBRARY, HDF5_INCLUDE)"))
    }
    if let objection = launcher?.objection(ranks: ranks, library: library) {
      let parts = objection.split(separator: ";", maxSplits: 1).map(String.init)
      all.append(
        Finding(
          "launcher", .wrong, parts[0],
          remedy: parts.dropFirst().first.map { $0.trimmingCharacters(in: .whitespaces) }))
    } else if let launcher {
      all.append(
        Finding(
          "launcher", .fine, "\(counted(launcher.size, "ranks")) started by \(launcher.name)"))
    }
    guard let starter else {
      all.append(
        Finding(
          "mpirun", .notice, "there is none in PATH",
          remedy: "put the bin folder of the MPI that the program was linked with into PATH, or start ranks with srun"))
      return all
    }
    if let own = Family(library), let other = Family(starter.version), own != other {
      all.append(
        Finding(
          "mpirun", .wrong,
          "\(starter.path) is of \(other.rawValue), but the program was linked with \(own.rawValue)",
          remedy: "put the bin folder of that \(own.rawValue) first into PATH, or load its module"))
    } else {
      let words = starter.version.split { $0 == "\n" }.prefix(2)
      let text = words.map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
      all.append(Finding("mpirun", .fine, "\(starter.path): \(text.split(separator: " ").joined(separator: " "))"))
    }
    return all
  }

  /// Looks for `mpirun`, and asks it for its version.
  ///
  /// To be called before MPI is started: MPI libraries do not like a process that forks.
  static func findStarter(path: String) -> Starter? {
    for folder in path.split(separator: ":") {
      for name in ["mpirun", "mpiexec"] {
        let file = "\(folder)/\(name)"
        guard access(file, X_OK) == 0 else { continue }
        return Starter(path: file, version: answer(of: file, "--version"))
      }
    }
    return nil
  }

  /// The first lines that a program writes; empty where it cannot be run.
  static func answer(of program: String, _ argument: String) -> String {
    let quoted = "'" + program.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    guard let pipe = popen("timeout 20 \(quoted) \(argument) </dev/null 2>/dev/null", "r") else { return "" }
    defer { pclose(pipe) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = fread(&bytes, 1, bytes.count, pipe)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
