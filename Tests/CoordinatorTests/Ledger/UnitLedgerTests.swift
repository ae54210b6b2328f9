import Coordinator
import Foundation
import SeismicFormats
import TestSupport
import Testing

@Suite("Ledgers")
struct UnitLedgerTests {
  static let identity: JobIdentity = {
    var identity = JobIdentity(command: "refine", version: "1")
    identity.add("catalog", "a\tb\\n.xml (5 bytes)")
    identity.add("stations", 3)
    return identity
  }()

  static let entries: [LedgerEntry] = [
    LedgerEntry(name: 7, seconds: 0.25, payload: "{\"a\":1}", files: []),
    LedgerEntry(
      name: 0xffff_0000_1234_5678, seconds: 12, payload: "tab\t, line\n, \\n, Erdstoß",
      files: [
        LedgerEntry.File(path: ".work/x\ty", size: 0, checksum: 1),
        LedgerEntry.File(path: "archive/2024/a b", size: 1 << 40, checksum: .max),
      ]),
    LedgerEntry(name: 1, seconds: 0, payload: "", files: [LedgerEntry.File(path: "z", size: 9, checksum: 3)]),
  ]

  static func line(_ entry: LedgerEntry) -> [UInt8] {
    let sink = TextSink()
    entry.append(to: sink)
    return Array(sink.bytes)
  }

  /// A ledger of three units.
  static func bytes() throws -> [UInt8] {
    let place = try TemporaryFolder()
    let ledger = try UnitLedger(place.path("ledger"), identity: identity, continuing: nil, start: ["now", "here", "1"])
    for entry in entries { try line(entry).withUnsafeBufferPointer { try ledger.record($0) } }
    try ledger.flush()
    return try place.bytes("ledger")
  }

  static func content(_ bytes: some Sequence<UInt8>) -> UnitLedger.Content {
    Array(bytes).withUnsafeBufferPointer { UnitLedger.Content($0) }
  }

  @Test("what was written is read again")
  func roundTrip() throws {
    let content = Self.content(try Self.bytes())
    #expect(content.identity == Self.identity)
    #expect(content.damagedLineCount == 0)
    #expect(content.startCount == 1)
    #expect(content.entries.count == 3)
    for entry in Self.entries { #expect(content.entries[entry.name] == entry) }
  }

  @Test("of a ledger that is cut anywhere, exactly the whole lines count")
  func truncation() throws {
    let bytes = try Self.bytes()
    let ends = bytes.indices.filter { bytes[$0] == 10 }
    // The head of 5 lines, the start, three units.
    #expect(ends.count == 9)
    for length in 0...bytes.count {
      let content = Self.content(bytes[..<length])
      let whole = ends.count { $0 < length }
      #expect(content.entries.count == max(0, whole - 6), "\(length)")
      #expect((content.identity == Self.identity) == (whole >= 5), "\(length)")
      #expect(content.damagedLineCount == (length > 0 && bytes[length - 1] != 10 ? 1 : 0), "\(length)")
      for (name, entry) in content.entries { #expect(entry == Self.entries.first { $0.name == name }) }
    }
  }

  @Test("a byte that is not what it was takes its own line out, or two where lines are joined, and no more")
  func flippedBytes() throws {
    let bytes = try Self.bytes()
    for place in bytes.indices {
      for bit in [0, 3, 5, 7] as [UInt8] {
        var changed = bytes
        changed[place] ^= 1 << bit
        let content = Self.content(changed)
        let isHead = bytes[..<place].count { $0 == 10 } < 5
        #expect(content.damagedLineCount > 0)
        #expect(content.entries.count >= (isHead ? 2 : 1))
        for (name, entry) in content.entries { #expect(entry == Self.entries.first { $0.name == name }) }
        if let identity = content.identity { #expect(identity == Self.identity) }
      }
    }
  }

  @Test("what fuzzing starts from and has found is read or left out")
  func fuzzed() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Fuzzed/ledger").standardizedFileURL
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names.contains("one"))
    for name in names {
      let bytes = Array(try Data(contentsOf: folder.appendingPathComponent(name)))
      let content = Self.content(bytes)
      if name == "one" { #expect(content.identity != nil && content.entries.count == 2) }
      // Each line with the checksum that it should have, which no fuzzer finds.
      var sealed: [UInt8] = []
      for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
        let digits = String(line.withUnsafeBytes { Checksum(of: $0) }.value, radix: 16)
        sealed += line + Array("\t\(String(repeating: "0", count: 16 - digits.count))\(digits)\n".utf8)
      }
      for entry in Self.content(sealed).entries.values {
        #expect(Self.content(Self.line(entry)).entries == [entry.name: entry])
      }
    }
  }

  @Test("a ledger goes on behind a line that was torn")
  func torn() throws {
    let place = try TemporaryFolder()
    let bytes = try Self.bytes()
    try place.write("ledger", Array(bytes.dropLast(20)))
    let content = try #require(try UnitLedger.content(place.path("ledger")))
    #expect(content.entries.count == 2)
    let ledger = try UnitLedger(
      place.path("ledger"), identity: Self.identity, continuing: content, start: ["later", "there", "2"])
    #expect(ledger.startCount == 2)
    try Self.line(Self.entries[2]).withUnsafeBufferPointer { try ledger.record($0) }
    try ledger.flush()
    let again = Self.content(try place.bytes("ledger"))
    #expect(again.entries.count == 3)
    #expect(again.damagedLineCount == 1)
    #expect(again.startCount == 2)
    #expect(again.identity == Self.identity)
  }

  @Test("of two lines of a unit the later one counts")
  func later() throws {
    var entry = Self.entries[0]
    entry.payload = "again"
    let content = Self.content(try Self.bytes() + Self.line(entry))
    #expect(content.entries.count == 3)
    #expect(content.entries[entry.name] == entry)
  }

  @Test("an identity tells what differs, each thing by its name")
  func differences() {
    var other = JobIdentity(command: "refine", version: "1")
    other.add("catalog", "a\tb\\n.xml (5 bytes)")
    other.add("stations", 4)
    other.add("strictness", true)
    #expect(Self.identity.differences(from: Self.identity) == [])
    #expect(
      other.differences(from: Self.identity) == [
        "stations was 3 and is 4 now", "strictness was not given and is true now",
      ])
    #expect(
      Self.identity.differences(from: other) == [
        "stations was 4 and is 3 now", "strictness was true and is not given now",
      ]
    )
    #expect(other.hash != Self.identity.hash)
    var (joined, apart) = (JobIdentity(parts: []), JobIdentity(parts: []))
    joined.add("ab", "c")
    apart.add("a", "bc")
    #expect(joined.hash != apart.hash)
  }

  @Test("a hundred thousand units are read in less than two seconds")
  func speed() {
    let sink = TextSink(capacity: 1 << 24)
    for number in 0..<100_000 {
      LedgerEntry(
        name: UInt64(number), seconds: 2,
        payload: "{\"files\":[\".hsdl-mpi-work/scored-\(number)-0\"],\"rows\":\(number)}",
        files: [LedgerEntry.File(path: ".hsdl-mpi-work/scored-\(number)-0", size: number, checksum: 1)]
      ).append(to: sink)
    }
    let begin = Date()
    let content = UnitLedger.Content(sink.bytes)
    let seconds = Date().timeIntervalSince(begin)
    #expect(content.entries.count == 100_000)
    #expect(seconds < 2, "\(seconds) s")
  }
}
