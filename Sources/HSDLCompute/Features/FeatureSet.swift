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

  /// The sets that have a name.
  public static let named: [(name: String, set: FeatureSet)] = [
    ("hsdl2", hsdl2), ("hsdl8", hsdl8), ("hsdl11", hsdl11), ("picks", picks),
  ]

  private init(named names: [String]) {
    definitions = names.compactMap { name in PickFeatures.definitions.first { $0.name == name } }
  }

  /// The set that a text names: one of ``named``, or features separated by commas.
  ///
  /// - Throws: ``ComputeError`` with `unknownFeature` for a name that is none.
  public init(_ text: String) throws {
    if let known = Self.named.first(where: { $0.name == text }) {
      self = known.set
      return
    }
    var definitions: [FeatureDefinition] = []
    for name in text.split(separator: ",").map({ $0.filter { $0 != " " } }) {
      guard let definition = PickFeatures.definitions.first(where: { $0.name == name }) else {
        throw ComputeError.unknownFeature(name: name)
      }
      guard !definitions.contains(definition) else { continue }
      definitions.append(definition)
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
