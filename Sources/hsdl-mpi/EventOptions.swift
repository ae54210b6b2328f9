import ArgumentParser
import Coordinator

/// Where events come from: pick tables, or catalogs with their waveforms.
struct EventOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Pick tables of the automatic catalog (columns event_id,station,p_t,p_prob,s_t,s_prob).", valueName: "table.csv"),
    completion: .file())
  var picks: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Catalogs with origins, and picks if there are any; any format that `inspect` knows.", valueName: "file"),
    completion: .file())
  var catalog: [String] = []

  @Option(
    help: ArgumentHelp(
      "The waveforms: sds:PATH (SeisComP data structure), files:PATH (any tree of miniSEED or SAC files), stead:FILE.hdf5 or seisbench:PATH.",
      valueName: "kind:path"))
  var archive: String?

  @Option(
    help: ArgumentHelp(
      "The archive-index.csv that an earlier run on the same files: archive has kept; files that have not changed are not looked at again.",
      valueName: "file"), completion: .file())
  var archiveIndex: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Station metadata: StationXML, SeisComP inventory, FDSN text or a table.", valueName: "file"),
    completion: .file())
  var stations: [String] = []

  @Option(
    help: ArgumentHelp(
      "The velocities of the Earth: .nd, .tvel or a table of depth,vp,vs; without it IASP91.", valueName: "file"),
    completion: .file())
  var velocityModel: String?

  @Option(help: ArgumentHelp("Leave out stations farther than this from the epicentre.", valueName: "km"))
  var maxDistance = 150.0

  @Option(help: ArgumentHelp("Look at no more than this many stations an event, the nearest ones.", valueName: "n"))
  var maxStations = 64

  @Option(
    help: ArgumentHelp(
      "The folder of the picker that is asked about waveforms where a network looks at them; by default the one that comes with the program.",
      valueName: "folder"), completion: .directory)
  var picker: String?

  @Flag(help: "Leave events that stand more than once in the catalog as they are, instead of merging them.")
  var keepDuplicates = false

  @Flag(help: "Write station_features.csv too: the features of every station of every event.")
  var stationFeatures = false

  func validate() throws {
    guard picks.isEmpty || catalog.isEmpty else { throw ValidationError("give --picks or --catalog, not both") }
    if catalog.isEmpty {
      guard archive == nil, stations.isEmpty, velocityModel == nil, !stationFeatures else {
        throw ValidationError("--archive, --stations, --velocity-model and --station-features go with --catalog")
      }
    }
    guard archive != nil || archiveIndex == nil else { throw ValidationError("--archive-index needs --archive") }
    guard archive != nil || !stationFeatures else { throw ValidationError("--station-features needs --archive") }
    guard archive == nil || !stations.isEmpty else {
      throw ValidationError("--archive needs --stations, the coordinates of its stations")
    }
    guard maxDistance > 0, maxDistance <= 2000 else { throw ValidationError("--max-distance must be from 0 to 2000") }
    guard (1...10_000).contains(maxStations) else { throw ValidationError("--max-stations must be from 1 to 10000") }
  }

  /// The events; nil when none are named.
  var source: EventSource? {
    if !picks.isEmpty { return .picks(picks) }
    guard !catalog.isEmpty else { return nil }
    var input = CatalogInput(
      catalogs: catalog, archive: archive, stations: stations, velocityModel: velocityModel)
    input.archiveIndex = archiveIndex
    input.picker = picker
    input.maximumDistance = maxDistance
    input.maximumStations = maxStations
    input.mergesDuplicates = !keepDuplicates
    input.writesStationFeatures = stationFeatures
    return .catalog(input)
  }
}
