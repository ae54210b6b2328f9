public import HSDLCompute

extension ModelCard {
  /// How good combinations are on blocks of time that were left out.
  public struct Validation: Codable, Sendable, Equatable {
    /// How it was found, in words.
    public var method: String
    /// Blocks of time that were left out, one after another.
    public var blocks: Int
    /// Events.
    public var events: Int
    /// What is known of each combination, by name: `shallow`, `deep`, `hybrid`.
    public var models: [String: Measures]
    /// Differences between two of them, by `hybrid - shallow` and so on; intervals are those of pairs.
    public var differences: [String: [String: BlockBootstrap.Interval]]

    /// What is known of one combination.
    public struct Measures: Codable, Sendable, Equatable {
      /// Events that it could score.
      public var events: Int
      /// Measures with 95 % intervals, by name.
      public var intervals: [String: BlockBootstrap.Interval]
      /// The Brier score in parts.
      public var brier: BrierDecomposition
      /// How often events of a probability were real, in bins of equal width.
      public var reliability: ReliabilityTable
      /// Likewise in bins of equal numbers of events.
      public var adaptiveReliability: ReliabilityTable
      /// What the thresholds would do.
      public var decisions: DecisionOutcome
    }

    /// Works out what is known.
    ///
    /// - Parameters:
    ///   - models: names and probabilities of all events, in the order in which they are compared: each with those before it.
    ///     An event of probability NaN was not scored.
    ///   - times: seconds since 1970; NaN where they are not known.
    ///   - keys: a number for each event that does not depend on where it stands.
    ///   - method: how the probabilities were found.
    ///   - blocks: blocks of time that were left out.
    public init(
      models: [(name: String, probabilities: [Double])], labels: [UInt8], times: [Double], keys: [UInt64],
      costs: DecisionCosts, method: String, blocks: Int, seed: UInt64
    ) {
      self.method = method
      self.blocks = blocks
      events = labels.count
      let bootstrap = BlockBootstrap(times: times, keys: keys)
      let pairs = models.indices.flatMap { first in (0..<first).map { (first, $0) } }
      // Many events need fewer draws, and few hours would pass with as many.
      let draws = max(200, min(1000, 50_000_000 / max(labels.count, 1)))
      let found = bootstrap.intervals(
        models: models.map(\.probabilities), labels: labels, pairs: pairs, draws: draws, seed: seed)
      self.models = [:]
      differences = [:]
      for (place, model) in models.enumerated() {
        let scored = model.probabilities.indices.filter { !model.probabilities[$0].isNaN }
        let own = scored.map { model.probabilities[$0] }
        let truth = scored.map { labels[$0] }
        self.models[model.name] = Measures(
          events: scored.count, intervals: Self.named(found.models[place]),
          brier: BrierDecomposition(probabilities: own, labels: truth),
          reliability: ReliabilityTable(probabilities: own, labels: truth),
          adaptiveReliability: ReliabilityTable(probabilities: own, labels: truth, binning: .population(10)),
          decisions: DecisionOutcome(probabilities: own, labels: truth, costs: costs))
      }
      for (place, pair) in pairs.enumerated() {
        differences["\(models[pair.0].name) - \(models[pair.1].name)"] = Self.named(found.differences[place])
      }
    }

    /// Measures by name; those without a value are left out.
    private static func named(_ intervals: [BlockBootstrap.Interval]) -> [String: BlockBootstrap.Interval] {
      var result: [String: BlockBootstrap.Interval] = [:]
      for (name, interval) in zip(BlockBootstrap.measures, intervals)
      where interval.value.isFinite && interval.lower.isFinite && interval.upper.isFinite { result[name] = interval }
      return result
    }
  }
}
