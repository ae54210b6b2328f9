/// QuakeML's identifiers: `smi:` or `quakeml:`, an authority of three characters or more, `/`, and a local part.
enum ResourceIdentifier {
  /// What an identifier names, for those that have to be made.
  enum Kind: String {
    case event, origin, magnitude, stationMagnitude, amplitude, pick, arrival, focalMechanism, momentTensor, other
  }

  private static let authorityCharacters = table("-.*()_~'")
  private static let localCharacters = table("-.*()+?_~'=,;#/&")

  private static func table(_ extra: String) -> [Bool] {
    var table = [Bool](repeating: false, count: 256)
    for byte in 48...57 { table[byte] = true }
    for byte in 65...90 { table[byte] = true }
    for byte in 97...122 { table[byte] = true }
    for byte in extra.utf8 { table[Int(byte)] = true }
    return table
  }

  /// Whether QuakeML allows the text as an identifier.
  static func isValid(_ bytes: Bytes) -> Bool {
    let start = bytes.begins(with: "smi:") ? 4 : bytes.begins(with: "quakeml:") ? 8 : -1
    guard start > 0 else { return false }
    var index = start
    while index < bytes.count, authorityCharacters[Int(bytes[index])] { index += 1 }
    guard index - start >= 3, index < bytes.count - 1, bytes[index] == 47 else { return false }
    for byte in bytes[(index + 1)...] where !localCharacters[Int(byte)] { return false }
    return true
  }

  /// What stands before an identifier of ours.
  static func localPrefix(_ kind: Kind) -> String { "smi:local/\(kind.rawValue)/" }

  /// An identifier that QuakeML allows: the text itself, or one made of it.
  ///
  /// Characters that are not allowed are replaced by `~` and their hexadecimal code, so different texts stay different.
  static func append(_ text: String, _ kind: Kind, to sink: TextSink) {
    var text = text
    text.withUTF8 { bytes in
      if isValid(bytes) {
        guard bytes.contains(38) else { return sink.append(bytes) }
        return sink.append(xml: bytes.string)
      }
      sink.append("smi:local/")
      sink.append(text: kind.rawValue)
      sink.append(byte: 47)
      if bytes.isEmpty { sink.append("unnamed") }
      var start = 0
      for index in 0..<bytes.count {
        let byte = bytes[index]
        if localCharacters[Int(byte)] && byte != 126 && byte != 38 { continue }
        sink.append(Bytes(rebasing: bytes[start..<index]))
        start = index + 1
        sink.append(byte: 126)
        for shift in [UInt8(4), 0] {
          let nibble = byte >> shift & 15
          sink.append(byte: nibble < 10 ? 48 + nibble : 87 + nibble)
        }
      }
      sink.append(Bytes(rebasing: bytes[start...]))
    }
  }

  /// The text of which a local part was made; nil where it was not made here.
  static func restored(_ local: String) -> String? {
    var bytes: [UInt8] = []
    var rest = local.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == 126 else {
        bytes.append(byte)
        continue
      }
      guard let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2 else {
        return nil
      }
      bytes.append(code)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}

extension Event {
  /// The identifier for tables: as the catalog has it, without what was done to make it fit QuakeML, in one line.
  public var tableID: String {
    let id = restoredID
    return id.contains(where: \.isNewline) ? String(id.map { $0.isNewline ? " " : $0 }) : id
  }

  private var restoredID: String {
    let prefix = ResourceIdentifier.localPrefix(.event)
    guard publicID.hasPrefix(prefix) else { return publicID }
    let local = String(publicID.dropFirst(prefix.count))
    return ResourceIdentifier.restored(local) ?? local
  }
}
