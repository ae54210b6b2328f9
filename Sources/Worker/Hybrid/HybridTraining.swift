import HSDLCompute
public import MPI
import SeismicFormats

/// Trains models on features, joins a network on waveforms to them, and weighs all of them by what they said of blocks of
/// time that they were not trained on.
public struct HybridTraining {
  /// How the models on features are trained.
  public var shallow: ShallowTraining
  /// Blocks of time that are left out, one after another.
  public var blocks = 5
  /// What is left out in turn.
  public var leavesOut = LeftOut.times
  /// Seconds that must lie between events for a border of blocks to fall there.
  public var gap = TimeBlocks.usualGap

  /// What is left out in turn, to find what each model is worth.
  public enum LeftOut: String, Sendable, CaseIterable {
    /// Blocks of time: what models say of a later time at the same network.
    case times
    /// Whole tables of features, each of another network: what models say of a network that they have not seen.
    case tables
  }

  /// Plans a training.
  public init(_ shallow: ShallowTraining) { self.shallow = shallow }

  /// A network on waveforms, as this training sees it.
  public struct Network {
    /// Where its log-odds of the training events come from.
    public enum Scores {
      /// From a network that was trained on other events, by identifier; events that are not named, or NaN, have no
      /// waveforms to look at.
      case ready([String: Double])
      /// From networks that are trained without each block in turn: given the identifiers of the events to be trained on
      /// and of those to be scored, in the order of identifiers, the log-odds of the latter; NaN without waveforms.
      ///
      /// Called by all ranks together, with the same identifiers; must return the same on all.
      case outOfFold((_ training: [String], _ scored: [String]) throws -> [Double])
    }

    /// Where its scores come from.
    public var scores: Scores
    /// The files of the network that joins the models, by name: trained on other events, or on all training events.
    ///
    /// Called once, by all ranks together, after the scores were made; must return the same on all.
    public var files: () throws -> [String: [UInt8]]
    /// The files of the picker that is asked about the waveforms, by name; the same on all ranks, empty where none is.
    public var pickerFiles: [String: [UInt8]]

    /// Describes a network.
    public init(
      scores: Scores, pickerFiles: [String: [UInt8]] = [:], files: @escaping () throws -> [String: [UInt8]]
    ) {
      self.scores = scores
      self.pickerFiles = pickerFiles
      self.files = files
    }

    /// How the scores were made, for the card.
    func scoring(_ leavesOut: LeftOut) -> String {
      switch (scores, leavesOut) {
      case (.ready, _): "by a network that was trained on other events"
      case (.outOfFold, .times): "by networks that were trained without the block of time in which an event lies"
      case (.outOfFold, .tables): "by networks that were trained without the tables of an event's fold"
      }
    }
  }

