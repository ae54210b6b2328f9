public import HSDLCompute

/// What is known of a model: what it is, what it was trained on, how good it is, and the hashes that prove it.
public struct ModelCard: Codable, Sendable, Equatable {
  /// The layout that this version writes and reads.
  public static let currentFormat = "hsdl-mpi model 1"
  /// The layout of the folder.
  public var format = currentFormat
  /// The version of the program that made it.
  public var programVersion = Worker.programVersion
  /// What kind of model it is: ``shallow`` or ``hybrid``.
  public var kind = shallow
  /// The features, in the order in which the model takes them.
  public var features: [FeatureDefinition]
  /// The models on features that it is made of.
  public var members: [Member]
  /// How their log-odds are put together; nil where the probability is the mean of theirs.
  public var combination: Stacking?
  /// How a network on waveforms joins them; nil for models on features alone.
  public var hybrid: Hybrid?
  /// What errors were said to cost.
  public var costs: DecisionCosts
  /// The thresholds that follow.
  public var thresholds: Thresholds
  /// What it was trained on.
  public var training: Training
  /// How it was trained.
  public var settings: ShallowSettings
  /// How good each member, and their mean, were on events that they were not trained on, by name of the measure.
  public var scores: [String: [String: Double]]
  /// How those scores were found.
  public var scoring: String
  /// How good the combinations are on blocks of time that were left out; nil where that was not found out.
  public var validation: Validation?
  /// SHA-256 of the card without this line, and so of everything that it names.
  public var hash = ""

  /// The kind of models on features alone.
  public static let shallow = "shallow"
  /// The kind of models on features together with a network on waveforms.
  public static let hybrid = "hybrid"

  /// One model.
  public struct Member: Codable, Sendable, Equatable {
    /// Its kind.
    public var kind: ShallowModelKind
    /// The folder with its files.
    public var folder: String
    /// SHA-256 of each file.
    public var files: [String: String]
    /// What makes its scores probabilities.
    public var calibration: Calibration
    /// What is worth knowing of it.
    public var remarks: [String: String]
    /// The model's own measure of importance, by feature; empty where it has none.
    public var importance: [String: Double]
    /// Mean size of each feature's contribution to the probability, by feature.
    public var meanContribution: [String: Double]
  }

  /// A network on waveforms, and how it joins the models on features.
  public struct Hybrid: Codable, Sendable, Equatable {
    /// The folder with the network's files.
    public var folder = "deep"
    /// SHA-256 of each file.
    public var files: [String: String] = [:]
    /// The picker that is asked about the waveforms; nil where none is, or where it stands elsewhere.
    public var picker: Picker?
    /// Turns the network's output into an input of the combination.
    public var input: DeepInput
    /// Puts the models' log-odds and the network's together.
    public var combination: Stacking
    /// How the network's scores for the training events were made.
    public var scoring: String
    /// Training events that the network could score.
    public var events: Int

    /// A copy of the picker that is asked about the waveforms.
    public struct Picker: Codable, Sendable, Equatable {
      /// The folder with its files.
      public var folder = "picker"
      /// SHA-256 of each file.
      public var files: [String: String]
    }

    /// Says how a network joins.
    public init(input: DeepInput, combination: Stacking, scoring: String, events: Int) {
      self.input = input
      self.combination = combination
      self.scoring = scoring
      self.events = events
    }
  }

  /// The probabilities that part the labels.
  public struct Thresholds: Codable, Sendable, Equatable {
    /// From here on an event is real.
    public var real: Double
    /// Below this an event is fake.
    public var fake: Double
  }

  /// What a model was trained on.
  public struct Training: Codable, Sendable, Equatable {
    /// Tables of real events.
    public var realFiles: [String]
    /// Tables of fake events.
    public var fakeFiles: [String]
    /// Events.
    public var events: Int
    /// Real events among them.
    public var realEvents: Int
    /// Rows of the tables.
    public var rows: Int
    /// The sum of the hashes of all identifiers with their labels, in hexadecimal: the same for the same events.
    public var fingerprint: String
  }

  /// What the model is made of, in words.
  public var parts: [String] { members.map(\.kind.title) + (hybrid == nil ? [] : ["network on waveforms"]) }

  /// A short form of the hash, for messages and catalogs.
  public var shortHash: String { String(hash.prefix(12)) }
}
