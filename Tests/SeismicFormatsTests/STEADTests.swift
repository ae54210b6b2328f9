import SeismicFormats
import TestSupport
import Testing

/// Samples that rise evenly.
func ramp(_ first: Float, _ step: Float, _ count: Int) -> Samples {
  .float32((0..<count).map { first + step * Float($0) })
}

@Suite("STEAD")
struct STEADTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test("attributes of all kinds, both orders of dimensions, packed and plain")
  func small() throws {
    let file = try STEADFile(try folder.write("a.hdf5", HDF5Fixtures.stead))
    #expect(file.count == 3)
    let row = try file.row(0)
    #expect(row.name == "ABC.XX_20200102030405_EV")
    #expect(row.station == StationID(network: "XX", code: "ABC") && row.sensor == "HH")
    #expect(row.start == UTCTime("2020-01-02T03:04:05.12Z") && row.category == .earthquake)
    #expect(row.p == .init(sample: 7, status: "manual", weight: 0.5) && row.s == .init(sample: 12))
    #expect(row.codaEnd == 15 && row.snr == [1.5, 2.5, 3.5])
    #expect(row.source.depth == nil && row.source.magnitude == 1.25 && row.source.id == "77")
    #expect(row.place?.latitude == 10.5 && row.place?.longitude == -20.25)
    #expect(row.columns == [Event.Column(name: "source_magnitude_author", value: "Zürich")])
    let noise = try file.row(1)
    #expect(noise.category == .noise && noise.p == nil && noise.s == nil && noise.codaEnd == 9)
    #expect(noise.snr == [56.8, 55.4, 47] && noise.station.network == "XX")
    #expect(noise.start == UTCTime("2020-01-02T03:04:05.22Z"))
    // Columns are east, north, vertical; traces are vertical, north, east.
    let traces = try file.waveform(0)
    #expect(traces.map(\.id.channel) == ["HHZ", "HHN", "HHE"])
    for (column, trace) in traces.enumerated() {
      #expect(trace.samples == ramp(Float(2 - column), 3, 20))
      #expect(trace.samplingRate == 100 && trace.start == row.start)
    }
    let other = try file.waveform(2)
    #expect(other[0].samples == ramp(2.5, 3, 20))
    #expect(try file.row(2).category == .earthquake)
    for index in [-1, 3, Int.max, Int.min] {
      #expect(throws: FormatError.self) { try file.row(index) }
      #expect(throws: FormatError.self) { try file.waveform(index) }
    }
  }

  @Test("read by station and time")
  func archive() throws {
    let file = try STEADFile(try folder.write("a.hdf5", HDF5Fixtures.stead))
    #expect(file.streams.map(\.description) == ["XX.ABC..HHE", "XX.ABC..HHN", "XX.ABC..HHZ"])
    let start = try #require(UTCTime("2020-01-02T03:04:05.12Z"))
    let span = start.advanced(by: 0.15)..<start.advanced(by: 0.25)
    #expect(file.mayHave(file.streams[2], in: span))
    let traces = try file.read(file.streams[2], in: span) { Issue.record("\($0)") }
    #expect(traces.map(\.samples) == [ramp(47, 3, 5), ramp(-17, -3, 10)])
    #expect(traces.map(\.start) == [start.advanced(by: 0.15), start.advanced(by: 0.15)])
    #expect(try file.read(StreamID(network: "XX", station: "ABC", channel: "HHX"), in: span) { _ in }.isEmpty)
    #expect(!file.mayHave(file.streams[0], in: start.advanced(by: 10)..<start.advanced(by: 20)))
  }

  @Test("a file whose contents were found elsewhere gives the same rows and waveforms", arguments: [false, true])
  func known(hasTable: Bool) throws {
    let path = try folder.write("a.hdf5", HDF5Fixtures.stead)
    if hasTable {
      try folder.write(
        "a.csv", "p_arrival_sample,trace_name\n8,ABC.XX_20200102030406_NO\n\n9,ABC.XX_20200102030405_EV\n")
    }
    let first = try STEADFile(path, findsByTime: false)
    #expect(first.streams.isEmpty)
    let whole = try STEADFile(path)
    let bytes = whole.contents.bytes
    let second = try STEADFile(path, contents: try #require(STEADFile.Contents(bytes: bytes)))
    #expect(second.streams == whole.streams && second.streams.isEmpty == hasTable)
    #expect(STEADFile.Contents(bytes: first.contents.bytes) == first.contents)
    for length in 0..<bytes.count { #expect(STEADFile.Contents(bytes: Array(bytes[..<length])) == nil) }
    #expect(second.count == whole.count && first.count == whole.count && second.count == (hasTable ? 2 : 3))
    for index in 0..<whole.count {
      #expect(try second.row(index) == whole.row(index))
      #expect(try second.waveform(index).map(\.samples) == whole.waveform(index).map(\.samples))
    }
    #expect(second.contents == whole.contents)
  }

  @Test("a table of the same name counts before attributes, and says what does not belong to it")
  func table() throws {
    let path = try folder.write("a.hdf5", HDF5Fixtures.stead)
    let header = "network_code,receiver_code,receiver_type,p_arrival_sample,snr_db,coda_end_sample,trace_start_time,"
    try folder.write(
      "a.csv",
      header + """
        trace_category,trace_name
        QQ,ABC,BH,8.0,[ 56.79999924  55.40000153  47.40000153],[[ 2896.]],2020-01-02 03:04:05.120000,noise,ABC.XX_20200102030406_NO
        QQ,NOT,BH,,,,2020-01-02 03:04:05,noise,NOT.XX_20200102030406_NO

        """)
    let file = try STEADFile(path)
    #expect(file.count == 2)
    #expect(try file.row(0).station.network == "QQ" && file.row(0).p?.sample == 8)
    #expect(try file.row(0).snr.count == 3 && file.row(0).codaEnd == 2896)
    #expect(try file.waveform(0).map(\.id.description) == ["QQ.ABC..BHZ", "QQ.ABC..BHN", "QQ.ABC..BHE"])
    #expect(throws: FormatError.self) { try file.waveform(1) }
    let start = try #require(UTCTime("2020-01-02T03:04:05Z"))
    var problems: [Problem] = []
    _ = try file.read(StreamID(network: "QQ", station: "NOT", channel: "BHZ"), in: start..<start.advanced(by: 9)) {
      problems.append($0)
    }
    #expect(problems.count == 1)
    try folder.write("a.csv", "trace_name,x\nA,1\nB\n")
    #expect(throws: FormatError.self) { try STEADFile(path) }
  }

  // Changed bytes are not tried: HDF5 1.10.8 itself crashes at some of them.
  @Test("a file that is cut is refused")
  func damage() throws {
    let whole = HDF5Fixtures.stead
    for length in stride(from: 0, to: whole.count, by: 41) {
      #expect(throws: FormatError.self) {
        let file = try STEADFile(try folder.write("cut.hdf5", Array(whole[..<length])))
        for index in 0..<file.count { _ = try file.waveform(index) }
      }
    }
    #expect(throws: FormatError.self) { try STEADFile(try folder.write("text.hdf5", "no HDF5 at all")) }
    #expect(throws: FormatError.self) { try STEADFile(folder.path("nothing.hdf5")) }
  }

  @Test(
    "published samples, as h5py reads them",
    .enabled(if: SharedData.has("stead") && SharedData.has("archive/stead-sample"), "the shared data is not here"))
  func published() throws {
    let file = try STEADFile(SharedData.path("archive/stead-sample/waveforms.hdf5"))
    #expect(file.count == 50 && file.streams.map(\.description) == ["TA.109C..BHE", "TA.109C..BHN", "TA.109C..BHZ"])
    let row = try file.row(0)
    #expect(row.p?.sample == 700 && row.s?.sample == 1894 && row.codaEnd == 2896)
    #expect(row.place?.latitude == 32.8889 && row.source.magnitude == 3.6 && row.category == .earthquake)
    #expect(row.start == UTCTime("2006-07-23T15:59:00.96Z"))
    #expect(
      zip(row.snr, [56.79999924, 55.40000153, 47.40000153]).allSatisfy { abs($0 - $1) < 1e-8 } && row.snr.count == 3)
    let sums = try file.waveform(0).map { $0.samples.doubles.reduce(0, +) }
    for (sum, reference) in zip(sums, [719.62327642, 67.3224815, 1323.64967564]) {
      #expect(abs(sum - reference) < 1e-6)
    }
    let table = try STEADFile(
      SharedData.path("archive/stead-sample/waveforms.hdf5"),
      table: SharedData.path("archive/stead-sample/metadata.csv"))
    #expect(table.count == 50)
    for index in 0..<50 {
      let (left, right) = (try file.row(index), try table.row(index))
      #expect(left.name == right.name && left.p == right.p && left.s == right.s && left.start == right.start)
      #expect(try file.waveform(index) == table.waveform(index))
    }
    let other = try STEADFile(SharedData.path("stead/obst_sample.hdf5"))
    #expect(other.count == 56)
    #expect(try (0..<56).filter { try other.row($0).category == .earthquake }.count == 37)
    #expect(try other.row(0).p?.sample == 977 && other.row(0).codaEnd == 1930.43)
    let last = try other.waveform(55).map { $0.samples.doubles.reduce(0, +) }
    for (sum, reference) in zip(last, [-0.89868557, -0.32641014, -0.90707703]) { #expect(abs(sum - reference) < 1e-6) }
  }
}
