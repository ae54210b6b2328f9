/// What a file is, told by its first bytes.
enum FileSignature {
  /// A container or binary format that holds no text, and what to do about it; nil when it is none that is known.
  static func container(of bytes: Bytes) -> (name: String, remedy: String)? {
    if bytes.count >= 2, bytes[0] == 0x1F, bytes[1] == 0x8B {
      return ("compressed with gzip", "unpack it first (gunzip)")
    }
    if bytes.begins(with: "PK\u{3}\u{4}") { return ("a zip archive", "unpack it first") }
    if bytes.begins(with: "BZh") { return ("compressed with bzip2", "unpack it first (bunzip2)") }
    if bytes.count >= 4, bytes[0] == 0x89, bytes[1] == 72, bytes[2] == 68, bytes[3] == 70 {
      return ("an HDF5 file", "give a text file")
    }
    return nil
  }

  /// Whether it is text of two bytes a character, which is common in XML only.
  static func isWideText(_ bytes: Bytes) -> Bool {
    bytes.count >= 2 && (bytes[0] == 0xFE && bytes[1] == 0xFF || bytes[0] == 0xFF && bytes[1] == 0xFE)
  }

  /// The name of an XML document's first element, without prefix; nil when none is in sight.
  static func rootElement(_ text: Bytes) -> String? {
    element(text, after: 0)?.name
  }

  /// The name of the element that begins first behind a place, and where its name ends.
  static func element(_ text: Bytes, after start: Int) -> (name: String, end: Int)? {
    var index = start
    while index < text.count {
      guard text[index] == 60, index + 1 < text.count else {
        index += 1
        continue
      }
      let next = text[index + 1]
      if next == 63 || next == 33 {
        // A declaration, a comment or a document type ends with the next ">" that is not inside it.
        let isComment = UnsafeBufferPointer(rebasing: text[index...]).begins(with: "<!--")
        var end = index + 2
        while end < text.count {
          if text[end] == 62, !isComment || (text[end - 1] == 45 && text[end - 2] == 45) { break }
          end += 1
        }
        index = end + 1
        continue
      }
      var end = index + 1
      while end < text.count, text[end] > 32, text[end] != 62, text[end] != 47 { end += 1 }
      let name = UnsafeBufferPointer(rebasing: text[(index + 1)..<end]).string
      return name.split(separator: ":").last.map { (String($0), end) }
    }
    return nil
  }
}
