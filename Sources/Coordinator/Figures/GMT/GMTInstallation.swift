public import Foundation

/// GMT 6 and Ghostscript, where they are.
public struct GMTInstallation: Sendable, Equatable {
  /// The variable that names GMT's program where it is not in `PATH`.
  public static let variable = "HSDL_MPI_GMT"
  /// The program `gmt`.
  public let gmt: String
  /// The program `gs`.
  public let ghostscript: String

  /// What is missing, and how to get it, where figures cannot be drawn.
  public enum Missing: Error, Sendable, Equatable, CustomStringConvertible {
    case gmt, ghostscript

    public var description: String {
      let name = self == .gmt ? "GMT" : "Ghostscript"
      return "\(name) is not installed: figures are missing (apt install gmt gmt-gshhg-low ghostscript)"
    }
  }

  /// Looks for both: in ``variable``, next to what it names, and in `PATH`.
  ///
  /// - Throws: ``Missing``.
  public static func find(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(Missing)
    -> GMTInstallation
  {
    let path = environment["PATH"] ?? ""
    let named = environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    // A variable that names nothing is meant to say so.
    guard let gmt = named.map({ access($0, X_OK) == 0 ? $0 : nil }) ?? ExternalProgram.find("gmt", in: path) else {
      throw .gmt
    }
    guard let ghostscript = ExternalProgram.find("gs", in: path) else { throw .ghostscript }
    return GMTInstallation(gmt: gmt, ghostscript: ghostscript)
  }
}
