public import HSDLCompute
import SeismicFormats

/// What is known of a picker.
public struct PickerCard: NetworkCard {
  public static let currentFormat = "hsdl-mpi picker 1"
  public static let subject = "a picker"
  public static let maker = "`train picker` or `import-weights`"

  public var format = currentFormat
  /// The version of the program that made it.
  public var programVersion = Worker.programVersion
  /// What kind of model it is.
  public var kind = "picker"
  /// The form of the network.
  public var architecture: AnyPickerArchitecture
  /// What it takes and gives.
  public var description: PickerDescription
  /// What it was trained on and how, or where it comes from.
  public var training = Training()
  /// How good it was on samples that it was not trained on, by name of the measure.
  public var scores: [String: Double] = [:]
  public var files: [String: String] = [:]
  public var hash = ""

  /// Facts of a training, by name.
  public struct Training: Codable, Sendable, Equatable {
    /// Those in words.
    public var text: [String: String] = [:]
    /// Those in numbers.
    public var numbers: [String: Double] = [:]
  }

  /// Describes a picker.
  public init(architecture: AnyPickerArchitecture, description: PickerDescription) {
    self.architecture = architecture
    self.description = description
  }

  public var layout: [TensorSpecification] { architecture.architecture.layout }

  public func validate(in path: String) throws {
    let own = architecture.architecture.description
    guard description.windowLength == own.windowLength, description.outputs == own.outputs,
      description.samplingRate > 0, description.samplingRate.isFinite
    else {
      throw FormatError(
        .badData, file: path, found: "what it takes and gives does not fit its network",
        expected: "windows of \(own.windowLength) samples", remedy: "make the folder again")
    }
  }
}

/// A picker in a folder: `card.json` and `model.safetensors`.
public typealias PickerFolder = NetworkFolder<PickerCard>
