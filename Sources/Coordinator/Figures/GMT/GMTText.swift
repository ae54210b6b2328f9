/// Text as GMT takes it in files of records: every character that means something to GMT or PostScript is written by its number.
public enum GMTText {
  /// A line of text.
  static func escaped(_ line: Page.Line) -> String {
    switch line {
    case .plain(let text): escaped(text)
    case .power(let exponent): "10@+\(exponent < 0 ? "\\055" : "")\(abs(exponent))@+"
    }
  }

  /// Text of any content, in one line.
  ///
  /// Letters, digits, blanks and a few marks stay; other characters of ISO 8859-1 become octal numbers; some of the rest have a likeness;
  /// what has none becomes a question mark.
  public static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 48...57, 65...90, 97...122, 32: result.unicodeScalars.append(scalar)
      case UInt32(UInt8(ascii: ".")), UInt32(UInt8(ascii: ",")), UInt32(UInt8(ascii: ":")):
        result.unicodeScalars.append(scalar)
      case 33...126, 0xA0...0xFF: result += octal(scalar.value)
      case 0...31, 127...159: result += " "
      default: result += likeness[scalar] ?? "?"
      }
    }
    // A line of blanks alone would be no record.
    return result.allSatisfy { $0 == " " } ? octal(32) : result
  }

  private static func octal(_ value: UInt32) -> String {
    let digits = String(value, radix: 8)
    return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
  }

  /// Characters beyond ISO 8859-1, and what stands for them: Greek from the font Symbol, the rest in ASCII.
  private static let likeness: [Unicode.Scalar: String] = {
    var table: [Unicode.Scalar: String] = [
      "–": octal(45), "—": octal(45), "−": octal(45), "‐": octal(45), "‘": octal(39), "’": octal(39),
      "“": octal(34), "”": octal(34), "…": "...", "•": octal(0xB7), "≤": "@%12%\\243@%%", "≥": "@%12%\\263@%%",
      "≈": "@%12%\\273@%%", "√": "@%12%\\326@%%", "∞": "@%12%\\245@%%", "→": octal(45) + octal(62), "Δ": "@%12%D@%%",
    ]
    for (greek, letter) in zip("αβγδεζηθικλμνξοπρστυφχψω".unicodeScalars, "abgdezhqiklmnxoprstufcyw") {
      table[greek] = "@%12%\(letter)@%%"
    }
    return table
  }()
}
