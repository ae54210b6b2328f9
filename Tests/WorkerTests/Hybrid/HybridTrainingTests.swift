import Foundation
import HSDLCompute
import MPI
import SeismicFormats
import TestSupport
import Testing
import Worker

/// Labelled events with times, and scores that a network might give them.
private struct HybridFixture {
  let folder: TemporaryFolder
  var scores: [String: Double] = [:]

  init(count: Int = 240) throws {
    folder = try TemporaryFolder()
    var random = SplitMix64(seed: 11)
    var features = "event_id,time,p_n,s_n,sp_ratio,p_prob_av\n"
    var labels = "event_id,label\n"
    for number in 0..<count {
      let isReal = random.uniform() < 0.6
      let sign = isReal ? 1.0 : -1.0
      // The order of identifiers is not that of time.
      let id = "event-\((number * 37) % count)"
      let time = UTCTime(seconds: 1_700_000_000 + Int64(number) * 600)
      let sink = TextSink()
      sink.append(time, fractionDigits: 6)
      let values = [
        4 + sign + random.normal(), 2 + sign + random.normal(), random.uniform(), sign + 2 * random.normal(),
      ]
      features += "\(id),\(sink.string),\(values.map { "\($0)" }.joined(separator: ","))\n"
      labels += "\(id),\(isReal ? "real" : "fake")\n"
      scores[id] = number % 9 == 0 ? .nan : 2 * sign + 3 * random.normal()
    }
    try folder.write("features.csv", features)
    try folder.write("labels.csv", labels)
  }

  static let files: [String: [UInt8]] = [
    "model.safetensors": (0..<999).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 250) }, "card.json": Array("{}".utf8),
  ]

  func training(distributed: Bool = false) -> HybridTraining {
    var settings = ShallowSettings()
    settings.forestTrees = 10
    settings.boostingRounds = 10
    settings.distributionThreshold = distributed ? 0 : 1_000_000
    return HybridTraining(ShallowTraining(kinds: [.forest, .logistic], settings: settings, costs: .usual))
  }

  func run(
    ranks: Int, distributed: Bool = false,
    network: (@Sendable () -> HybridTraining.Network)? = nil
  ) throws -> [ModelFolder] {
    let (features, labels) = (folder.path("features.csv"), folder.path("labels.csv"))
    let distributed = distributed
    return try InProcessCommunicator.run(ranks: ranks) { communicator in
      let events = try LabelledEvents(featureTables: [features], labels: [labels], features: nil, over: communicator)
      return try training(distributed: distributed).run(
        events, network: network?(), realFiles: ["features.csv"], fakeFiles: [], over: communicator, onStep: { _ in })
    }
  }
}

@Suite("Training hybrids", .serialized)
struct HybridTrainingTests {
  @Test("a hybrid is the same bit for bit on any number of ranks", arguments: [false, true])
  func ranks(distributed: Bool) throws {
    let fixture = try HybridFixture()
    let scores = fixture.scores
    let network: @Sendable () -> HybridTraining.Network = {
      HybridTraining.Network(scores: .ready(scores), files: { HybridFixture.files })
    }
    let single = try #require(try fixture.run(ranks: 1, distributed: distributed, network: network).first)
    #expect(single.card.kind == "hybrid")
    #expect(single.card.validation?.blocks == 5)
    #expect(single.card.validation?.models.keys.sorted() == ["deep", "hybrid", "shallow"])
    #expect(single.card.hybrid?.events == scores.values.filter { !$0.isNaN }.count)
    for ranks in 2...4 {
      for other in try fixture.run(ranks: ranks, distributed: distributed, network: network) {
        #expect(other.card.hash == single.card.hash, "\(ranks) ranks")
      }
    }
  }

  @Test("a network is never asked for an event that it was trained on, and for each event once", arguments: 1...3)
  func outOfFold(ranks: Int) throws {
    let fixture = try HybridFixture()
    let known = fixture.scores
    let folders = try fixture.run(ranks: ranks) {
      let asked = Asked()
      return HybridTraining.Network(
        scores: .outOfFold { training, scored in
          #expect(Set(training).isDisjoint(with: scored))
          #expect(training.count + scored.count == known.count)
          #expect(training == training.sorted() && scored == scored.sorted())
          #expect(asked.ids.isDisjoint(with: scored))
          asked.ids.formUnion(scored)
          return scored.map { known[$0] ?? .nan }
        },
        files: {
          #expect(asked.ids.count == known.count)
          return HybridFixture.files
        })
    }
    let ready = try fixture.run(ranks: 1) {
      HybridTraining.Network(scores: .ready(known), files: { HybridFixture.files })
    }
    for folder in folders {
      #expect(folder.card.hybrid?.combination == ready[0].card.hybrid?.combination)
      #expect(folder.card.hybrid?.scoring != ready[0].card.hybrid?.scoring)
    }
  }

  private final class Asked { var ids: Set<String> = [] }

