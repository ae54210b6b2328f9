public import HSDLCompute
import SeismicFormats

/// What is known of an event discriminator.
public struct DiscriminatorCard: NetworkCard {
  public static let currentFormat = "hsdl-mpi discriminator 1"
  public static let subject = "a discriminator"
  public static let maker = "`train discriminator`"

  public var format = currentFormat
  /// The version of the program that made it.
  public var programVersion = Worker.programVersion
  /// What kind of model it is.
  public var kind = "discriminator"
  /// The sizes of the network's layers.
  public var architecture: DiscriminatorArchitecture
  /// What windows it takes.
  public var windows = Windows()
  /// The attributes of stations, in the order in which it takes them.
  public var attributes = StationAttribute.allCases.map { "\($0)" }
  /// At most so many stations of an event were looked at in training, those with picks first, the nearest of them.
  public var maximumStations: Int
  /// The hash of the picker that was asked about the windows that it was trained on; nil for none.
  public var picker: String?
  /// What it was trained on and how: names and values.
  public var training: [String: String] = [:]
  /// How good it was on events that it was not trained on, by name of the measure.
  public var scores: [String: Double] = [:]
  public var files: [String: String] = [:]
  public var hash = ""

  /// What a window is.
  public struct Windows: Codable, Sendable, Equatable {
    /// Samples per second.
    public var samplingRate = EventWindows.samplingRate
    /// Samples.
    public var length = EventWindows.length
    /// The sample at which P is predicted.
    public var predictedP = EventWindows.predictedP
    /// The pass band, in Hz.
    public var band = [EventWindows.band.low, EventWindows.band.high]

    /// The windows of this version.
    public init() {}
  }

  /// Describes a discriminator.
  public init(architecture: DiscriminatorArchitecture, maximumStations: Int) {
    self.architecture = architecture
    self.maximumStations = maximumStations
  }

  public var layout: [TensorSpecification] { architecture.layout }

  public func validate(in path: String) throws {
    try architecture.validate()
    guard windows == Windows(), attributes == StationAttribute.allCases.map({ "\($0)" }) else {
      throw FormatError(
        .unsupported, file: path, found: "it takes other windows or attributes than this version makes",
        expected: "a discriminator of this version", remedy: "train it again")
    }
  }
}
