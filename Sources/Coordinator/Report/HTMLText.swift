public import SeismicFormats

/// The only ways in which text from outside gets into a page.
///
/// A page holds identifiers and descriptions that other people wrote; none of it may become an element, an attribute or a script.
extension TextSink {
  /// Adds text for HTML, fit for the content of an element and for an attribute in double quotes.
  ///
  /// Characters that would be elements or entities are replaced; so are those that nobody sees but that change what is seen: control
  /// characters other than line feed and tab, and marks that turn the direction of writing, become U+FFFD.
  public func append(html text: String) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": append("&amp;")
      case "<": append("&lt;")
      case ">": append("&gt;")
      case "\"": append("&quot;")
      case "'": append("&#39;")
      case _ where Self.isUnseen(scalar): append("\u{FFFD}")
      default: append(text: String(scalar))
      }
    }
  }

  /// Adds a string of JSON, with its quotes, fit to stand inside a `script` element.
  ///
  /// No `<`, `>` or `&` is left, so that nothing ends the element or begins a comment; U+2028 and U+2029, which are line ends to a script, are
  /// written by their numbers; characters that nobody sees become U+FFFD.
  public func append(scriptJSON text: String) {
    append(byte: 34)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": append("\\\"")
      case "\\": append("\\\\")
      case "\n": append("\\n")
      case "\t": append("\\t")
      case "<": append("\\u003c")
      case ">": append("\\u003e")
      case "&": append("\\u0026")
      case "\u{2028}": append("\\u2028")
      case "\u{2029}": append("\\u2029")
      case _ where Self.isUnseen(scalar): append("\u{FFFD}")
      default: append(text: String(scalar))
      }
    }
    append(byte: 34)
  }

  /// Whether a character is a control character, or turns the direction of writing.
  private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A, 0x09: false
    case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x061C, 0xFEFF, 0xFFFE, 0xFFFF: true
    default: false
    }
  }

  /// Adds bytes in base 64 (RFC 4648).
  func append(base64 bytes: some Collection<UInt8>) {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var word: UInt32 = 0
    var held = 0
    for byte in bytes {
      word = word << 8 | UInt32(byte)
      held += 1
      guard held == 3 else { continue }
      for shift in [18, 12, 6, 0] as [UInt32] { append(byte: letters[Int(word >> shift & 63)]) }
      word = 0
      held = 0
    }
    guard held > 0 else { return }
    word <<= UInt32(8 * (3 - held))
    for place in 0..<4 {
      append(byte: place <= held ? letters[Int(word >> UInt32(18 - 6 * place) & 63)] : 61)
    }
  }
}

/// Text as it stands in HTML.
///
/// For what puts markup together itself; see ``SeismicFormats/TextSink/append(html:)``.
public func htmlText(_ text: String) -> String {
  let sink = TextSink(capacity: text.utf8.count + 64)
  sink.append(html: text)
  return sink.string
}
