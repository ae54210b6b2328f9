import SeismicFormats
import TestSupport
import Testing

@Suite("Nordic")
struct NordicTests {
  @Test(
    "a folder of S-files has the events, picks and values that ObsPy finds",
    .enabled(if: SharedData.has("archive/nz-alpinefault-2013"), "the shared data is not here"))
  func folder() throws {
    let path = SharedData.path("archive/nz-alpinefault-2013/REA/TEST_")
    #expect(try CatalogFormat.recognise(path) == .nordic)
    let events = try CatalogReading(path).catalog.events
    #expect(events.count == 32)
    let picks = events.flatMap(\.picks)
    #expect(picks.count == 304)
    #expect(picks.filter { $0.phaseHint == "P" }.count == 157 && picks.filter { $0.phaseHint == "S" }.count == 147)
    // Milliseconds since 1970 are whole numbers, so their sum is exact.
    func milliseconds(_ time: UTCTime) -> Int64 { time.seconds * 1000 + Int64(time.nanoseconds) / 1_000_000 }
    #expect(picks.reduce(0) { $0 + milliseconds($1.time.value) } == 419_196_303_085_780)
    let origins = events.compactMap(\.preferredOrigin)
    #expect(origins.reduce(0) { $0 + milliseconds($1.time.value) } == 44_127_540_538_000)
    #expect(abs(origins.reduce(0) { $0 + $1.latitude.value } + 1386.942) < 1e-9)
    #expect(abs(origins.reduce(0) { $0 + $1.longitude.value } - 5451.693) < 1e-9)
    #expect(abs(origins.reduce(0) { $0 + ($1.depth?.value ?? 0) } - 247_500) < 1e-6)
    #expect(abs(events.flatMap(\.magnitudes).reduce(0) { $0 + $1.mag.value } - 35.5) < 1e-9)
    let amplitudes = events.flatMap(\.amplitudes)
    #expect(amplitudes.count == 184)
    #expect(abs(amplitudes.reduce(0) { $0 + $1.genericAmplitude.value } - 3.2529e-6) < 1e-15)
    #expect(abs(amplitudes.reduce(0) { $0 + ($1.period?.value ?? 0) } - 46.526) < 1e-9)
    #expect(Set(events.map(\.publicID)).count == 32)
    #expect(origins.allSatisfy { origin in origin.arrivals.count > 0 })
  }

  @Test(
    "one S-file, value by value",
    .enabled(if: SharedData.has("archive/nz-alpinefault-2013"), "the shared data is not here"))
  func values() throws {
    let path = SharedData.path("archive/nz-alpinefault-2013/REA/TEST_/05-0208-14L.S201309")
    let event = try #require(try CatalogReading(path).catalog.events.first)
    #expect(event.publicID == "20130905020816")
    #expect(event.comments.map(\.text) == ["waveform file: 2013-09-05-0207-34.DFDPC_036_00"])
    let origin = event.origins[0]
    #expect(origin.time.value == UTCTime("2013-09-05T02:08:14.3Z"))
    #expect(origin.depth?.value == 8200 && origin.quality?.azimuthalGap == 88 && origin.quality?.usedStationCount == 11)
    #expect(origin.time.errors?.uncertainty == 0.34 && origin.depth?.errors?.uncertainty == 2600)
    #expect(event.magnitudes.map(\.mag.value) == [1.2] && event.magnitudes[0].type == "ML")
    let pick = event.picks[0]
    #expect(pick.waveformID.stationCode == "GCSZ" && pick.waveformID.channelCode == "SZ" && pick.onset == "impulsive")
    #expect(pick.time.value == UTCTime("2013-09-05T02:08:15.95Z"))
    let arrival = origin.arrivals[0]
    #expect(arrival.takeoffAngle?.value == 142 && arrival.timeResidual == 0.11 && arrival.timeWeight == 1)
    #expect(arrival.azimuth == 303 && arrival.pickID == pick.publicID)
    #expect(event.picks.filter { !$0.comments.isEmpty }.map { $0.comments[0].text }.first == "weight: 2")
  }

