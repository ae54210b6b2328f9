import Foundation
import TestSupport
import Testing

@Suite("Real data")
struct RealDataTests {
  @Test(
    "Trained on database 1 and tested on database 2, without the events of both",
    .enabled(if: SharedData.has("hsdl"), "the shared data is not here"))
  func evaluate() throws {
    let place = try Workplace()
    func path(_ name: String) -> String { SharedData.path("hsdl/\(name)") }
    let command =
      "evaluate --real \(path("all_real_picks.csv")) --fake \(path("all_fake_picks.csv")) "
      + "--test-real \(path("output_real_picks_test_2_test_2.csv")) "
      + "--test-fake \(path("output_fake_picks_test_2_test_2.csv")) --models forest --repeats 3 --quiet"
    let outcome = try place.succeed("\(command) --output out", ranks: 2)
    #expect(
      outcome.output.hasPrefix(
        "398 of the 1505 test events are training events too and were removed from the test\n"
          + "trained on 398 events, tested on 1107 others (307 real, 800 fake); 3 seeds\n"))
    let metrics = try metrics(of: "out", place)
    #expect(metrics["n_overlap"] as? Int == 398)
    #expect(metrics["overlap_removed"] as? Bool == true)
    #expect(metrics["n_events"] as? Int == 1107)
    #expect(try forestAccuracy(metrics) >= 0.986)
    #expect(try place.folder.text("out/predictions.csv").split(separator: "\n").count == 1108)

    let kept = try place.succeed("\(command) --output kept --keep-overlap --repeats 1")
    #expect(
      kept.errorLines == [
        "hsdl-mpi: warning: 398 of the 1505 test events are training events too; these scores say nothing about new events"
      ])
    #expect(kept.output.hasPrefix("trained on 398 events, tested on 1505 (508 real, 997 fake); 1 seeds\n"))
    #expect(try self.metrics(of: "kept", place)["n_events"] as? Int == 1505)
  }

  private func metrics(of folder: String, _ place: Workplace) throws -> [String: Any] {
    let data = Data(try place.folder.bytes("\(folder)/metrics.json"))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func forestAccuracy(_ metrics: [String: Any]) throws -> Double {
    let forest = (metrics["models"] as? [String: Any])?["forest"] as? [String: Any]
    return try #require((forest?["accuracy"] as? [String: Any])?["mean"] as? Double)
  }

  @Test("A model of database 1 refines database 2", .enabled(if: SharedData.has("hsdl"), "the shared data is not here"))
  func refine() throws {
    let place = try Workplace()
    func path(_ name: String) -> String { SharedData.path("hsdl/\(name)") }
    try place.succeed(
      "train shallow --real \(path("all_real_picks.csv")) --fake \(path("all_fake_picks.csv")) --models forest "
        + "--output m --quiet", ranks: 2)
    let picks = "\(path("output_real_picks_test_2_test_2.csv")) \(path("output_fake_picks_test_2_test_2.csv"))"
    let outcome = try place.succeed("refine --no-report --picks \(picks) --model m --output out --quiet", ranks: 2)
    #expect(outcome.output.hasPrefix("1505 events: "))
    #expect(outcome.errorOutput == "")
    #expect(try place.folder.text("out/events.csv").split(separator: "\n").count == 1506)
    let summary = try place.succeed("inspect out/refined.xml").output
    #expect(!summary.contains("could not be understood"))
  }

  /// The files of a folder of the shared data and what is in them.
  private static func files(_ folder: String) -> [String] {
    let names = FileManager.default.enumerator(atPath: SharedData.path(folder))?.allObjects as? [String] ?? []
    return names.map { SharedData.path("\(folder)/\($0)") }.filter { path in
      var isDirectory: ObjCBool = false
      return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory.boolValue
    }.sorted()
  }

  @Test(
    "Every catalog is read, or refused in one line that names it; what is converted is read again",
    .enabled(if: SharedData.has("archive/catalogs"), "the shared data is not here"),
    arguments: ["archive/catalogs", "badfiles/quakeml", "badfiles/catalog-csv", "badfiles/seiscompml"])
  func everyCatalog(folder: String) throws {
    let place = try Workplace()
    let files = Self.files(folder)
    var read = 0
    #expect(!files.isEmpty)
    for file in files {
      let summary = try place.run("inspect \(file)")
      let converted = try place.run("convert \(file) x.xml --overwrite")
      if summary.output.contains(": SeisComP inventory, ") || summary.output.contains(": station table, ") {
        // Stations can be inspected and are no catalog.
        #expect(converted.exitCode == 65)
        continue
      }
      #expect(summary.exitCode == converted.exitCode, "\(file)")
      if summary.exitCode == 0 {
        read += 1
        #expect(summary.errorOutput == "")
        #expect(summary.output.hasPrefix("\(file): "))
        // The same counts of everything.
        let again = try place.succeed("inspect x.xml").output.split(separator: "\n")
        let counts = summary.output.split(separator: "\n")
        #expect(again.count > 1 && again[1] == counts[1], "\(file)")
      } else {
        #expect(summary.exitCode == 65)
        #expect(summary.errorLines.count == 1)
        #expect(summary.errorOutput.hasPrefix("hsdl-mpi: error: \(file)"))
        #expect(summary.errorOutput == converted.errorOutput)
      }
    }
    let refused = ["archive/catalogs": 2, "badfiles/seiscompml": 2][folder] ?? 0
    #expect(read == files.count - refused)
  }
}
