import SeismicFormats

/// A piece of JSON whose keys stay in the order in which they are given, so that a file is the same every time.
public indirect enum JSONValue: Sendable {
  /// Text.
  case string(String)
  /// A whole number.
  case integer(Int)
  /// A number; one that is not finite becomes null.
  case number(Double)
  /// True or false.
  case boolean(Bool)
  /// Nothing.
  case null
  /// A list.
  case array([JSONValue])
  /// Keys and values.
  case object([(String, JSONValue)])

  /// The text, indented by two blanks, with a line end.
  public var text: String {
    let sink = TextSink()
    write(to: sink, indent: 0)
    sink.append(byte: 10)
    return sink.string
  }

  /// The text in one line.
  public var line: String {
    let sink = TextSink()
    write(to: sink, indent: nil)
    return sink.string
  }

  private func write(to sink: TextSink, indent: Int?) {
    func newline(_ depth: Int?) {
      guard let depth else { return }
      sink.append(byte: 10)
      for _ in 0..<depth { sink.append("  ") }
    }
    switch self {
    case .string(let text): Self.quote(text, sink)
    case .integer(let value): sink.append(value)
    case .number(let value): if value.isFinite { sink.append(value) } else { sink.append("null") }
    case .boolean(let value): sink.append(value ? "true" : "false")
    case .null: sink.append("null")
    case .array(let values):
      let isFlat = values.allSatisfy { if case .object = $0 { false } else { true } }
      sink.append("[")
      for (index, value) in values.enumerated() {
        if index > 0 { sink.append(isFlat || indent == nil ? ", " : ",") }
        if !isFlat { newline(indent.map { $0 + 1 }) }
        value.write(to: sink, indent: isFlat ? nil : indent.map { $0 + 1 })
      }
      if !isFlat { newline(indent) }
      sink.append("]")
    case .object(let pairs):
      sink.append("{")
      for (index, (key, value)) in pairs.enumerated() {
        if index > 0 { sink.append(indent == nil ? ", " : ",") }
        newline(indent.map { $0 + 1 })
        Self.quote(key, sink)
        sink.append(": ")
        value.write(to: sink, indent: indent.map { $0 + 1 })
      }
      if !pairs.isEmpty { newline(indent) }
      sink.append("}")
    }
  }

  private static func quote(_ text: String, _ sink: TextSink) {
    sink.append(byte: 34)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": sink.append("\\\"")
      case "\\": sink.append("\\\\")
      case "\n": sink.append("\\n")
      case "\r": sink.append("\\r")
      case "\t": sink.append("\\t")
      case _ where scalar.value < 32:
        let digits = String(scalar.value, radix: 16)
        sink.append(text: "\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
      default: sink.append(text: String(scalar))
      }
    }
    sink.append(byte: 34)
  }
}
