import Coordinator
import Foundation
import HSDLCompute
import MPI
import SeismicFormats
import TestSupport
import Testing

@Suite("Making a synthetic network")
struct SynthJobTests {
  private func job(_ output: String, seed: UInt64 = 1) -> SynthJob {
    var job = SynthJob(output: output)
    job.settings.seed = seed
    // Ten minutes on both sides of midnight.
    job.settings.start = UTCTime(seconds: 1_704_067_200 + 86_100)
    job.settings.days = 600.0 / 86_400
    job.settings.stationCount = 5
    job.settings.samplingRate = 25
    job.settings.eventsPerDay = 1500
    return job
  }

  /// All files below a folder, by their paths.
  private func contents(_ folder: String) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    let walk = FileManager.default.enumerator(atPath: folder)
    while let path = walk?.nextObject() as? String {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: "\(folder)/\(path)", isDirectory: &isFolder), !isFolder.boolValue
      else { continue }
      // It tells of the run, not of the network.
      if path == "run.json" { continue }
      files[path] = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)")))
    }
    return files
  }

  private func run(_ job: SynthJob, ranks: Int) throws -> SynthJob.Outcome {
    let outcomes = try InProcessCommunicator.run(ranks: ranks) { communicator in
      try job.run(over: communicator, report: Reporter(rank: 1))
    }
    return try #require(outcomes.first)
  }

  @Test("every file is the same for any number of ranks, and another seed's is not")
  func ranks() throws {
    let place = try TemporaryFolder()
    let alone = try run(job(place.path("1")), ranks: 1)
    let files = try contents(place.path("1"))
    #expect(files.count > 30)
    for ranks in 2...4 {
      #expect(try run(job(place.path("\(ranks)")), ranks: ranks) == alone)
      let others = try contents(place.path("\(ranks)"))
      #expect(others.keys.sorted() == files.keys.sorted())
      let different = files.keys.sorted().filter { files[$0] != others[$0] }
      #expect(different == [])
    }
    _ = try run(job(place.path("other"), seed: 2), ranks: 1)
    let other = try contents(place.path("other"))
    for name in ["stations.xml", "truth.xml", "automatic.xml", "velocity.csv"] { #expect(other[name] != files[name]) }
  }

  @Test("the files say the same of each other")
  func agreement() throws {
    let place = try TemporaryFolder()
    let folder = place.path("out")
    let outcome = try run(job(folder), ranks: 2)
    let automatic = try QuakeMLReader("\(folder)/automatic.xml").readAll().events
    let truth = try QuakeMLReader("\(folder)/truth.xml").readAll().events
    #expect(truth.count == outcome.earthquakes && truth.count > 10)
    #expect(automatic.count == outcome.events.values.reduce(0, +) && automatic.count > 10)
    let lines = try String(contentsOfFile: "\(folder)/labels.csv", encoding: .utf8).split(separator: "\n")
    #expect(lines.first == "event_id,label,reason,truth_id,duplicate_of")
    let rows = lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    #expect(rows.map { $0[0] } == automatic.map(\.tableID))
    for label in ["real", "fake", "duplicate"] {
      #expect(rows.count { $0[1] == label } == outcome.count(label: label))
    }
    let known = Set(truth.map(\.tableID))
    #expect(rows.allSatisfy { $0[3].isEmpty || known.contains($0[3]) })
    // Probabilities come back, and stations are those of the inventory.
    let inventory = try StationXMLReader("\(folder)/stations.xml").readAll()
    let codes = Set(inventory.stations.map(\.id.code))
    #expect(codes.count == 5)
    for pick in automatic.flatMap(\.picks) {
      #expect(pick.probability.map { $0 > 0 && $0 < 1 } ?? false)
      #expect(codes.contains(pick.waveformID.stationCode))
    }
    // The archive has a file for each channel and each of the two days.
    let files = try contents("\(folder)/archive").keys
    #expect(files.count == 2 * inventory.stations.reduce(0) { $0 + $1.channels.count })
    #expect(files.contains { $0.hasSuffix(".D.2024.001") } && files.contains { $0.hasSuffix(".D.2024.002") })
  }

  @Test("results that are there are left alone, or replaced when that is wanted")
  func overwriting() throws {
    let place = try TemporaryFolder()
    var job = job(place.path("out"))
    job.settings.days = 60.0 / 86_400
    _ = try run(job, ranks: 1)
    _ = try place.write("out/archive/old", "old")
    // The same job is done already; another one does not touch its results.
    _ = try run(job, ranks: 1)
    var other = job
    other.settings.seed += 1
    #expect(throws: AgreedFailure.self) { try run(other, ranks: 1) }
    #expect(try contents(place.path("out"))["archive/old"] != nil)
    job.overwrites = true
    _ = try run(job, ranks: 1)
    #expect(try contents(place.path("out"))["archive/old"] == nil)
    job.settings.samplingRate = 0
    #expect(
      throws: AgreedFailure(
        rank: 0, exitCode: 64, description: "the sampling rate must be a whole number from 10 to 1000")
    ) {
      try run(job, ranks: 1)
    }
  }
}
