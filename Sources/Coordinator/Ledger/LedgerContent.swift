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
    endsWithLine = bytes.last == 10
    LedgerLine.forEach(in: bytes) { line, isWhole in
      guard isWhole, let fields = LedgerLine.fields(line), let keyword = fields.first else {
        damagedLineCount += 1
        return
      }
      func isKeyword(_ text: String) -> Bool { keyword.elementsEqual(text.utf8) }
      if isKeyword(LedgerEntry.keyword) {
        if let entry = LedgerEntry(fields) { entries[entry.name] = entry } else { damagedLineCount += 1 }
      } else if fields.count == 3, isKeyword(Self.signature) {
        if let hash = LedgerLine.hexadecimal(fields[1]), let count = parseInteger(fields[2]) {
          expected = (hash, count)
          isHead = true
        }
      } else if fields.count == 3, isHead, isKeyword("part") {
        head.append(
          JobIdentity.Part(name: LedgerLine.unescaped(fields[1]), value: LedgerLine.unescaped(fields[2])))
      } else if isKeyword("start") {
        startCount += 1
      } else {
        damagedLineCount += 1
      }
    }
    let identity = JobIdentity(parts: head)
    if let expected, expected.count == head.count, identity.hash == expected.hash { self.identity = identity }
  }
}
