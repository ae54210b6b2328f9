import Foundation
import HSDLCompute
import MPI
import SeismicFormats
import TestSupport
import Testing
import Worker

@Suite("Model folders")
struct ModelFolderTests {
  static func train(_ folder: TemporaryFolder) throws -> ModelFolder {
    let synthetic = SyntheticPicks(seed: 3)
    var texts = [SyntheticPicks.header, SyntheticPicks.header]
    for number in 0..<200 {
      let event = synthetic.event(number)
      texts[Int(event.kind.label)] += event.rows
    }
    try folder.write("fake.csv", texts[0])
    try folder.write("real.csv", texts[1])
    var settings = ShallowSettings()
    settings.forestTrees = 5
    settings.boostingRounds = 5
    settings.calibrationFolds = 2
    let training = ShallowTraining(kinds: [.forest, .boosting, .svm, .logistic], settings: settings, costs: .usual)
    return try InProcessCommunicator.run(ranks: 1) { communicator in
      let picks = try LabelledEvents(
        real: [folder.path("real.csv")], fake: [folder.path("fake.csv")], features: .hsdl8, over: communicator)
      return try training.run(
        picks, realFiles: ["real.csv"], fakeFiles: ["fake.csv"], scores: [:], scoring: "", over: communicator,
        onStep: { _ in })
    }[0]
  }

  static func load(_ path: String, ranks: Int = 1) throws -> [ModelFolder] {
    try InProcessCommunicator.run(ranks: ranks) { try ModelFolder.load(path, over: $0) }
  }

  @Test("what is written is read, on every rank")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let model = try Self.train(folder)
    try FileManager.default.createDirectory(atPath: folder.path("model"), withIntermediateDirectories: true)
    try model.write(to: folder.path("model"))
    for loaded in try Self.load(folder.path("model"), ranks: 3) {
      #expect(loaded.card == model.card)
      let rows = [12, 0.7, 0.4, 0.5, 0.2, 0.1, 0.9, 0.8, 4, 0, 0.1, .nan, 0.1, .nan, 0.3, .nan]
      let own = try rows.withUnsafeBufferPointer { try model.ensemble.scores($0) }
      let read = try rows.withUnsafeBufferPointer { try loaded.ensemble.scores($0) }
      #expect(read.probabilities == own.probabilities)
      #expect(read.contributions == own.contributions)
    }
  }

  @Test("a change of any byte is noticed")
  func tampering() throws {
    let folder = try TemporaryFolder()
    let model = try Self.train(folder)
    let path = folder.path("model")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try model.write(to: path)
    var random = SplitMix64(seed: 1)
    let files = try #require(FileManager.default.enumerator(atPath: path)).compactMap { $0 as? String }
      .filter { $0.contains(".") }.sorted()
    #expect(files.count >= 5)
    for file in files {
      let bytes = try folder.bytes("model/\(file)")
      for _ in 0..<12 {
        var changed = bytes
        let place = Int.random(in: 0..<bytes.count, using: &random)
        // Blanks outside of the card's texts mean nothing; everything else does.
        guard bytes[place] > 32 else { continue }
        changed[place] = changed[place] == 48 ? 49 : 48
        try folder.write("model/\(file)", changed)
        let error = #expect(throws: AgreedFailure.self) { try Self.load(path) }
        #expect(error?.exitCode == 65, "\(file), byte \(place): \(error.map { "\($0)" } ?? "")")
      }
      try folder.write("model/\(file)", bytes)
    }
    _ = try Self.load(path)
    try FileManager.default.removeItem(atPath: "\(path)/\(files[1])")
    #expect(throws: AgreedFailure.self) { try Self.load(path) }
  }

  @Test("a folder that is none, or holds no model, is named")
  func missing() throws {
    let folder = try TemporaryFolder()
    let missing = #expect(throws: AgreedFailure.self) { try Self.load(folder.path("nowhere"), ranks: 2) }
    #expect(missing?.exitCode == 66)
    #expect(missing?.description.contains("there is no such folder") == true)
    let empty = #expect(throws: AgreedFailure.self) { try Self.load(folder.url.path) }
    #expect(empty?.exitCode == 66)
    try folder.write("file", "x")
    #expect(throws: AgreedFailure.self) { try Self.load(folder.path("file")) }
  }
}
