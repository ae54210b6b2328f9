import Foundation
import HSDLCompute
import MPI
import SeismicFormats
import Testing
import Worker

/// Labelled features of made-up events.
private func table(_ count: Int, seed: UInt64) -> FeatureTable {
  var random = SplitMix64(seed: seed)
  var table = FeatureTable(features: .hsdl8)
  for number in 0..<count {
    let row = (0..<8).map { _ in Double(Int.random(in: 0...999, using: &random)) / 1000 }
    let score = row[1] + row[7] * row[2] - 0.3 * row[4] + Double.random(in: -0.2...0.2, using: &random)
    table.append(id: "event-\(number)", label: score > 0.6 ? 1 : 0, values: row)
  }
  return table
}

/// A rank's share of a table; `uneven` gives the first rank most of it.
private func share(_ table: FeatureTable, _ communicator: any Communicator, uneven: Bool = false) -> FeatureTable {
  table.rows(
    (0..<table.count).filter { number in
      let owner = uneven && number % 10 < 7 ? 0 : number % communicator.size
      return owner == communicator.rank
    })
}

@Suite("Training over ranks", .serialized)
struct DataParallelTrainingTests {
  static let whole = table(2000, seed: 1)

  static func settings(distributed: Bool) -> ShallowSettings {
    var settings = ShallowSettings()
    settings.forestTrees = 10
    settings.boostingRounds = 10
    settings.calibrationFolds = 2
    settings.distributionThreshold = distributed ? 0 : 1_000_000
    return settings
  }

  static func files(
    _ kind: ShallowModelKind, ranks: Int, distributed: Bool, uneven: Bool = false
  ) throws -> [String: String] {
    let all = try InProcessCommunicator.run(ranks: ranks) { communicator in
      let rows = try TrainingRows(share(whole, communicator, uneven: uneven))
      let model = try CalibratedModel(
        training: rows, kind: kind, settings: settings(distributed: distributed),
        over: CommunicatorCollectives(communicator))
      return model.model.files.merging(["calibration": "\(model.calibration)"]) { $1 }
    }
    for other in all {
      let isSame = other == all[0]
      #expect(isSame, "every rank holds the same model")
    }
    return all[0]
  }

  @Test("a model is the same bit for bit on any number of ranks", arguments: ShallowModelKind.allCases, [false, true])
  func sameOnAll(kind: ShallowModelKind, distributed: Bool) throws {
    let single = try Self.files(kind, ranks: 1, distributed: distributed)
    for ranks in 2...4 {
      let isSame = try Self.files(kind, ranks: ranks, distributed: distributed) == single
      #expect(isSame, "\(ranks) ranks")
    }
  }

  @Test("how the rows lie on the ranks does not matter", arguments: [ShallowModelKind.forest, .boosting, .logistic])
  func uneven(kind: ShallowModelKind) throws {
    let isSame =
      try Self.files(kind, ranks: 3, distributed: true, uneven: true)
      == Self.files(kind, ranks: 1, distributed: true)
    #expect(isSame)
  }

  @Test("a rank without rows is no obstacle", arguments: ShallowModelKind.allCases)
  func emptyRank(kind: ShallowModelKind) throws {
    let small = table(60, seed: 4)
    let settings = Self.settings(distributed: true)
    let alone = try CalibratedModel(
      training: TrainingRows(small), kind: kind, settings: settings, over: SingleRank())
    let models = try InProcessCommunicator.run(ranks: 3) { communicator in
      let own = communicator.rank == 1 ? small : FeatureTable(features: .hsdl8)
      return try CalibratedModel(
        training: TrainingRows(own), kind: kind, settings: settings, over: CommunicatorCollectives(communicator)
      ).model.files
    }
    let isSame = models == [alone.model.files, alone.model.files, alone.model.files]
    #expect(isSame)
  }

  @Test("one class on all ranks together is refused on all")
  func oneClass() {
    #expect(throws: ComputeError.self) {
      try InProcessCommunicator.run(ranks: 2) { communicator in
        var own = FeatureTable(features: .hsdl2)
        own.append(id: "\(communicator.rank)", label: 1, values: [1, 2])
        _ = try CalibratedModel(
          training: TrainingRows(own), kind: .forest, settings: Self.settings(distributed: true),
          over: CommunicatorCollectives(communicator))
      }
    }
  }

  @Test("200,000 rows over 1, 2, 3 and 4 ranks: the same trees on every rank, and as good as on one")
  func large() throws {
    let rows = table(200_000, seed: 7)
    let test = table(20_000, seed: 8)
    var settings = ShallowSettings()
    settings.boostingRounds = 20
    settings.forestTrees = 4
    settings.calibrationFolds = 0
    let chosen = settings
    var areas: [[Double]] = []
    for ranks in 1...4 {
      let results = try InProcessCommunicator.run(ranks: ranks) { communicator in
        let own = try TrainingRows(share(rows, communicator))
        return try [ShallowModelKind.boosting, .forest].map { kind in
          let model = try CalibratedModel(
            training: own, kind: kind, settings: chosen, over: CommunicatorCollectives(communicator))
          let area =
            communicator.isRoot
            ? BinaryMetrics(probabilities: try model.probabilities(test.values), labels: test.labels).rocAUC : 0
          return (model.model.files, area)
        }
      }
      for other in results {
        for (one, first) in zip(other, results[0]) {
          let isSame = one.0 == first.0
          #expect(isSame)
        }
      }
      areas.append(results[0].map(\.1))
    }
    for (boosting, forest) in areas.map({ ($0[0], $0[1]) }) {
      #expect(boosting > 0.9 && forest > 0.9)
      #expect(abs(boosting - areas[0][0]) < 0.002)
      #expect(abs(forest - areas[0][1]) < 0.002)
    }
  }
}
