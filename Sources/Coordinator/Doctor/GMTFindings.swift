/// Whether figures can be drawn.
///
/// They are wanted, not needed: results do not depend on them.
enum GMTFindings {
  /// What is to be said of GMT and Ghostscript.
  ///
  /// To be called before MPI is started: MPI libraries do not like a process that forks.
  static func finding(_ environment: [String: String]) -> Finding {
    let found: GMTInstallation
    do {
      found = try GMTInstallation.find(environment)
    } catch {
      return Finding(
        "GMT", .notice, "\(error == .gmt ? "GMT" : "Ghostscript") is not there, so figures will be missing",
        remedy:
          "apt install gmt gmt-gshhg-low ghostscript, load a module, or set \(GMTInstallation.variable) to the program gmt"
      )
    }
    let version = MPIFindings.answer(of: found.gmt, "--version").split(separator: "\n").first.map(String.init) ?? ""
    guard let major = version.split(separator: ".").first.flatMap({ Int($0) }), major >= 6 else {
      return Finding(
        "GMT", .notice, "\(found.gmt) says it is '\(version)'; figures need version 6",
        remedy: "set \(GMTInstallation.variable) to the program gmt of a version 6")
    }
    return Finding("GMT", .fine, "\(version), \(found.gmt), with \(found.ghostscript); figures can be drawn")
  }
}
