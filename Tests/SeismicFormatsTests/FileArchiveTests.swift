import Foundation
import SeismicFormats
import TestSupport
import Testing

@Suite("Archives of any files")
struct FileArchiveTests {
  let folder: TemporaryFolder
  let start = UTCTime(seconds: 1_577_836_800)
  let stream = StreamID(network: "XX", station: "ABC", location: "00", channel: "HHZ")
  let other = StreamID(network: "XX", station: "DEF", channel: "EHZ")

  init() throws {
    folder = try TemporaryFolder()
    try ArchiveFixtures.write(
      folder, "a/one.bin",
      ArchiveFixtures.records(stream, from: start, rate: 10, samples: (0..<7000).map { $0 })
        + ArchiveFixtures.records(other, from: start.advanced(by: 5), rate: 20, samples: (0..<300).map { -$0 }))
    try ArchiveFixtures.write(
      folder, "b/c, \"d\"/two",
      ArchiveFixtures.records(stream, from: start.advanced(by: 695), rate: 10, samples: (6950..<9000).map { $0 }))
    var sac = SACBytes((0..<100).map { Float($0) })
    sac.words.replaceSubrange(0..<6, with: [2020, 1, 0, 0, 0, 0])
    try folder.write("x.sac", sac.bytes())
    try folder.write("README.md", "not a waveform")
    try folder.write("empty", "")
  }

  @Test("streams of all files, read by span, as they are stored")
  func reading() throws {
    var problems: [Problem] = []
    let archive = try FileArchive(folder.url.path) { problems.append($0) }
    #expect(problems.count == 1 && problems.first?.found.hasPrefix("2 of 5 files") == true)
    #expect(archive.streams.map(\.description) == ["XX.ABC..HHZ", "XX.ABC.00.HHZ", "XX.DEF..EHZ"])
    func samples(_ stream: StreamID, _ lower: Double, _ upper: Double) throws -> [Int32] {
      ArchiveFixtures.samples(
        try archive.read(stream, in: start.advanced(by: lower)..<start.advanced(by: upper)) { Issue.record("\($0)") })
    }
    #expect(try samples(stream, 1, 2) == (10..<20).map { $0 })
    // Over the border of the blocks that are kept.
    #expect(try samples(stream, 599, 601) == (5990..<6010).map { $0 })
    #expect(try archive.read(stream, in: start.advanced(by: 599)..<start.advanced(by: 601)) { _ in }.count == 1)
    // Where both files have samples, both are there.
    #expect(try samples(stream, 690, 705) == (6900..<7000).map { $0 } + (6950..<7050).map { $0 })
    #expect(try samples(stream, -100, 0).isEmpty && samples(stream, 900, 901).isEmpty)
    #expect(try samples(stream, -100, 10_000).count == 9050)
    #expect(try samples(other, 5, 5.1) == [0, -1])
    let sac = StreamID(network: "XX", station: "ABC", channel: "HHZ")
    let traces = try archive.read(sac, in: start.advanced(by: 0.5)..<start.advanced(by: 0.53)) { _ in }
    #expect(traces.map(\.samples) == [.float32([50, 51, 52])])
    #expect(archive.mayHave(stream, in: start..<start.advanced(by: 1)))
    #expect(!archive.mayHave(stream, in: start.advanced(by: 901)..<start.advanced(by: 902)))
    #expect(!archive.mayHave(stream, in: start.advanced(by: -2)..<start))
    #expect(try samples(StreamID(network: "", station: "", channel: ""), 0, 1).isEmpty)
  }

  @Test("what a window gets does not depend on what was read before, nor on what is kept")
  func cache() throws {
    let kept = try FileArchive(folder.url.path) { _ in }
    let bare = FileArchive(index: kept.index, budget: ArchiveBudget(samples: 0, headers: 0))
    var generator = SeededGenerator(9)
    for _ in 0..<200 {
      let lower = start.advanced(by: Double.random(in: -50...950, using: &generator))
      let span = lower..<lower.advanced(by: Double.random(in: 0.05...300, using: &generator))
      #expect(try kept.read(stream, in: span) { _ in } == bare.read(stream, in: span) { _ in })
    }
  }

