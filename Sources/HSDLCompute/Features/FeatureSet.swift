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

  /// What catalogs say of the quality of their origins, and of their uncertainties.
  public static let quality = FeatureSet(
    QualityFeatures.definitions
      + origin.definitions.filter { ["horizontal_error_km", "depth_error_km"].contains($0.name) })
  /// All features that can be computed: ``all``, which are those that are computed unasked, and what catalogs say of themselves,
  /// which has a place behind them, so that models on the others go on.
  public static let known = FeatureSet(all.definitions + QualityFeatures.definitions)

  /// The sets that have a name.
  public static let named: [(name: String, set: FeatureSet)] = [
    ("hsdl2", hsdl2), ("hsdl8", hsdl8), ("hsdl11", hsdl11), ("picks", picks), ("origin", origin),
    ("waveforms", waveforms), ("all", all), ("quality", quality),
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
        Self.named.first { $0.name == name }?.set.definitions ?? Self.known.definitions.filter { $0.name == name }
      guard !meant.isEmpty else { throw ComputeError.unknownFeature(name: name) }
      for definition in meant where !definitions.contains(definition) { definitions.append(definition) }
    }
    guard !definitions.isEmpty else { throw ComputeError.unknownFeature(name: text) }
    self.definitions = definitions
  }

  /// The features of this set, and behind them those of another that it does not have.
  public func adding(_ other: FeatureSet) -> FeatureSet {
    let known = Set(names)
    return FeatureSet(definitions + other.definitions.filter { !known.contains($0.name) })
  }

  /// The features of this set that another has too, by name.
  public func intersection(_ other: FeatureSet) -> FeatureSet {
    let known = Set(other.names)
    return FeatureSet(definitions.filter { known.contains($0.name) })
  }

  /// Whether there is one of picks or waveforms among them: of what stations have recorded, rather than of what a catalog says.
  public var looksAtRecords: Bool { intersection(Self.picks.adding(.waveforms)).count > 0 }

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
