/// What stands before the numbers of an array in NumPy's format (NumPy enhancement proposal 1, versions 1 to 3).
struct NumPyHeader: Hashable {
  /// What the elements are.
  enum Element: Hashable {
    /// Numbers.
    case number(NumericArray.ElementType)
    /// Text of a fixed number of characters of four bytes each.
    case unicode(Int)
    /// Text of a fixed number of bytes.
    case bytes(Int)

    /// Bytes of an element.
    var size: Int {
      switch self {
      case .number(let type): type.size
      case .unicode(let count): count * 4
      case .bytes(let count): count
      }
    }
  }

  /// What the elements are.
  var element: Element
  /// Whether the highest byte of a number comes first.
  var isBigEndian: Bool
  /// Whether the first index is fastest.
  var isFortranOrder: Bool
  /// The extents.
  var shape: [Int]
  /// How many elements there are.
  var count: Int
  /// Bytes before the elements.
  var length: Int

  /// The most bytes that a header may have.
  static let lengthLimit = 1 << 20
  /// The most dimensions of an array in NumPy.
  static let dimensionLimit = 64
  /// Bytes from which the length of the header is known.
  static let prefixLength = 12

  /// How long the header is, from the first bytes of a file.
  ///
  /// - Throws: ``FormatError``.
  static func length(_ prefix: UnsafeRawBufferPointer, file: String) throws -> Int {
    let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
    guard prefix.count >= 10, prefix.starts(with: magic) else {
      throw FormatError(
        .badData, file: file, at: .byte(0), found: "it does not begin as an array of NumPy",
        expected: "the bytes \\x93NUMPY", remedy: "save it with numpy.save")
    }
    let version = prefix[6]
    guard (1...3).contains(version) else {
      throw FormatError(
        .unsupported, file: file, at: .byte(6), found: "version \(version) of NumPy's format", expected: "1, 2 or 3")
    }
    var length = Int(prefix[8]) | Int(prefix[9]) << 8
    if version == 1 {
      length += 10
    } else {
      guard prefix.count >= 12 else { throw truncated(file) }
      length |= Int(prefix[10]) << 16 | Int(prefix[11]) << 24
      length += 12
    }
    guard length <= lengthLimit else {
      throw FormatError(
        .badData, file: file, at: .byte(8), found: "a header of \(length) bytes", expected: "at most \(lengthLimit)")
    }
    return length
  }

  static func truncated(_ file: String) -> FormatError {
    FormatError(
      .badData, file: file, found: "it ends within the header", expected: "a whole array", remedy: "copy the file anew")
  }

  /// Reads a header.
  ///
  /// - Parameter bytes: as many as ``length(_:file:)`` tells of.
  /// - Throws: ``FormatError``.
  init(_ bytes: UnsafeRawBufferPointer, file: String) throws {
    length = bytes.count
    let start = bytes[6] == 1 ? 10 : 12
    guard bytes.count >= start else { throw Self.truncated(file) }
    var text = PythonText(bytes[start...], file: file)
    var type: String?
    var order: Bool?
    var extents: [Int]?
    try text.expect(123)
    while try !text.take(125) {
      let key = try text.string()
      try text.expect(58)
      let isNew: Bool
      switch key {
      case "descr":
        isNew = type == nil
        type = try text.string()
      case "fortran_order":
        isNew = order == nil
        order = try text.boolean()
      case "shape":
        isNew = extents == nil
        extents = try text.tuple()
      default: throw text.failure("the key \(quoted(key))", "descr, fortran_order and shape")
      }
      guard isNew else { throw text.failure("the key \(key) twice", "each once") }
      if try !text.take(44) {
        try text.expect(125)
        break
      }
    }
    try text.expectEnd()
    guard let type, let order, let extents else {
      throw text.failure(
        "a header without \(type == nil ? "descr" : order == nil ? "fortran_order" : "shape")", "all three")
    }
    guard let (element, isBigEndian) = Self.element(type) else {
      throw FormatError(
        .unsupported, file: file, at: .byte(start), found: "elements of the type \(quoted(type))",
        expected: "numbers, or text of fixed length",
        remedy: type.hasSuffix("O") ? "save it without Python objects" : "convert it with .astype(numpy.float32)")
    }
    guard extents.count <= Self.dimensionLimit, let count = NumericArray.count(of: extents),
      !count.multipliedReportingOverflow(by: element.size).overflow
    else {
      throw FormatError(
        .badData, file: file, at: .byte(start),
        found: "the shape \(NumericArray.text(of: Array(extents.prefix(8))))", expected: "one that fits into memory")
    }
    self.element = element
    self.isBigEndian = isBigEndian
    isFortranOrder = order
    shape = extents
    self.count = count
  }

