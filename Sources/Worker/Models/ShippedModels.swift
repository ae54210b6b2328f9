import Foundation

/// The models that come with the program: trained by it on its own synthetic data, so that it can be tried at once.
public enum ShippedModels {
  /// The names of the model folders.
  public enum Name: String, Sendable, CaseIterable {
    /// Picks P and S in waveforms.
    case picker
    /// Tells real events from false ones by picks, origins and waveforms.
    case event
  }

  /// The variable that names the folder that holds them, where it is not found by itself.
  public static let variable = "HSDL_MPI_MODELS"

  /// The folder of a model.
  ///
  /// It is looked for where ``variable`` says, or in `models` or `share/hsdl-mpi/models` in the folder of the program and those above it.
  ///
  /// - Throws: ``JobError`` with `missingInput` where there is none.
  public static func folder(_ name: Name) throws -> String {
    let files = FileManager.default
    func has(_ folder: String) -> Bool { files.fileExists(atPath: "\(folder)/card.json") }
    if let root = ProcessInfo.processInfo.environment[variable], !root.isEmpty {
      let folder = "\(root)/\(name.rawValue)"
      guard has(folder) else {
        throw JobError(.missingInput, "\(variable) is \(root), but there is no model in \(folder); give --model")
      }
      return folder
    }
    var place = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    for _ in 0..<6 {
      for part in ["models", "share/hsdl-mpi/models"] {
        let folder = place.appendingPathComponent("\(part)/\(name.rawValue)").path
        if has(folder) { return folder }
      }
      if place.path == "/" { break }
      place.deleteLastPathComponent()
    }
    throw JobError(
      .missingInput,
      "the \(name.rawValue) model that comes with the program was not found beside it; give --model, or set \(variable) to the folder that holds it"
    )
  }
}
