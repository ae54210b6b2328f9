import SeismicFormats

/// Where labelled windows for training a picker come from.
///
/// `stead:FILE.hdf5`, `seisbench:DIR`, `npz:FILE`, or a catalog with picks and the archive that it was made from.
public enum TrainingSource: Hashable, Sendable {
  /// An HDF5 file in the form of STEAD.
  case stead(String)
  /// A folder with a data set of SeisBench.
  case seisBench(String)
  /// Arrays of NumPy: `data` (traces × samples × E, N, Z), `p_sample`, `s_sample`, `name`, `sampling_rate`.
  case arrays(String)
  /// Windows around the picks of catalogs, and of what lies between the events.
  case catalog(catalogs: [String], archive: String, stations: [String])

  private static let expected = "stead:FILE.hdf5, seisbench:DIR or npz:FILE"

  /// Reads a source as it is given on the command line; for a path alone it is guessed what it is.
  ///
  /// - Throws: ``FormatError`` for a kind that there is not, or a path where there is nothing that is known.
  public init(_ text: String) throws {
    if let colon = text.firstIndex(of: ":") {
      let path = String(text[text.index(after: colon)...])
      let kind = text[..<colon].lowercased()
      if ["stead", "seisbench", "npz"].contains(kind) {
        guard !path.isEmpty else {
          throw FormatError(.missing, file: text, found: "there is no path behind the colon", expected: Self.expected)
        }
        self = kind == "stead" ? .stead(path) : kind == "npz" ? .arrays(path) : .seisBench(path)
        return
      }
    }
    if text.lowercased().hasSuffix(".npz") {
      self = .arrays(text)
    } else if text.lowercased().hasSuffix(".hdf5") || text.lowercased().hasSuffix(".h5") {
      self = .stead(text)
    } else if (try? FileInput("\(text)/metadata.csv")) != nil {
      self = .seisBench(text)
    } else {
      throw FormatError(
        .unsupported, file: text, found: "it is not said what kind of data it is", expected: Self.expected,
        remedy: "put the kind before the path")
    }
  }
}

extension TrainingSource: CustomStringConvertible {
  public var description: String {
    switch self {
    case .stead(let path): "stead:\(path)"
    case .seisBench(let path): "seisbench:\(path)"
    case .arrays(let path): "npz:\(path)"
    case .catalog(let catalogs, let archive, _): "\(catalogs.joined(separator: ", ")) with \(archive)"
    }
  }
}
