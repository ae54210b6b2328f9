import Worker

extension TrainingSource {
  /// The paths of what goes in; archives of waveforms are not among them.
  var paths: [String] {
    switch self {
    case .stead(let path), .arrays(let path): [path]
    case .seisBench(let path): ["\(path)/metadata.csv"]
    case .catalog(let catalogs, _, let stations): catalogs + stations
    }
  }
}