  @Test("an index is the same however the files are shared out, and goes over the wire")
  func index() throws {
    let paths = try FileArchive.paths(in: folder.url.path)
    #expect(paths == paths.sorted() && paths.count == 5)
    let whole = try ArchiveIndex.scan(paths: paths) { _ in }
    #expect(whole.segments.count == 4 && whole.files.count == 5)
    for parts in 1...6 {
      let shares = try (0..<parts).map { part in
        try ArchiveIndex.scan(paths: paths.enumerated().filter { $0.offset % parts == part }.map(\.element)) { _ in }
      }
      #expect(ArchiveIndex.merged(shares) == whole)
      #expect(ArchiveIndex.merged(shares.reversed()) == whole)
      #expect(ArchiveIndex.merged(shares + shares).files == whole.files)
      let address = ArchiveAddress.files(folder.url.path)
      let bytes = try (0..<parts).map { try address.partialIndex(part: $0, of: parts) { _ in } }
      #expect(try address.mergedIndex(bytes) { _ in } == whole.table)
    }
    #expect(try ArchiveIndex(table: whole.table, path: "x") == whole)
    #expect(try ArchiveIndex(table: ArchiveIndex().table, path: "x") == ArchiveIndex())
    let table = whole.table
    for length in 0..<table.count {
      // A table that is cut is refused, or has less in it; it never traps.
      if let cut = try? ArchiveIndex(table: Array(table[..<length]), path: "x") {
        #expect(cut.segments.count <= whole.segments.count)
      }
    }
    #expect(throws: FormatError.self) { try ArchiveIndex(table: [], path: "x") }
    #expect(throws: FormatError.self) { try ArchiveIndex(table: Array("a,b\n".utf8), path: "x") }
  }

  @Test("links are followed, loops end, and nothing is listed twice")
  func links() throws {
    let place = try TemporaryFolder()
    let tree = place.path("tree")
    for path in ["tree/b/one", "tree/c/two", "outside/three", "other"] { try place.write(path, path) }
    let manager = FileManager.default
    func link(_ path: String, to target: String) throws {
      try manager.createSymbolicLink(atPath: "\(tree)/\(path)", withDestinationPath: target)
    }
    // Ahead of what they lead to in the order of names.
    try link("a", to: "c")
    try link("again", to: "b/one")
    try link("b/up", to: "..")
    try link("b/itself", to: ".")
    try link("c/round", to: tree)
    try link("c/nowhere", to: "not there")
    try link("far", to: "../outside")
    try link("farther", to: place.path("outside"))
    try link("file", to: "../other")
    try link("file-again", to: "file")
    #expect(try FileArchive.paths(in: tree) == ["b/one", "c/two", "far/three", "file"].map { "\(tree)/\($0)" })
  }

  @Test("files that have not changed are not looked into again")
  func reuse() throws {
    let paths = try FileArchive.paths(in: folder.url.path)
    let whole = try ArchiveIndex.scan(paths: paths) { _ in }
    // The index is believed: a wrong word in it stays.
    var text = String(decoding: whole.table, as: UTF8.self)
    text = text.replacingOccurrences(of: ",DEF,", with: ",GHI,")
    let known = try ArchiveIndex(table: Array(text.utf8), path: "x")
    #expect(try ArchiveIndex.scan(paths: paths, reusing: known) { _ in } == known)
    // A file that changed is read.
    let stranger = StreamID(network: "XX", station: "NEW", channel: "EHZ")
    try ArchiveFixtures.write(
      folder, "a/one.bin", ArchiveFixtures.records(stranger, from: start, rate: 10, samples: [1, 2, 3]))
    let fresh = try ArchiveIndex.scan(paths: paths, reusing: known) { _ in }
    #expect(fresh.streams.map(\.station) == ["ABC", "ABC", "NEW"])
  }

