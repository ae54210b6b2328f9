import HSDLCompute
import MPI
import SeismicFormats

/// What models said of the training events of all ranks while these were left out, on every rank, in the order of the
/// events' identifiers.
struct TrainingScores {
  /// The events' identifiers.
  var ids: [String]
  /// 1 real, 0 fake.
  var labels: [UInt8]
  /// Seconds since 1970; NaN where they are not known.
  var times: [Double]
  /// The fold of each event.
  var fold: [Int]
  /// By model, calibrated log-odds of each event.
  var logOdds: [[Double]]
  /// A number for each event that does not depend on where it stands.
  var keys: [UInt64]

  /// Brings together what the ranks have.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - fold: the fold of each of this rank's events.
  ///   - logOdds: by model, of this rank's events.
  /// - Throws: ``CommunicatorError``.
  init(_ events: LabelledEvents, fold: [Int], logOdds: [[Double]], over communicator: any Communicator) throws {
    let names = try Self.names(events.table.ids, over: communicator)
    let labels = try communicator.allgatherFlat(events.table.labels).values
    let times = try communicator.allgatherFlat(events.times).values
    let folds = try communicator.allgatherFlat(fold).values
    let columns = try logOdds.map { try communicator.allgatherFlat($0).values }
    let order = names.indices.sorted { names[$0] < names[$1] }
    ids = order.map { names[$0] }
    self.labels = order.map { labels[$0] }
    self.times = order.map { times[$0] }
    self.fold = order.map { folds[$0] }
    self.logOdds = columns.map { column in order.map { column[$0] } }
    keys = ids.map { stableHash($0) }
  }

  /// Every rank's identifiers, in rank order.
  static func names(_ ids: [String], over communicator: any Communicator) throws -> [String] {
    let texts = try communicator.allgatherFlat(Array(ids.joined(separator: "\n").utf8))
    let sizes = try communicator.allgatherFlat([ids.count]).values
    var names: [String] = []
    var start = 0
    for (length, size) in zip(texts.counts, sizes) {
      if size > 0 {
        names += texts.values[start..<start + length].split(separator: 10, omittingEmptySubsequences: false)
          .map { String(decoding: $0, as: UTF8.self) }
      }
      start += length
    }
    return names
  }
}
