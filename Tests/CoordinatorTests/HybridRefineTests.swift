import Coordinator
import Foundation
import HSDLCompute
import MPI
import SeismicFormats
import TestSupport
import Testing
import Worker

/// A network that looks at how many stations have a P pick, and at nothing else.
private final class CountingNetwork: DeepScoring {
  func logit(of event: EventWindows) throws -> Double {
    // Of some events, whichever they are, it has nothing to say.
    guard (event.samples.first ?? 0) % 5 != 0 else { return .nan }
    return (0..<event.stationCount).reduce(-2) { $0 + Double(event[.hasP, $1]) }
  }
}

@Suite("Refining by a hybrid", .serialized)
struct HybridRefineTests {
  /// A small synthetic network, and a hybrid trained on its events.
  final class Fixture: Sendable {
    let folder: TemporaryFolder

    init() throws {
      folder = try TemporaryFolder()
      let folder = folder
      var synth = SynthJob(output: folder.path("synth"))
      synth.settings.seed = 3
      synth.settings.days = 2400.0 / 86_400
      synth.settings.stationCount = 6
      synth.settings.samplingRate = 25
      synth.settings.eventsPerDay = 1500
      var features = FeaturesJob(output: folder.path("features"))
      features.source = .catalog(input)
      let jobs = (synth, features)
      _ = try InProcessCommunicator.run(ranks: 2) { communicator in
        try jobs.0.run(over: communicator, report: Reporter(rank: 1))
      }
      _ = try InProcessCommunicator.run(ranks: 1) { try jobs.1.run(over: $0, report: Reporter(rank: 1)) }
      let known = try LabelledEvents.labels([folder.path("synth/labels.csv")])
      var random = SplitMix64(seed: 1)
      let scores = Dictionary(
        uniqueKeysWithValues: known.sorted { $0.key < $1.key }.map {
          ($0.key, ($0.value == .real ? 1 : -1) + random.normal())
        })
      var settings = ShallowSettings()
      settings.forestTrees = 10
      let shallow = ShallowTraining(kinds: [.forest, .logistic], settings: settings, costs: .usual)
      let (table, labels) = (folder.path("features/features.csv"), folder.path("synth/labels.csv"))
      let output = folder.path("model")
      _ = try InProcessCommunicator.run(ranks: 1) { communicator in
        let events = try LabelledEvents(
          featureTables: [table], labels: [labels], features: FeatureSet("picks,origin"), over: communicator)
        var training = HybridTraining(shallow)
        training.blocks = 3
        let model = try training.run(
          events,
          network: HybridTraining.Network(scores: .ready(scores), files: { ["model.safetensors": [1, 2, 3]] }),
          realFiles: [], fakeFiles: [], over: communicator, onStep: { _ in })
        try makeFolder(output)
        try model.write(to: output)
      }
    }

    var input: CatalogInput {
      var input = CatalogInput(
        catalogs: [folder.path("synth/automatic.xml")], archive: "sds:\(folder.path("synth/archive"))",
        stations: [folder.path("synth/stations.xml")], velocityModel: folder.path("synth/velocity.csv"))
      input.unitSize = 7
      return input
    }

    func refine(
      ranks: Int, unitSize: Int = 7, hasArchive: Bool = true
    ) throws -> (outcome: RefineJob.Outcome, files: [String: [UInt8]]) {
      let output = "out-\(UUID().uuidString)"
      var input = input
      input.unitSize = unitSize
      if !hasArchive { input.archive = nil }
      var job = RefineJob(.catalog(input), model: folder.path("model"), output: folder.path(output))
      job.deepScoring = { folder, _ in
        #expect(folder.hasSuffix("/model/deep"))
        return EventScorer(network: CountingNetwork(), maximumStations: 4)
      }
      let finished = job
      let outcome = try InProcessCommunicator.run(ranks: ranks) {
        try finished.run(over: $0, report: Reporter(rank: 1))
      }[0]
      var files: [String: [UInt8]] = [:]
      for name in try folder.names(output) where name != "run.json" {
        files[name] = try folder.bytes("\(output)/\(name)")
      }
      return (outcome, files)
    }
  }

  static let fixture = Result { try Fixture() }

  private func rows(_ files: [String: [UInt8]]) -> [[String]] {
    String(decoding: files["events.csv"] ?? [], as: UTF8.self).split(separator: "\n").map { line in
      Array(line.utf8).withUnsafeBufferPointer { csvFields($0) }
    }
  }

