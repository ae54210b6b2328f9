import SeismicFormats

/// A catalog, and the waveforms that it was made from.
public struct CatalogInput: Sendable, Equatable {
  /// The catalogs, of any format that is read here.
  public var catalogs: [String]
  /// Where the waveforms are: `sds:PATH`, `files:PATH`, `stead:FILE`, `seisbench:PATH`; nil for none.
  public var archive: String?
  /// The index of the archive's files that an earlier run has kept; files that have not changed are not looked at again.
  public var archiveIndex: String?
  /// Files that describe the stations.
  public var stations: [String]
  /// A file with the velocities of the Earth; nil for IASP91.
  public var velocityModel: String?
  /// Stations farther than this from the epicentre are not looked at, in km.
  public var maximumDistance = 150.0
  /// At most so many stations are looked at, the nearest ones.
  public var maximumStations = 64
  /// Whether events that stand more than once are brought together.
  public var mergesDuplicates = true
  /// Whether the features of single stations are written too.
  public var writesStationFeatures = false
  /// Of how many stations of each event, those with picks first and the nearest of them, the windows that the discriminator sees are kept; 0 for none.
  public var windowStations = 0
  /// Tables that say what the events are, for the windows; events that they do not name stay without a label.
  public var windowLabels: [String] = []
  /// The folder of the picker that is asked about the windows; nil for the one that comes with the program.
  public var picker: String?
  /// Events of a unit.
  public var unitSize = 32

  /// Names the input.
  public init(catalogs: [String], archive: String? = nil, stations: [String] = [], velocityModel: String? = nil) {
    self.catalogs = catalogs
    self.archive = archive
    self.stations = stations
    self.velocityModel = velocityModel
  }
}
