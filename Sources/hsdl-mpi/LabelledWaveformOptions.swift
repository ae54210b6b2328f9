import ArgumentParser
import Coordinator
import Worker

/// Waveforms with labelled arrivals.
struct LabelledWaveformOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Labelled waveforms: stead:FILE.hdf5, seisbench:DIR, npz:FILE.npz.", valueName: "kind:path"))
  var data: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Folders that `synth` has made: truth.xml, archive and stations.xml of each.", valueName: "folder"),
    completion: .directory)
  var network: [String] = []

  /// Whether none are named.
  var isEmpty: Bool { data.isEmpty && network.isEmpty }

  /// - Throws: what ``TrainingSource/init(_:)`` throws.
  func sources() throws -> [TrainingSource] {
    try data.map { try TrainingSource($0) }
      + network.map {
        .catalog(catalogs: ["\($0)/truth.xml"], archive: "sds:\($0)/archive", stations: ["\($0)/stations.xml"])
      }
  }
}

/// Windows that discriminators look at.
struct EventWindowOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Windows of labelled events, as `features --event-windows --labels` writes them.",
      valueName: "event_windows.bin"), completion: .file())
  var eventWindows: [String] = []
}
