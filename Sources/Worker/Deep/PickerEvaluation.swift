import Foundation
public import HSDLCompute
public import MPI
import SeismicFormats

/// A waveform with the arrivals that somebody has picked in it.
public struct LabelledTrace: Sendable {
  /// Its name in its data set.
  public var name: String
  /// Up, north, east; of one length, empty where there is no such component.
  public var components: [[Double]]
  /// Samples per second.
  public var samplingRate: Double
  /// Arrivals of P, in s behind the first sample.
  public var p: [Double]
  /// Arrivals of S, in s behind the first sample.
  public var s: [Double]
  /// Whether the picker's band-pass was done already.
  public var isFiltered = false

  /// Puts a waveform and its labels together.
  public init(name: String, components: [[Double]], samplingRate: Double, p: [Double], s: [Double]) {
    self.name = name
    self.components = components
    self.samplingRate = samplingRate
    self.p = p
    self.s = s
  }
}

/// Scores a picker against labelled waveforms, shared out over the ranks.
public struct PickerEvaluation: Sendable {
  /// How far a pick may be from its label, in s.
  public var tolerance = 0.5
  /// How picks are made of the picker's curves.
  public var settings: PickSettings

  /// Prepares.
  public init(_ settings: PickSettings) { self.settings = settings }

  /// What came of an evaluation; the same on every rank, for any number of ranks.
  public struct Result: Sendable {
    /// How P was picked.
    public var p: PickScore
    /// How S was picked.
    public var s: PickScore
    /// Waveforms that were picked.
    public var count: Int
    /// `metrics.json`.
    public var metrics: String
    /// `predictions.csv`: one row for each pick and each label that was missed.
    public var predictions: String
  }

  /// What came of one waveform.
  private struct Outcome: Codable {
    var number: Int
    var name: String
    var p: PickScore.Waveform
    var s: PickScore.Waveform
    var rows: String
  }

  /// The file `metrics.json`.
  private struct Metrics: Codable {
    var architecture: String
    var modelHash: String
    var count: Int
    var tolerance: Double
    var settings: PickSettings
    var p: PickScore
    var s: PickScore

    enum CodingKeys: String, CodingKey {
      case architecture
      case modelHash = "model_hash"
      case count = "n_waveforms"
      case tolerance = "tolerance_s"
      case settings
      case p = "P"
      case s = "S"
    }
  }

  /// The header of ``Result/predictions``.
  public static let header = "name,phase,time_s,score,label_s,residual_s\n"

  /// Picks and scores waveforms.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - model: this rank's picker.
  ///   - count: how many waveforms there are.
  ///   - trace: reads a waveform by its number; nil leaves it out. Asked for each number on one rank only, in rising order.
  /// - Throws: ``AgreedFailure`` on all ranks, ``CommunicatorError``.
  public func run(
    _ model: PickerModel, count: Int, over communicator: any Communicator,
    trace: (_ number: Int) throws -> LabelledTrace?
  ) throws -> Result {
    var own: [Outcome] = []
    try communicator.agree {
      let picker = try TracePicker(model.network, settings)
      for number in stride(from: communicator.rank, to: max(count, 0), by: communicator.size) {
        if let trace = try trace(number) { own.append(try score(trace, number, picker)) }
      }
    }
    let encoded = try communicator.agree { Array(try JSONEncoder().encode(own)) }
    let parts = try communicator.allgatherv(encoded)
    return try communicator.agree {
      let outcomes = try parts.flatMap { try JSONDecoder().decode([Outcome].self, from: Data($0)) }
        .sorted { $0.number < $1.number }
      let (p, s) = (PickScore(outcomes.map(\.p)), PickScore(outcomes.map(\.s)))
      let metrics = Metrics(
        architecture: model.network.description.architecture, modelHash: model.hash, count: outcomes.count,
        tolerance: tolerance, settings: settings, p: p, s: s)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
      return Result(
        p: p, s: s, count: outcomes.count, metrics: String(decoding: try encoder.encode(metrics), as: UTF8.self) + "\n",
        predictions: Self.header + outcomes.map(\.rows).joined())
    }
  }

  private func score(_ trace: LabelledTrace, _ number: Int, _ picker: TracePicker) throws -> Outcome {
    let arrivals = try picker.pick(trace.components, samplingRate: trace.samplingRate, isFiltered: trace.isFiltered)
    let isNoise = trace.p.isEmpty && trace.s.isEmpty
    let rows = TextSink(capacity: 256)
    func waveform(_ isS: Bool, _ labels: [Double]) -> PickScore.Waveform {
      let picks = arrivals.filter { $0.isS == isS }
      let times = picks.map(\.time)
      let matches = PickScore.matches(times, labels, tolerance: tolerance)
      for (place, pick) in picks.enumerated() {
        let label = matches.first { $0.pick == place }.map { labels[$0.label] }
        append(rows, trace.name, isS, pick.time, pick.score, label)
      }
      for (place, label) in labels.enumerated() where !matches.contains(where: { $0.label == place }) {
        append(rows, trace.name, isS, nil, nil, label)
      }
      return PickScore.Waveform(
        name: trace.name, picks: times, labels: labels, isNoise: isNoise, tolerance: tolerance)
    }
    let p = waveform(false, trace.p)
    let s = waveform(true, trace.s)
    return Outcome(number: number, name: trace.name, p: p, s: s, rows: rows.string)
  }

  private func append(
    _ rows: TextSink, _ name: String, _ isS: Bool, _ time: Double?, _ score: Double?, _ label: Double?
  ) {
    rows.append(csv: name)
    rows.append(isS ? ",S" : ",P")
    let residual = time.flatMap { time in label.map { time - $0 } }
    for value in [time, score, label, residual] {
      rows.append(byte: 44)
      if let value { rows.append((value * 1e6).rounded() / 1e6) }
    }
    rows.append(byte: 10)
  }
}