  @Test("whole tables are left out in turn, on any number of ranks alike", arguments: 1...3)
  func tables(ranks: Int) throws {
    let fixtures = try [HybridFixture(count: 120), HybridFixture(count: 90), HybridFixture(count: 60)]
    var known: [String: Double] = [:]
    var network: [String: Int] = [:]
    var (tables, labels): ([String], [String]) = ([], [])
    for (number, fixture) in fixtures.enumerated() {
      func renamed(_ name: String) throws -> String {
        let text = String(decoding: try fixture.folder.bytes(name), as: UTF8.self)
        try fixture.folder.write(name, text.replacing("event-", with: "net\(number)-"))
        return fixture.folder.path(name)
      }
      tables.append(try renamed("features.csv"))
      labels.append(try renamed("labels.csv"))
      for (id, score) in fixture.scores {
        known[id.replacing("event-", with: "net\(number)-")] = score
        network[id.replacing("event-", with: "net\(number)-")] = number
      }
    }
    let (files, scores, networks, marks) = (tables, known, network, labels)
    func run(_ ranks: Int) throws -> [(ModelFolder, String)] {
      try InProcessCommunicator.run(ranks: ranks) { communicator in
        let events = try LabelledEvents(featureTables: files, labels: marks, features: nil, over: communicator)
        var training = fixtures[0].training()
        training.leavesOut = .tables
        let sink = TextSink()
        let folder = try training.run(
          events,
          network: HybridTraining.Network(
            scores: .outOfFold { training, scored in
              #expect(Set(training.map { networks[$0] }).isDisjoint(with: scored.map { networks[$0] }))
              return scored.map { scores[$0] ?? .nan }
            }, files: { HybridFixture.files }),
          realFiles: files, fakeFiles: [], over: communicator, onStep: { _ in }, onScores: { $0.write(to: sink) })
        return (folder, sink.string)
      }
    }
    let single = try #require(try run(1).first)
    #expect(single.0.card.validation?.blocks == 3)
    #expect(single.0.card.validation?.method.contains("folds of whole tables") == true)
    let lines = single.1.split(separator: "\n").map(String.init)
    #expect(lines.count == 271)
    #expect(
      lines.first
        == "event_id,label,time,fold,log_odds_forest,log_odds_logistic,log_odds_deep,probability_shallow,probability_deep,probability_real"
    )
    #expect(lines[1].hasPrefix("net0-event-0,") == false && lines[1].hasPrefix("net0-0,"))
    for other in try run(ranks) {
      #expect(other.0.card.hash == single.0.card.hash)
      #expect(other.1 == single.1)
    }
    // One table cannot be left out.
    #expect(throws: AgreedFailure.self) {
      try InProcessCommunicator.run(ranks: 2) { communicator in
        let events = try LabelledEvents(
          featureTables: [files[0]], labels: [marks[0]], features: nil, over: communicator)
        var training = fixtures[0].training()
        training.leavesOut = .tables
        _ = try training.run(
          events, network: nil, realFiles: [], fakeFiles: [], over: communicator, onStep: { _ in })
      }
    }
  }

  @Test("a copy of the picker is written with the model, and checked when it is read")
  func pickerCopy() throws {
    let fixture = try HybridFixture()
    let scores = fixture.scores
    let picker: [String: [UInt8]] = ["model.safetensors": [9, 8, 7], "card.json": Array("{}".utf8)]
    let model = try #require(
      try fixture.run(ranks: 2) {
        HybridTraining.Network(scores: .ready(scores), pickerFiles: picker, files: { HybridFixture.files })
      }.first)
    let path = fixture.folder.path("model")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try model.write(to: path)
    #expect(try fixture.folder.bytes("model/picker/model.safetensors") == [9, 8, 7])
    for loaded in try ModelFolderTests.load(path, ranks: 2) {
      #expect(loaded.card == model.card && loaded.pickerFiles == picker)
    }
    try fixture.folder.write("model/picker/model.safetensors", [UInt8]([9, 8, 6]))
    let error = #expect(throws: AgreedFailure.self) { try ModelFolderTests.load(path, ranks: 2) }
    #expect(error?.exitCode == 65 && error?.description.contains("picker/model.safetensors") == true)
  }

  @Test("too few scores, or the wrong number of them, are an error on all ranks")
  func refused() throws {
    let fixture = try HybridFixture(count: 60)
    let few = Dictionary(uniqueKeysWithValues: fixture.scores.sorted { $0.key < $1.key }.prefix(12).map { ($0, $1) })
    let error = #expect(throws: AgreedFailure.self) {
      try fixture.run(ranks: 2) {
        HybridTraining.Network(scores: .ready(few), files: { HybridFixture.files })
      }
    }
    #expect(error?.description.contains("10 of each are needed") == true)
    #expect(throws: AgreedFailure.self) {
      try fixture.run(ranks: 2) {
        HybridTraining.Network(scores: .outOfFold { _, _ in [1] }, files: { HybridFixture.files })
      }
    }
  }

  @Test("without a network the folder is one of models on features, weighed on blocks of time")
  func shallowAlone() throws {
    let folder = try #require(try HybridFixture().run(ranks: 2).first)
    #expect(folder.card.kind == "shallow")
    #expect(folder.hybrid == nil && folder.card.hybrid == nil)
    #expect(folder.card.combination?.inputs == ["forest", "logistic"])
    #expect(folder.card.validation?.models.keys.sorted() == ["shallow"])
  }

  /// A written folder, and the rows of three events.
  private func written() throws -> (fixture: HybridFixture, model: ModelFolder, path: String) {
    let fixture = try HybridFixture()
    let scores = fixture.scores
    let model = try #require(
      try fixture.run(ranks: 1) {
        HybridTraining.Network(scores: .ready(scores), files: { HybridFixture.files })
      }.first)
    let path = fixture.folder.path("model")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try model.write(to: path)
    return (fixture, model, path)
  }

  @Test("what is written is read, the network's files too, on every rank")
  func roundTrip() throws {
    let (fixture, model, path) = try written()
    #expect(try fixture.folder.bytes("model/deep/model.safetensors") == HybridFixture.files["model.safetensors"])
    let rows = [5, 3, 0.5, 1, 3, 1, 0.2, -1, 4, 2, .nan, 0]
    let deep = [2.5, .nan, -40]
    let own = try rows.withUnsafeBufferPointer { try #require(model.hybrid).scores($0, deepLogOdds: deep) }
    for loaded in try ModelFolderTests.load(path, ranks: 3) {
      #expect(loaded.card == model.card)
      #expect(loaded.deepFiles == HybridFixture.files)
      let read = try rows.withUnsafeBufferPointer { try #require(loaded.hybrid).scores($0, deepLogOdds: deep) }
      #expect(read.probabilities == own.probabilities)
      #expect(read.contributions == own.contributions)
    }
    // Without waveforms the models on features decide; with them the parts add up.
    #expect(own.probabilities[1] == own.shallow[1] && own.deep[1].isNaN && own.deepContributions[1] == 0)
    #expect(own.deep[0] > 0.5 && own.deepContributions[0] > 0)
    #expect(own.deep[2] < 0.5 && own.deepContributions[2] < 0)
    #expect(own.probabilities[2] < own.shallow[2])
    #expect(throws: ComputeError.self) {
      try rows.withUnsafeBufferPointer { try #require(model.hybrid).scores($0, deepLogOdds: [1]) }
    }
  }

  @Test("parts of an explanation add up to how far the probability was moved")
  func explanation() throws {
    let (_, model, _) = try written()
    let hybrid = try #require(model.hybrid)
    let row = [5, 3, 0.5, 1.0]
    func scores(_ deep: Double) throws -> HybridModel.Scores {
      try row.withUnsafeBufferPointer { try hybrid.scores($0, deepLogOdds: [deep]) }
    }
    // The base does not depend on the event.
    func base(_ scores: HybridModel.Scores) -> Double {
      scores.probabilities[0] - scores.contributions.reduce(0, +) - scores.deepContributions[0]
    }
    let bases = try [-3, 0, 3].map { base(try scores($0)) }
    #expect(bases.allSatisfy { abs($0 - bases[0]) < 1e-9 && $0 > 0 && $0 < 1 })
  }

  @Test("a network's file that is changed, cut, or missing is named", arguments: ["model.safetensors", "card.json"])
  func damage(name: String) throws {
    let (fixture, _, path) = try written()
    let bytes = try fixture.folder.bytes("model/deep/\(name)")
    var changed = bytes
    changed[bytes.count / 2] ^= 1
    for content in [changed, Array(bytes.dropLast()), bytes + [0], []] {
      try fixture.folder.write("model/deep/\(name)", content)
      let error = #expect(throws: AgreedFailure.self) { try ModelFolderTests.load(path, ranks: 2) }
      #expect(error?.exitCode == 65)
      #expect(error?.description.contains("deep/\(name)") == true)
    }
    try FileManager.default.removeItem(atPath: "\(path)/deep/\(name)")
    let error = #expect(throws: AgreedFailure.self) { try ModelFolderTests.load(path) }
    #expect(error?.exitCode == 66)
    #expect(error?.description.contains("deep/\(name)") == true)
    try fixture.folder.write("model/deep/\(name)", bytes)
    _ = try ModelFolderTests.load(path)
  }

  @Test("a card whose combination is not one of its models is refused")
  func combination() throws {
    let (_, model, _) = try written()
    var card = model.card
    card.hybrid?.combination.inputs = ["forest", "deep"]
    #expect(throws: ComputeError.self) {
      try ModelFolder(card: card, ensemble: model.ensemble, deepFiles: model.deepFiles)
    }
    card = model.card
    card.hybrid?.combination.weights[0] = -1
    #expect(throws: ComputeError.self) {
      try ModelFolder(card: card, ensemble: model.ensemble, deepFiles: model.deepFiles)
    }
  }
}
