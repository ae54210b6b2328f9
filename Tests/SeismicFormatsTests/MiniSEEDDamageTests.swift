import Foundation
import SeismicFormats
import TestSupport
import Testing

@Suite("Damaged miniSEED files")
struct MiniSEEDDamageTests {
  /// Reads everything; returns how many samples there are.
  private func read(_ bytes: [UInt8], _ folder: TemporaryFolder) throws -> Int {
    let file = try MiniSEEDFile(try folder.write("damaged", bytes))
    let traces = try file.traces { _ in }
    _ = try file.summary { _ in }
    return traces.reduce(0) { $0 + $1.count }
  }

  @Test(
    "no cut and no changed byte of a header makes more samples than there is room for",
    .enabled(if: MiniSEEDSharedTests.hasBadFiles, "the shared data is not here"))
  func damage() throws {
    let folder = try TemporaryFolder()
    let root = SharedData.path("badfiles/miniseed")
    let names = (FileManager.default.enumerator(atPath: root)?.allObjects as? [String] ?? []).sorted()
    var files = 0
    for name in names {
      guard let data = FileManager.default.contents(atPath: root + "/" + name) else { continue }
      let bytes = [UInt8](data)
      // Steim2 has seven samples to a word at most.
      let limit = bytes.count / 4 * 7
      files += 1
      // Every byte of the first records, and a stride through the rest; the file becomes shorter and shorter.
      let dense = min(bytes.count, 2048)
      let cuts = Array(0...dense) + stride(from: dense, to: bytes.count, by: max(97, bytes.count / 100))
      let path = try folder.write("cut", bytes)
      var cutsBeyond = 0
      for cut in cuts.reversed() {
        #expect(truncate(path, off_t(cut)) == 0)
        let traces = try MiniSEEDFile(path).traces { _ in }
        if traces.reduce(0, { $0 + $1.count }) > cut / 4 * 7 { cutsBeyond += 1 }
      }
      #expect(cutsBeyond == 0, "\(name)")
      var flipsBeyond = 0
      for place in 0..<min(bytes.count, 72) {
        for change: UInt8 in [0x01, 0xFF] {
          var changed = bytes
          changed[place] ^= change
          if try read(changed, folder) > limit { flipsBeyond += 1 }
        }
      }
      #expect(flipsBeyond == 0, "\(name)")
    }
    #expect(files > 90)
  }

  @Test("random bytes, and records between them")
  func garbage() throws {
    var generator = SeededGenerator(5)
    let folder = try TemporaryFolder()
    let record = try MiniSEEDContent.records(samples: Array(0..<100))
    for size in [0, 1, 47, 48, 100, 511, 512, 5000, 600_000] {
      let noise = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
      #expect(try read(noise, folder) == 0)
      #expect(try read(noise + record, folder) == 100)
      #expect(try read(record + noise + record, folder) == 200)
    }
  }

  @Test("a file that became shorter is a problem and no end of the process")
  func shorter() throws {
    let folder = try TemporaryFolder()
    let record = try MiniSEEDContent.records(samples: (0..<50_000).map { $0 % 977 })
    let file = try MiniSEEDFile(try folder.write("a", record))
    #expect(try file.traces { _ in }.map(\.count) == [50_000])
    truncate(folder.path("a"), off_t(record.count / 2))
    var problems: [Problem] = []
    let traces = try file.traces { problems.append($0) }
    #expect(traces.reduce(0) { $0 + $1.count } < 26_000 && traces.reduce(0) { $0 + $1.count } > 20_000)
    #expect(problems.contains { $0.found.contains("became shorter") })
  }
}
