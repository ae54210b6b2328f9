import Foundation
import SeismicFormats
import Testing

/// What fuzzing has found, and what it starts from: no reader may trap, hang or take much memory over it.
///
/// See Fuzzing/run.
@Suite("Files from fuzzing")
struct FuzzedTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../Fuzzed")
    .standardizedFileURL.path

  static let readers: [String: @Sendable (String) throws -> Void] = [
    "miniseed": { for trace in try MiniSEEDFile($0).traces(onProblem: { _ in }) { _ = trace.samples.count } },
    "stationxml": { _ = try StationXMLReader($0).readAll() },
    "inventory": { _ = try Inventory.open($0) },
    "quakeml": { try all(QuakeMLReader($0)) },
    "scml": { try all(SCMLCatalogReader($0)) },
    "catalog": { try all(CatalogFormat.open($0).reader) },
    "pick-table": { path in
      let table = try PickTable(path)
      for segment in table.segments(ofSize: 64) { try table.read(segment, onProblem: { _ in }) { _ in } }
    },
    "picks": { try StationPickTable.read($0, onProblem: { _ in }) { _ in } },
    "safetensors": { _ = try SafeTensors($0).arrays() },
    "npy": { _ = try NumPyFile.read($0) },
    "npz": { path in
      let archive = try NumPyArchive(path)
      for name in archive.names { _ = try? archive.array(name) }
    },
    "sac": { _ = try SACFile($0).trace() },
    "velocity": { _ = try VelocityModel.open($0, onProblem: { _ in }) },
    "archive-index": { path in
      let input = try FileInput(path)
      let bytes = try input.prefix(input.size)
      do { _ = try ArchiveIndex(table: bytes, path: path) } catch is FormatError {
        _ = try SDSIndex(table: bytes, path: path)
      }
    },
  ]

  static func all(_ reader: any CatalogReader) throws {
    while try reader.next() != nil {}
  }

  @Test("Every file is read or refused", .timeLimit(.minutes(1)), arguments: readers.keys.sorted())
  func replay(name: String) throws {
    let read = try #require(Self.readers[name])
    let files = try FileManager.default.contentsOfDirectory(atPath: "\(Self.folder)/\(name)").sorted()
    #expect(!files.isEmpty)
    var readCount = 0
    for file in files {
      do {
        try read("\(Self.folder)/\(name)/\(file)")
        readCount += 1
      } catch is FormatError {
      }
    }
    // Those that fuzzing starts from are good.
    #expect(readCount > 0)
  }

  @Test("There is a reader for each folder")
  func folders() throws {
    // Ledgers are the coordinator's.
    let expected = (Self.readers.keys + ["ledger"]).sorted()
    #expect(try FileManager.default.contentsOfDirectory(atPath: Self.folder).sorted() == expected)
  }
}