  @Test(
    "odd files: no header, seconds above 60, past midnight, more decimals, DOS line ends",
    .enabled(if: SharedData.has("badfiles/phase-files/nordic"), "the shared data is not here"))
  func odd() throws {
    func event(_ name: String) throws -> Event {
      let reading = try CatalogReading(SharedData.path("badfiles/phase-files/nordic/\(name)"))
      #expect(reading.error == nil && reading.catalog.events.count == 1)
      return try #require(reading.catalog.events.first)
    }
    let overflow = try event("sfile_seconds_overflow")
    #expect(overflow.picks.map(\.time.value) == [UTCTime("2009-07-02T06:50:40.24Z")])
    #expect(overflow.origins[0].time.value == UTCTime("2009-07-02T06:50:37.984Z"))
    #expect(overflow.origins[0].depth?.value == 8489)
    let midnight = try event("sfile_over_day")
    #expect(midnight.picks[0].time.value == UTCTime("2016-09-12T00:00:03.33Z"))
    let precise = try event("sfile_high_precision_picks")
    #expect(precise.picks[0].time.value == UTCTime("2010-11-26T01:28:46.859Z"))
    #expect(precise.picks[0].waveformID.stationCode == "LSd1" && precise.picks[0].phaseHint == "Pg")
    #expect(precise.origins[0].latitude.value == 37.3239 && precise.origins[0].longitude.value == -32.29291)
    let dos = try event("dos-file.sfile")
    #expect(dos.picks.count == 12 && dos.origins.count == 1 && dos.type == "explosion")
    #expect(dos.picks[10].polarity == "positive" && dos.picks[10].phaseHint == "PG")
    #expect(dos.magnitudes.map(\.mag.value) == [5.9, 3.3] && dos.magnitudes.map(\.type) == ["Mc", "Mw"])
    let bare = try event("Sfile_no_header")
    #expect(bare.origins.isEmpty && bare.picks.count == 118)
    #expect(bare.picks[0].time.value == UTCTime("2009-12-01T00:02:05.34Z"))
    #expect(try event("bad_picks.sfile").picks.count == 15)
  }

  @Test(
    "several events in a file; S-files cut or changed anywhere are read or refused",
    .enabled(if: SharedData.has("archive/nz-alpinefault-2013"), "the shared data is not here"))
  func damage() throws {
    let folder = try TemporaryFolder()
    let first = try FileInput(SharedData.path("archive/nz-alpinefault-2013/REA/TEST_/05-0208-14L.S201309")).prefix(
      1 << 16)
    let second = try FileInput(SharedData.path("badfiles/phase-files/nordic/dos-file.sfile")).prefix(1 << 16)
    let both = try CatalogReading(try folder.write("both", first + [10] + second + first))
    #expect(both.catalog.events.map(\.picks.count) == [15, 12, 15])
    #expect(Set(both.catalog.events.map(\.publicID)).count == 3)
    for length in stride(from: 1, to: first.count, by: 17) {
      let reading = try CatalogReading(try folder.write("cut", Array(first[..<length])))
      #expect(reading.catalog.events.count <= 1)
    }
    var generator = SeededGenerator(3)
    for _ in 0..<200 {
      var changed = first
      for _ in 0..<4 { changed[generator.below(changed.count)] = UInt8(generator.below(256)) }
      let reading = try CatalogReading(try folder.write("changed", changed))
      #expect(reading.catalog.events.allSatisfy { $0.picks.count <= 26 })
    }
  }

  @Test("a folder that holds something else, and the second Nordic form, are refused")
  func refused() throws {
    let folder = try TemporaryFolder()
    let header = " 2013  9 5 0208 14.3 L -43.341 170.380  8.2  VUW 11 0.1 1.2LVUW                1\n"
    try folder.write("a", header + "\n")
    #expect(try CatalogFormat.recognise(folder.url.path) == .nordic)
    try folder.write("b.csv", "id,time,latitude,longitude\n")
    let error = #expect(throws: FormatError.self) { try CatalogFormat.open(folder.url.path) }
    #expect(error?.kind == .unreadable && error?.found.contains("b.csv") == true)
    let heading = " STAT COM NTLO IPHASE   W HHMM SS.SSS   PAR1  PAR2 AGA OPE  AIN  RES W  DIS CAZ7\n"
    let reading = try CatalogReading(try folder.write("c", header + heading))
    #expect(reading.error?.kind == .unsupported && reading.error?.place == .line(2))
  }
}
