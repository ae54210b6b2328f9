package import SeismicFormats

/// What a ledger's file holds.
package struct LedgerContent {
  /// How the first line of a ledger begins.
  static let signature = "hsdl-mpi ledger 1"

  /// Whose it is; nil where the head cannot be read.
  package var identity: JobIdentity?
  /// The units by their names.
  package var entries: [UInt64: LedgerEntry] = [:]
  /// Lines that were left out.
  package var damagedLineCount = 0
  /// How often the job was started.
  package var startCount = 0
  /// Whether the last line has an end.
  package var endsWithLine = true

  /// Reads the lines of a ledger, whatever they are.
  package init(_ bytes: Bytes) {
    var head: [JobIdentity.Part] = []
    var expected: (hash: UInt64, count: Int)?
    var isHead = false
    var start = 0
    endsWithLine = bytes.last == 10
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 10)
      let stop = end ?? bytes.count
      defer { start = stop + 1 }
      let line = Bytes(rebasing: bytes[start..<stop])
      guard end != nil, let fields = LedgerLine.fields(line), let keyword = fields.first else {
        damagedLineCount += 1
        continue
      }
      switch String(Substring(keyword)) {
      case LedgerEntry.keyword:
        if let entry = LedgerEntry(fields) { entries[entry.name] = entry } else { damagedLineCount += 1 }
      case Self.signature where fields.count == 3:
        if let hash = UInt64(Substring(fields[1]), radix: 16), let count = Int(Substring(fields[2])) {
          expected = (hash, count)
          isHead = true
        }
      case "part" where fields.count == 3 && isHead:
        head.append(
          JobIdentity.Part(name: LedgerLine.unescaped(fields[1]), value: LedgerLine.unescaped(fields[2])))
      case "start": startCount += 1
      default: damagedLineCount += 1
      }
    }
    let identity = JobIdentity(parts: head)
    if let expected, expected.count == head.count, identity.hash == expected.hash { self.identity = identity }
  }
}
