/// A choice of features, in the order in which a model takes them.
public struct FeatureSet: Hashable, Sendable {
  /// The features.
  public var definitions: [FeatureDefinition]

  /// Creates a set of features.
  public init(_ definitions: [FeatureDefinition]) { self.definitions = definitions }

  /// Their names.
  public var names: [String] { definitions.map(\.name) }
  /// How many there are.
  public var count: Int { definitions.count }

  /// All features of picks.
  public static let picks = FeatureSet(PickFeatures.definitions)
  /// HSDL's eight.
  public static let hsdl8 = FeatureSet(
    named: [
      "p_n", "sp_ratio", "p_prob_av", "s_prob_av", "p_prob_st", "s_prob_st", "p_prob_max", "s_prob_max",
    ])
  /// HSDL's two.
  public static let hsdl2 = FeatureSet(named: ["sp_ratio", "s_prob_max"])
  /// HSDL's eleven.
  public static let hsdl11 = FeatureSet(Array(PickFeatures.definitions.prefix(11)))

  /// All features of origins.
  public static let origin = FeatureSet(OriginFeatures.definitions)
  /// All features of waveforms.
  public static let waveforms = FeatureSet(WaveformFeatures.definitions)
  /// All features: of picks, of origins, of waveforms.
  public static let all = FeatureSet(picks.definitions + origin.definitions + waveforms.definitions)

  /// The sets that have a name.
  public static let named: [(name: String, set: FeatureSet)] = [
    ("hsdl2", hsdl2), ("hsdl8", hsdl8), ("hsdl11", hsdl11), ("picks", picks), ("origin", origin),
    ("waveforms", waveforms), ("all", all),
  ]

  private init(named names: [String]) {
    definitions = names.compactMap { name in PickFeatures.definitions.first { $0.name == name } }
  }

  /// The set that a text names: one or several of ``named`` and of features, separated by commas.
  ///
  /// - Throws: ``ComputeError`` with `unknownFeature` for a name that is none.
  public init(_ text: String) throws {
    var definitions: [FeatureDefinition] = []
    for name in text.split(separator: ",").map({ $0.filter { $0 != " " } }) {
      let meant =
        Self.named.first { $0.name == name }?.set.definitions ?? Self.all.definitions.filter { $0.name == name }
      guard !meant.isEmpty else { throw ComputeError.unknownFeature(name: name) }
      for definition in meant where !definitions.contains(definition) { definitions.append(definition) }
    }
    guard !definitions.isEmpty else { throw ComputeError.unknownFeature(name: text) }
    self.definitions = definitions
  }

  /// Where the features of this set stand in another.
  ///
  /// - Throws: ``ComputeError`` with `unknownFeature` when one is not in it.
  public func places(in other: FeatureSet) throws -> [Int] {
    try definitions.map { definition in
      guard let place = other.definitions.firstIndex(where: { $0.name == definition.name }) else {
        throw ComputeError.unknownFeature(name: definition.name)
      }
      return place
    }
  }
}
