/// The table at the beginning of a file of tensors: names, types, shapes, places.
struct SafeTensorsHeader {
  /// What is known of a tensor.
  struct Entry: Hashable {
    var name: String
    var type: NumericArray.ElementType
    var shape: [Int]
    var count: Int
    /// Its bytes, counted from the first behind the header.
    var range: Range<Int>
  }

  /// The tensors, in the order of their bytes.
  var entries: [Entry] = []
  /// What else is said of them, in the order of the header.
  var metadata: [(key: String, value: String)] = []

  /// The names of the types in the header.
  static let types: [(name: String, type: NumericArray.ElementType)] = [
    ("F32", .float32), ("F64", .float64), ("F16", .float16), ("BF16", .bfloat16), ("I64", .int64), ("I32", .int32),
    ("I16", .int16), ("I8", .int8), ("U64", .uint64), ("U32", .uint32), ("U16", .uint16), ("U8", .uint8),
    ("BOOL", .boolean),
  ]
  /// The most dimensions of a tensor.
  static let dimensionLimit = 64

  /// Reads a header and checks it against the size of the file.
  ///
  /// - Parameters:
  ///   - bytes: the header, without its length.
  ///   - dataSize: bytes of the file behind the header.
  /// - Throws: ``FormatError`` that names the tensor.
  init(_ bytes: [UInt8], dataSize: Int, file: String) throws {
    var text = SafeTensorsText(bytes, file: file)
    var names: Set<String> = []
    try text.object { name, text in
      guard names.insert(name).inserted else { throw text.failure("tensor \(quoted(name)) stands twice", "each once") }
      if name == "__metadata__" {
        try text.object { key, text in
          guard !metadata.contains(where: { $0.key == key }) else {
            throw text.failure("\(quoted(key)) stands twice in __metadata__", "each once")
          }
          metadata.append((key, try text.string()))
        }
      } else {
        entries.append(try Self.entry(name, &text, dataSize))
      }
    }
    try text.expectEnd()
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound, $0.name) < ($1.range.lowerBound, $1.range.upperBound, $1.name)
    }
    var end = 0
    for (index, entry) in entries.enumerated() {
      guard entry.range.lowerBound == end else {
        let before = index == 0 ? "the header" : "tensor \(quoted(entries[index - 1].name))"
        throw text.failure(
          "tensor \(quoted(entry.name)) begins at byte \(entry.range.lowerBound) of the data",
          "\(end), right behind \(before)")
      }
      end = entry.range.upperBound
    }
    guard end == dataSize else {
      throw text.failure("\(dataSize) bytes of data", "\(end), where the last tensor ends")
    }
  }

  private static func entry(_ name: String, _ text: inout SafeTensorsText, _ dataSize: Int) throws -> Entry {
    var type: NumericArray.ElementType?
    var shape: [Int]?
    var offsets: [Int]?
    try text.object { key, text in
      let isNew: Bool
      switch key {
      case "dtype":
        isNew = type == nil
        let word = try text.string()
        guard let known = types.first(where: { $0.name == word }) else {
          throw text.failure(
            "tensor \(quoted(name)) is of the type \(quoted(word))",
            "one of \(types.map(\.name).joined(separator: ", "))", .unsupported)
        }
        type = known.type
      case "shape":
        isNew = shape == nil
        shape = try text.numbers()
      case "data_offsets":
        isNew = offsets == nil
        offsets = try text.numbers()
      default: throw text.failure("tensor \(quoted(name)) has \(quoted(key))", "dtype, shape and data_offsets")
      }
      guard isNew else { throw text.failure("tensor \(quoted(name)) has \(key) twice", "each once") }
    }
    guard let type, let shape, let offsets else {
      throw text.failure(
        "tensor \(quoted(name)) has no \(type == nil ? "dtype" : shape == nil ? "shape" : "data_offsets")",
        "dtype, shape and data_offsets")
    }
    guard shape.count <= dimensionLimit, let count = NumericArray.count(of: shape) else {
      throw text.failure(
        "tensor \(quoted(name)) has the shape \(NumericArray.text(of: Array(shape.prefix(8))))",
        "one that fits into memory")
    }
    guard offsets.count == 2, offsets[0] <= offsets[1], offsets[1] <= dataSize else {
      throw text.failure(
        "tensor \(quoted(name)) has the bytes \(offsets.prefix(4).map(String.init).joined(separator: " to "))",
        "a beginning and an end within the \(dataSize) bytes of data")
    }
    // What fits below 2⁵⁶ elements cannot overflow in bytes.
    guard offsets[1] - offsets[0] == count * type.size else {
      throw text.failure(
        "tensor \(quoted(name)) of the shape \(NumericArray.text(of: shape)) has \(offsets[1] - offsets[0]) bytes",
        "\(count * type.size)")
    }
    return Entry(name: name, type: type, shape: shape, count: count, range: offsets[0]..<offsets[1])
  }
}

