import SeismicFormats
import TestSupport
import Testing

@Suite("SeisBench data sets")
struct SeisBenchTests {
  let folder: TemporaryFolder
  init() throws {
    folder = try TemporaryFolder()
    try folder.write("waveforms.hdf5", HDF5Fixtures.seisBench)
    try folder.write("metadata.csv", HDF5Fixtures.seisBenchTable)
  }

  @Test("parts of blocks, datasets of their own, rates and components of rows")
  func rows() throws {
    let set = try SeisBenchDataset(folder.url.path)
    #expect(set.count == 3)
    let first = try set.row(0)
    #expect(first.p?.sample == 2.5 && first.s == nil && first.samplingRate == 50 && first.split == .train)
    #expect(first.source.depth == 1500 && first.columns.contains(Event.Column(name: "extra", value: "a,b")))
    let traces = try set.waveform(0)
    #expect(traces.map(\.id.description) == ["XX.ABC..HHZ", "XX.ABC..HHN", "XX.ABC..HHE"])
    for (component, trace) in traces.enumerated() {
      #expect(trace.samples == ramp(Float(12 * component), 1, 10) && trace.samplingRate == 50)
    }
    #expect(try set.row(1).samplingRate == 100 && set.row(1).category == .noise && set.row(1).split == .development)
    #expect(try set.waveform(1)[2].samples == ramp(60, 1, 12))
    let last = try set.waveform(2)
    #expect(try set.row(2).category == .other("quarry blast"))
    #expect(last.map(\.id.description) == ["YY.DEF..EHN", "YY.DEF..EHE"])
    #expect(last.map(\.samples) == [.float32([0, -1, -2, -3, -4]), .float32([-5, -6, -7, -8, -9])])
    #expect(throws: FormatError.self) { try set.row(3) }
  }

  @Test("read by station and time")
  func archive() throws {
    let set = try SeisBenchDataset(folder.url.path)
    #expect(set.streams.count == 6)
    let start = try #require(UTCTime("2020-01-01T00:00:01.05Z"))
    let traces = try set.read(set.streams[2], in: start..<start.advanced(by: 1)) { Issue.record("\($0)") }
    #expect(traces.map(\.samples) == [ramp(41, 1, 7)])
    #expect(set.mayHave(set.streams[2], in: start..<start.advanced(by: 1)))
    #expect(!set.mayHave(set.streams[2], in: start.advanced(by: 5)..<start.advanced(by: 6)))
  }

  @Test("a data set whose contents were found elsewhere gives the same rows and waveforms, without reading its tables")
  func known() throws {
    let other = try TemporaryFolder()
    for name in ["A", "B"] {
      try other.write("waveforms\(name).hdf5", HDF5Fixtures.seisBench)
      try other.write("metadata\(name).csv", HDF5Fixtures.seisBenchTable)
    }
    let first = try SeisBenchDataset(other.url.path, findsByTime: false)
    #expect(first.streams.isEmpty)
    let whole = try SeisBenchDataset(other.url.path)
    let bytes = whole.contents.bytes
    let contents = try #require(SeisBenchDataset.Contents(bytes: bytes))
    let second = try SeisBenchDataset(other.url.path, contents: contents)
    #expect(second.streams == whole.streams && second.streams.count == 6)
    for stream in whole.streams {
      let far = UTCTime(seconds: 0)..<UTCTime(seconds: 1 << 33)
      #expect(try second.read(stream, in: far) { _ in } == whole.read(stream, in: far) { _ in })
    }
    #expect(SeisBenchDataset.Contents(bytes: first.contents.bytes) == first.contents)
    for length in 0..<bytes.count { #expect(SeisBenchDataset.Contents(bytes: Array(bytes[..<length])) == nil) }
    #expect(SeisBenchDataset.Contents(bytes: bytes + [0]) == nil)
    #expect(first.count == 6 && second.count == 6 && whole.count == 6)
    for index in 0..<whole.count {
      #expect(try second.row(index) == whole.row(index))
      #expect(try second.waveform(index) == whole.waveform(index))
    }
    #expect(second.contents == whole.contents && whole.contents == contents && first.contents != contents)
    // What does not parse is not looked at again, and found where a row is asked for.
    try other.write("metadataB.csv", "trace_name\n")
    #expect(try SeisBenchDataset(other.url.path, contents: contents).count == 6)
    #expect(throws: FormatError.self) { try SeisBenchDataset(other.url.path, contents: contents).row(4) }
    #expect(throws: FormatError.self) { try SeisBenchDataset(folder.url.path, contents: contents) }
  }

  @Test("chunks, with and without a list of them")
  func chunks() throws {
    let other = try TemporaryFolder()
    for name in ["A", "B"] {
      try other.write("waveforms\(name).hdf5", HDF5Fixtures.seisBench)
      try other.write("metadata\(name).csv", HDF5Fixtures.seisBenchTable)
    }
    try other.write("metadataC.csv", HDF5Fixtures.seisBenchTable)
    var problems: [Problem] = []
    let set = try SeisBenchDataset(other.url.path) { problems.append($0) }
    #expect(set.count == 6 && problems.count == 1)
    #expect(try set.waveform(3) == set.waveform(0) && set.row(5) == set.row(2))
    try other.write("chunks", "B\n")
    #expect(try SeisBenchDataset(other.url.path).count == 3)
    try other.write("chunks", "../B\n")
    #expect(throws: FormatError.self) { try SeisBenchDataset(other.url.path) }
    try other.write("chunks", "X\n")
    #expect(throws: FormatError.self) { try SeisBenchDataset(other.url.path) }
  }

  @Test(
    "places that are not there are refused",
    arguments: [
      "bucket0$2,:3,:10", "bucket0$-3,:3,:10", "bucket0$0,:3,:10,:1", "bucket0$a", "bucket0$0,::2", "bucket0$",
      "bucket0", "bucket9", "", "$0", "../data_format/sampling_rate", "bucket0$9223372036854775807,:3,:10",
    ])
  func wrongPlaces(name: String) throws {
    try folder.write("metadata.csv", "trace_name,trace_sampling_rate_hz\n\"\(name)\",100\n")
    let set = try SeisBenchDataset(folder.url.path)
    #expect(throws: FormatError.self) { try set.waveform(0) }
  }

  @Test("places count from the end and are cut as in NumPy")
  func places() throws {
    func samples(_ name: String) throws -> [Samples] {
      try folder.write("metadata.csv", "trace_name\n\"\(name)\"\n")
      return try SeisBenchDataset(folder.url.path).waveform(0).map(\.samples)
    }
    #expect(try samples("bucket0$-1,0:1,-2:") == [.float32([46, 47])])
    #expect(try samples("bucket0$0,1,:99") == [ramp(12, 1, 12)])
    #expect(try samples("bucket0$1") == [ramp(36, 1, 12), ramp(48, 1, 12), ramp(60, 1, 12)])
    #expect(try samples("bucket0$0,:,5:5").map(\.count) == [0, 0, 0])
  }

  @Test("a folder that is none says what was expected")
  func none() throws {
    #expect(throws: FormatError.self) { try SeisBenchDataset(try TemporaryFolder().url.path) }
    #expect(throws: FormatError.self) { try SeisBenchDataset(folder.path("nothing")) }
    #expect(throws: FormatError.self) { try STEADFile(folder.path("waveforms.hdf5")) }
  }
}