  @Test("a file that is gone or damaged is told of once, the rest is read")
  func gone() throws {
    let archive = try FileArchive(folder.url.path) { _ in }
    try folder.write("a/one.bin", [UInt8]())
    try folder.write("x.sac", "short")
    var problems: [Problem] = []
    for _ in 0..<4 {
      for stream in archive.streams {
        _ = try archive.read(stream, in: start..<start.advanced(by: 2000)) { problems.append($0) }
      }
    }
    #expect(problems.map(\.file).filter { $0.hasSuffix("x.sac") }.count == 1)
    #expect(problems.map(\.found).filter { $0 == "a file of 0 bytes" }.count == 1)
    #expect(problems.count == 2)
    #expect(throws: FormatError.self) { try FileArchive(folder.path("nothing")) { _ in } }
    #expect(throws: FormatError.self) { try FileArchive(folder.path("README.md")) { _ in } }
    #expect(throws: FormatError.self) { try FileArchive(try TemporaryFolder().url.path) { _ in } }
  }

  @Test("addresses")
  func addresses() throws {
    func address(_ text: String) throws -> ArchiveAddress {
      try ArchiveAddress(text) { Issue.record("\($0)") }
    }
    #expect(try address("sds:/a:b") == .sds("/a:b") && address("FILES:x") == .files("x"))
    #expect(try address("stead:x.hdf5") == .stead("x.hdf5") && address("seisbench:x") == .seisBench("x"))
    #expect(try address("sds:/a").description == "sds:/a")
    for text in ["", "tape:x", "sds:", "nothing-here"] { #expect(throws: FormatError.self) { try address(text) } }
    var problems: [Problem] = []
    func guess(_ path: String) throws -> ArchiveAddress { try ArchiveAddress(path) { problems.append($0) } }
    #expect(try guess(folder.url.path) == .files(folder.url.path))
    let sds = try TemporaryFolder()
    try ArchiveFixtures.write(sds, "2020/XX/ABC/HHZ.D/XX.ABC..HHZ.D.2020.001", [0])
    #expect(try guess(sds.url.path) == .sds(sds.url.path))
    let set = try TemporaryFolder()
    try set.write("waveforms.hdf5", HDF5Fixtures.seisBench)
    try set.write("metadata.csv", HDF5Fixtures.seisBenchTable)
    #expect(try guess(set.url.path) == .seisBench(set.url.path))
    let stead = try set.write("y.hdf5", HDF5Fixtures.stead)
    #expect(try guess(stead) == .stead(stead))
    #expect(problems.count == 4 && problems.allSatisfy { $0.action.hasPrefix("taken as ") })
    #expect(try guess(stead).open { _ in }.streams.count == 3)
    #expect(try guess(set.url.path).open { _ in }.streams.count == 6)
    #expect(try guess(folder.url.path).open { _ in }.streams.count == 3)
    #expect(try guess(sds.url.path).open(index: guess(sds.url.path).partialIndex { _ in }) { _ in }.streams.count == 1)
  }

  @Test(
    "trees of published files",
    .enabled(if: SharedData.has("archive/oklahoma-2013"), "the shared data is not here"),
    arguments: [
      ("oklahoma-2013", 24), ("corinth-20100118", 61), ("hengill-2018", 60), ("turkey-20230206", 3),
      ("grimsel-2020", 15),
    ])
  func published(name: String, count: Int) throws {
    let archive = try FileArchive(SharedData.path("archive/" + name)) { _ in }
    #expect(archive.streams.count == count)
    for segment in archive.index.segments.prefix(5) {
      let traces = try archive.read(segment.stream, in: segment.start..<segment.end.advanced(by: 1)) { _ in }
      #expect(traces.reduce(0) { $0 + $1.count } >= segment.count)
    }
  }
}