  /// Trains.
  ///
  /// The model is the same on every rank, and for any number of ranks. Collective.
  ///
  /// - Parameters:
  ///   - events: this rank's share. Times should be known; events without one are put into blocks by their identifiers.
  ///   - network: the network on waveforms; nil for models on features alone.
  ///   - realFiles: where the real ones came from, for the card.
  ///   - fakeFiles: likewise.
  ///   - onStep: told what is being done.
  ///   - onScores: told what the models said of events while these were left out; the same on all ranks.
  /// - Throws: ``ComputeError`` or ``AgreedFailure`` on all ranks, also where too few events can be scored by the network;
  ///   ``CommunicatorError``; what the network's closures throw.
  public func run(
    _ events: LabelledEvents, network: Network?, realFiles: [String], fakeFiles: [String],
    over communicator: any Communicator, onStep: (String) -> Void,
    onScores: ((OutOfFoldScores) throws -> Void)? = nil
  ) throws -> ModelFolder {
    let rows = try communicator.agree { try TrainingRows(events.table) }
    let cut = try blocks(of: events, rows, over: communicator)
    let trained = try shallow.members(rows, fold: cut.own, over: communicator, onStep: onStep)
    let all = try TrainingScores(events, fold: cut.own, logOdds: trained.logOdds, over: communicator)
    var deep: [Double]?
    if let network {
      deep = try scores(of: network, all, blocks: cut.count, over: communicator, onStep: onStep)
    }
    onStep("putting the models together")
    let found = try communicator.agree {
      let found = try StackingTraining(
        names: shallow.kinds.map(\.rawValue), logOdds: all.logOdds, deep: deep, labels: all.labels, block: all.fold)
      if let deep, found.hybrid == nil {
        let seen = deep.indices.filter { !deep[$0].isNaN }
        let real = seen.reduce(0) { $0 + Int(all.labels[$1]) }
        throw ComputeError.cannotTrain(
          reason: "the network has scored \(real) real and \(seen.count - real) fake events; 10 of each are needed to "
            + "weigh it")
      }
      return found
    }
    try onScores?(OutOfFoldScores(all, deep: deep, names: shallow.kinds.map(\.rawValue), found))
    let parts =
      switch leavesOut {
      case .times:
        "\(cut.count) blocks of time, borders where at least \(fixed(gap, decimals: 0)) s pass without an event "
          + "where there is such a place; each block"
      case .tables: "\(cut.count) folds of whole tables; each fold"
      }
    let (validation, scores) = shallow.validated(
      found, all, [:], method: "\(parts) scored by a combination of models that were trained without it",
      blocks: cut.count)
    var hybrid: ModelCard.Hybrid?
    if let network, let input = found.deep, let combination = found.hybrid, let deep {
      hybrid = ModelCard.Hybrid(
        input: input, combination: combination, scoring: network.scoring(leavesOut),
        events: deep.reduce(0) { $0 + ($1.isNaN ? 0 : 1) })
    }
    let deepFiles = try network.map { try $0.files() } ?? [:]
    let ensemble = try communicator.agree { try ShallowEnsemble(trained.members, stacking: found.shallow) }
    let kind = leavesOut == .times ? "blocks of time" : "folds of whole tables"
    return try shallow.folder(
      events, rows, ensemble, realFiles: realFiles, fakeFiles: fakeFiles, scores: scores,
      scoring: "\(cut.count) \(kind), each scored by models that were trained without it",
      validation: validation, hybrid: hybrid, deepFiles: deepFiles, pickerFiles: network?.pickerFiles ?? [:],
      over: communicator)
  }

  /// The block or fold of each of this rank's events, and how many there are.
  private func blocks(
    of events: LabelledEvents, _ rows: TrainingRows, over communicator: any Communicator
  ) throws -> (own: [Int], count: Int) {
    let keys = try communicator.allgatherFlat(rows.keys)
    let labels = try communicator.allgatherFlat(rows.labels).values
    let start = keys.counts[..<communicator.rank].reduce(0, +)
    switch leavesOut {
    case .times:
      let times = try communicator.allgatherFlat(events.times).values
      let cut = try communicator.agree {
        try TimeBlocks(times: times, keys: keys.values, labels: labels, count: blocks, gap: gap)
      }
      return (Array(cut.block[start..<start + rows.count]), cut.count)
    case .tables:
      let own = events.tables.isEmpty ? [Int](repeating: 0, count: rows.count) : events.tables
      let tables = try communicator.allgatherFlat(own).values
      let cut = try communicator.agree { try GroupFolds(groups: tables, labels: labels, count: blocks) }
      return (Array(cut.fold[start..<start + rows.count]), cut.count)
    }
  }

  /// The network's log-odds of all events, in the order of identifiers; the same on all ranks.
  private func scores(
    of network: Network, _ all: TrainingScores, blocks: Int, over communicator: any Communicator,
    onStep: (String) -> Void
  ) throws -> [Double] {
    switch network.scores {
    case .ready(let known): return all.ids.map { known[$0] ?? .nan }
    case .outOfFold(let scores):
      var result = [Double](repeating: .nan, count: all.ids.count)
      for left in 0..<blocks {
        onStep("training the network without \(leavesOut == .times ? "block" : "fold") \(left + 1) of \(blocks)")
        let held = all.fold.indices.filter { all.fold[$0] == left }
        let others = all.fold.indices.filter { all.fold[$0] != left }
        let found = try scores(others.map { all.ids[$0] }, held.map { all.ids[$0] })
        try communicator.agree {
          guard found.count == held.count else {
            throw JobError(
              .internalError, "the network gave \(found.count) scores for \(held.count) events of block \(left + 1)")
          }
        }
        for (event, value) in zip(held, found) { result[event] = value }
      }
      return result
    }
  }
}