  /// The meaning of a type's name: `<f4`, `>i2`, `|b1`, `<U12`.
  private static func element(_ name: String) -> (Element, isBigEndian: Bool)? {
    let letters = Array(name.utf8)
    guard letters.count >= 3, let order = letters.first, let size = Int(name.dropFirst(2)), size >= 0 else {
      return nil
    }
    let isBigEndian: Bool
    switch order {
    case 60, 124: isBigEndian = false
    case 62: isBigEndian = true
    case 61: isBigEndian = 1.bigEndian == 1
    default: return nil
    }
    let element: Element
    switch (letters[1], size) {
    case (98, 1): element = .number(.boolean)
    case (105, 1): element = .number(.int8)
    case (105, 2): element = .number(.int16)
    case (105, 4): element = .number(.int32)
    case (105, 8): element = .number(.int64)
    case (117, 1): element = .number(.uint8)
    case (117, 2): element = .number(.uint16)
    case (117, 4): element = .number(.uint32)
    case (117, 8): element = .number(.uint64)
    case (102, 2): element = .number(.float16)
    case (102, 4): element = .number(.float32)
    case (102, 8): element = .number(.float64)
    case (85, 1...(1 << 20)): element = .unicode(size)
    case (83, 1...(1 << 20)): element = .bytes(size)
    default: return nil
    }
    // Without a statement of order there must be nothing to order.
    guard order != 124 || element.size <= 1 || letters[1] == 83 else { return nil }
    return (element, isBigEndian)
  }

  /// The header of an array as this program writes it: single precision, last index fastest, version 1.
  static func bytes(shape: [Int]) -> [UInt8] {
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = Array("{'descr': '<f4', 'fortran_order': False, 'shape': (\(extents)), }".utf8)
    // As NumPy does: numbers begin at a multiple of 64 bytes, and the header ends in a line feed.
    let length = (10 + text.count + 1 + 63) / 64 * 64 - 10
    text += [UInt8](repeating: 32, count: length - text.count - 1) + [10]
    return [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, UInt8(length & 255), UInt8(length >> 8 & 255)] + text
  }
}

/// Reads the few forms of Python literals that stand in headers.
private struct PythonText {
  private let bytes: Slice<UnsafeRawBufferPointer>
  private var place: Int
  private let file: String

  init(_ bytes: Slice<UnsafeRawBufferPointer>, file: String) {
    self.bytes = bytes
    place = bytes.startIndex
    self.file = file
  }

  func failure(_ found: String, _ expected: String) -> FormatError {
    FormatError(.badData, file: file, at: .byte(place), found: found, expected: expected)
  }

  private var next: UInt8? { place < bytes.endIndex ? bytes[place] : nil }

  private mutating func skipBlanks() {
    while let byte = next, byte == 32 || byte == 10 || byte == 9 || byte == 13 { place += 1 }
  }

  private var description: String {
    guard let next else { return "the header's end" }
    return next >= 32 && next < 127 ? "'\(Character(UnicodeScalar(next)))'" : "byte \(next)"
  }

  /// Passes over a character if it comes next.
  mutating func take(_ character: UInt8) throws -> Bool {
    skipBlanks()
    guard next == character else { return false }
    place += 1
    return true
  }

  mutating func expect(_ character: UInt8) throws {
    guard try take(character) else {
      throw failure("\(description) in the header", "'\(Character(UnicodeScalar(character)))'")
    }
  }

  mutating func expectEnd() throws {
    skipBlanks()
    guard next == nil else { throw failure("\(description) behind the header's end", "blanks") }
  }

  mutating func string() throws -> String {
    skipBlanks()
    guard let quote = next, quote == 39 || quote == 34 else {
      throw failure(
        "\(description) in the header", "text in quotes (arrays of records are not read)")
    }
    place += 1
    let start = place
    while let byte = next, byte != quote { place += 1 }
    guard next == quote else { throw failure("text without an end", "a quote") }
    defer { place += 1 }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  mutating func boolean() throws -> Bool {
    skipBlanks()
    for (word, value) in [("True", true), ("False", false)] where bytes[place...].starts(with: word.utf8) {
      place += word.utf8.count
      return value
    }
    throw failure("\(description) in the header", "True or False")
  }

  mutating func tuple() throws -> [Int] {
    try expect(40)
    var numbers: [Int] = []
    while try !take(41) {
      skipBlanks()
      let start = place
      while let byte = next, byte >= 48, byte <= 57 { place += 1 }
      guard place > start, place - start <= 19, let number = Int(String(decoding: bytes[start..<place], as: UTF8.self))
      else { throw failure("\(description) in the shape", "whole numbers") }
      // Headers of old versions of Python.
      if next == 76 { place += 1 }
      numbers.append(number)
      if try !take(44) {
        try expect(41)
        break
      }
    }
    return numbers
  }
}
