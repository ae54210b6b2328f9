import SeismicFormats
import TestSupport
import Testing

@Suite("HYPO71 phase files")
struct Hypo71Tests {
  @Test(
    "published phase files, value by value",
    .enabled(if: SharedData.has("archive/corinth-20100118"), "the shared data is not here"))
  func corinth() throws {
    let folder = "archive/corinth-20100118/2010.01.18-17.03.51"
    let path = SharedData.path(folder + ".phs")
    #expect(try CatalogFormat.recognise(path) == .hypo71)
    let reading = try CatalogReading(path)
    let event = try #require(reading.catalog.events.first)
    #expect(reading.error == nil && reading.problems.isEmpty && reading.catalog.events.count == 1)
    #expect(event.picks.count == 32)
    #expect(event.picks.filter { $0.phaseHint == "P" }.count == 18)
    #expect(event.publicID == "20100118170408" && event.origins.isEmpty)
    #expect(event.picks[0].waveformID.stationCode == "TRIZ" && event.picks[0].onset == "emergent")
    #expect(event.picks[0].time.value == UTCTime("2010-01-18T17:04:09.69Z") && event.picks[0].polarity == "positive")
    #expect(event.picks[1].time.value == UTCTime("2010-01-18T17:04:12.47Z") && event.picks[1].phaseHint == "S")
    #expect(event.picks[1].comments.map(\.text) == ["weight: 1"] && event.picks[0].comments.isEmpty)
    let other = try CatalogReading(SharedData.path(folder + ".pha")).catalog.events
    #expect(other.map { $0.picks.count } == [9])
    #expect(other[0].picks[2].time.value == UTCTime("2010-01-18T17:04:10.66Z"))
  }

  @Test(
    "formats of phases that are not read are named",
    .enabled(if: SharedData.has("association-location") && SharedData.has("badfiles"), "the shared data is not here"),
    arguments: [
      ("association-location/hypodd-hayward/El16.arc", "HypoInverse"),
      ("seqt/catalogs/eqt_hypoInverse.sum", "HypoInverse"),
      ("association-location/hypodd-hayward/El16.pha", "HypoDD"),
      ("badfiles/phase-files/nonlinloc/nlloc.hyp", "NonLinLoc"),
      ("archive/iceland-dike-2014/20140824000109140.event", "QuakeMigrate"),
    ])
  func others(path: String, name: String) {
    let error = #expect(throws: FormatError.self) { try CatalogFormat.open(SharedData.path(path)) }
    #expect(error?.kind == .unsupported && error?.found.contains(name) == true, "\(error?.found ?? "")")
  }

  @Test("several events, seconds above 60, bad lines, and lines cut or changed anywhere")
  func lines() throws {
    let folder = try TemporaryFolder()
    let text = """
      AGE IPU0 991231235958.80       74.11IS 3
      bad line
      AIO EPD2 991231235961.68
                       10
      AGE IP 0 000101000001.00

      """
    let reading = try CatalogReading(try folder.write("a.pha", text))
    #expect(reading.catalog.events.map { $0.picks.count } == [3, 1])
    #expect(reading.problems.map(\.line) == [2])
    let picks = reading.catalog.events[0].picks
    #expect(picks[1].time.value == UTCTime("2000-01-01T00:00:14.11Z"))
    #expect(picks[2].time.value == UTCTime("2000-01-01T00:00:01.68Z") && picks[2].polarity == "negative")
    var generator = SeededGenerator(9)
    let bytes = Array(text.utf8)
    for _ in 0..<500 {
      var changed = Array(bytes[..<(1 + generator.below(bytes.count))])
      changed[generator.below(changed.count)] = UInt8(generator.below(256))
      #expect(try CatalogReading(try folder.write("b.pha", changed)).catalog.events.count <= 4)
    }
  }
}