  @Test("the catalog is the same byte for byte on any number of ranks, for any size of units", arguments: 1...4)
  func invariance(ranks: Int) throws {
    let fixture = try Self.fixture.get()
    let expected = try fixture.refine(ranks: 1)
    #expect(expected.outcome.events > 20)
    for unitSize in ranks == 1 ? [3, 1000] : [7] {
      let other = try fixture.refine(ranks: ranks, unitSize: unitSize)
      #expect(other.files.keys.sorted() == expected.files.keys.sorted())
      let different = expected.files.keys.sorted().filter { expected.files[$0] != other.files[$0] }
      #expect(different == [], "\(ranks) ranks, units of \(unitSize)")
      #expect(other.outcome.deepEvents == expected.outcome.deepEvents)
    }
  }

  @Test("events with waveforms have the probabilities of both sides, others that of the features")
  func columns() throws {
    let fixture = try Self.fixture.get()
    let result = try fixture.refine(ranks: 2)
    let all = rows(result.files)
    let header = try #require(all.first)
    #expect(
      Array(header.prefix(11)) == [
        "event_id", "time", "latitude", "longitude", "depth_km", "magnitude", "label", "probability_real",
        "probability_shallow", "probability_deep", "reason",
      ])
    var seen = 0
    for row in all.dropFirst() {
      let (real, shallow) = (Double(row[7]), Double(row[8]))
      if row[9].isEmpty {
        #expect(row[7] == row[8])
        #expect(!row[10].contains("waveform network"))
      } else {
        seen += 1
        let deep = try #require(Double(row[9]))
        #expect(deep > 0 && deep < 1 && shallow != nil && real != nil)
      }
    }
    #expect(seen > 5 && seen == result.outcome.deepEvents)
    let kept = String(decoding: result.files["refined.xml"] ?? [], as: UTF8.self)
    #expect(kept.contains("network on waveforms"))
    #expect(kept.contains("(features 0.") && kept.contains(", waveforms 0."))
    #expect(all.dropFirst().contains { $0[10].contains("waveform network 0.") })
  }

  @Test("without an archive the features decide alone")
  func withoutArchive() throws {
    let fixture = try Self.fixture.get()
    let result = try fixture.refine(ranks: 2, hasArchive: false)
    #expect(result.outcome.deepEvents == 0)
    #expect(rows(result.files).dropFirst().allSatisfy { $0[9].isEmpty && $0[7] == $0[8] })
  }

  @Test("a refined catalog is measured by labels: all models, intervals, reliability, decisions")
  func measured() throws {
    let fixture = try Self.fixture.get()
    let result = try fixture.refine(ranks: 1)
    try fixture.folder.write("events.csv", result.files["events.csv"] ?? [])
    let output = fixture.folder.path("measures-\(UUID().uuidString)")
    let job = EvaluateEventsJob(
      events: [fixture.folder.path("events.csv")], labels: [fixture.folder.path("synth/labels.csv")], output: output)
    _ = try InProcessCommunicator.run(ranks: 2) { try job.run(over: $0, report: Reporter(rank: 1)) }
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(output)/metrics.json"))
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let models = try #require(json["models"] as? [String: [String: Any]])
    #expect(Set(models.keys) == ["hybrid", "shallow", "deep", "forest", "logistic"])
    for (name, model) in models {
      let bins = try #require(model["reliability"] as? [[String: Any]], "\(name)")
      let count = bins.reduce(0) { $0 + ($1["count"] as? Int ?? 0) }
      #expect(count == model["n_scored"] as? Int)
      let decisions = try #require(model["decisions"] as? [String: Any])
      let kinds = ["kept_real", "lost_real", "reviewed_real", "kept_fake", "rejected_fake", "reviewed_fake"]
      #expect(kinds.reduce(0) { $0 + (decisions[$1] as? Int ?? 0) } == count)
      #expect((model["interval_95"] as? [String: Any])?["brier"] != nil)
    }
    #expect((json["differences"] as? [String: Any])?["hybrid - shallow"] != nil)
    #expect(json["n_events"] as? Int ?? 0 > 20)
  }

  @Test(
    "a table of events that cannot be used is named",
    arguments: [
      ("event_id,time\na,b\n", "line 1"), ("event_id,time,probability_real\na,2020-01-01T00:00:00Z\n", "line 2"),
      ("event_id,time,probability_real\nnobody,2020-01-01T00:00:00Z,0.5\n", "is labelled real or fake"),
      ("", "it is empty"),
    ])
  func wrong(text: String, message: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("events.csv", text)
    try folder.write("labels.csv", "event_id,label\na,real\n")
    let job = EvaluateEventsJob(
      events: [folder.path("events.csv")], labels: [folder.path("labels.csv")], output: folder.path("out"))
    let error = #expect(throws: AgreedFailure.self) {
      _ = try InProcessCommunicator.run(ranks: 2) { try job.run(over: $0, report: Reporter(rank: 1)) }
    }
    #expect(error?.description.contains(message) == true)
  }
}