/// Reads the part of JSON that stands in headers of tensors: objects, text, lists of whole numbers.
struct SafeTensorsText {
  private let bytes: [UInt8]
  private var place = 0
  private let file: String

  init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  func failure(_ found: String, _ expected: String, _ kind: FormatError.Kind = .badData) -> FormatError {
    FormatError(
      kind, file: file, at: .byte(8 + place), found: found, expected: expected,
      remedy: kind == .unsupported ? "convert it to F32" : "copy the file anew")
  }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private var description: String {
    guard let next else { return "the header's end" }
    return next >= 32 && next < 127 ? "'\(Character(UnicodeScalar(next)))'" : "byte \(next)"
  }

  private mutating func skipBlanks() {
    while let byte = next, byte == 32 || byte == 10 || byte == 9 || byte == 13 { place += 1 }
  }

  private mutating func take(_ character: UInt8) -> Bool {
    skipBlanks()
    guard next == character else { return false }
    place += 1
    return true
  }

  private mutating func expect(_ character: UInt8) throws {
    guard take(character) else {
      throw failure("\(description) in the header", "'\(Character(UnicodeScalar(character)))'")
    }
  }

  mutating func expectEnd() throws {
    skipBlanks()
    guard next == nil else { throw failure("\(description) behind the header's end", "blanks") }
  }

  /// Reads an object; the body reads the value of each key.
  mutating func object(_ body: (_ key: String, _ text: inout SafeTensorsText) throws -> Void) throws {
    try expect(123)
    if take(125) { return }
    repeat {
      let key = try string()
      try expect(58)
      try body(key, &self)
    } while take(44)
    try expect(125)
  }

  mutating func numbers() throws -> [Int] {
    try expect(91)
    var numbers: [Int] = []
    if take(93) { return numbers }
    repeat {
      skipBlanks()
      let start = place
      while let byte = next, byte >= 48, byte <= 57 { place += 1 }
      guard place > start, place - start <= 19, let number = Int(String(decoding: bytes[start..<place], as: UTF8.self))
      else { throw failure("\(description) in the header", "a whole number from 0 to 2⁶³ − 1") }
      numbers.append(number)
    } while take(44)
    try expect(93)
    return numbers
  }

  mutating func string() throws -> String {
    try expect(34)
    var text: [UInt8] = []
    while let byte = next {
      place += 1
      switch byte {
      case 34:
        guard let result = String(validating: text, as: UTF8.self) else {
          throw failure("text that is not UTF-8", "UTF-8")
        }
        return result
      case 0..<32: throw failure("a control character in text", "it written as \\u")
      case 92:
        guard let letter = next else { throw failure("text without an end", "a quote") }
        place += 1
        switch letter {
        case 34, 47, 92: text.append(letter)
        case 98: text.append(8)
        case 102: text.append(12)
        case 110: text.append(10)
        case 114: text.append(13)
        case 116: text.append(9)
        case 117: text += Array(String(try scalar()).utf8)
        default: throw failure("'\\\(Character(UnicodeScalar(letter)))' in text", "an escape of JSON")
        }
      default: text.append(byte)
      }
    }
    throw failure("text without an end", "a quote")
  }

  private mutating func scalar() throws -> UnicodeScalar {
    func hexadecimal() throws -> UInt32 {
      guard bytes.count - place >= 4, bytes[place..<place + 4].allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
        let value = UInt32(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
      else { throw failure("an unfinished \\u", "four hexadecimal digits") }
      place += 4
      return value
    }
    let first = try hexadecimal()
    if let scalar = UnicodeScalar(first) { return scalar }
    guard first < 0xDC00, next == 92, bytes.count - place >= 6, bytes[place + 1] == 117 else {
      throw failure("half a character in text", "a pair of \\u")
    }
    place += 2
    let second = try hexadecimal()
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = UnicodeScalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw failure("half a character in text", "a pair of \\u") }
    return scalar
  }
}
