/// Arrays in NumPy's format (`.npy`, versions 1 to 3).
public enum NumPyFile {
  /// Reads an array of numbers.
  ///
  /// Whole numbers, true and false, half, single and double precision in either order of bytes are read, and either order of
  /// indices.
  ///
  /// - Parameter path: the file.
  /// - Throws: ``FormatError`` when it cannot be opened, is cut, is longer than it says, or holds something else. Nothing is
  ///   allocated before the header agrees with the size of the file.
  public static func read(_ path: String) throws -> NumericArray {
    try Source(file: FileInput(path)).numbers()
  }

  /// Reads an array of text, in the order of its indices.
  ///
  /// - Throws: ``FormatError``.
  public static func readStrings(_ path: String) throws -> [String] {
    try Source(file: FileInput(path)).strings()
  }

  /// Writes an array: single precision, lowest byte first, last index fastest.
  ///
  /// - Parameters:
  ///   - array: the array.
  ///   - path: the file; it appears under its name when it is whole.
  /// - Throws: ``FormatError``, also when shape and number of values disagree.
  public static func write(_ array: NumericArray, to path: String) throws {
    guard NumericArray.count(of: array.shape) == array.values.count,
      array.shape.count <= NumPyHeader.dimensionLimit
    else {
      throw FormatError(
        .cannotCreate, file: path, found: "an array of the shape \(array.shapeText) with \(array.values.count) values",
        expected: "as many as the shape says")
    }
    let output = try FileOutput(path)
    try NumPyHeader.bytes(shape: array.shape).withUnsafeBufferPointer { try output.write($0) }
    try output.write(values: array.values)
    try output.commit()
  }

  /// Bytes of an array, in a file or in memory.
  struct Source {
    /// The name for messages.
    let name: String
    /// How many bytes there are.
    let size: Int
    private let read: (Int, UnsafeMutableRawBufferPointer) throws -> Void
    private let header: NumPyHeader

    init(file: FileInput) throws {
      try self.init(name: file.path, size: file.size) { offset, memory in
        guard try file.read(at: offset, into: memory) == memory.count else {
          throw FormatError(
            .inputOutput, file: file.path, at: .byte(offset), found: "it ends early",
            expected: "\(file.size) bytes, as when it was opened")
        }
      }
    }

    init(name: String, bytes: [UInt8]) throws {
      try self.init(name: name, size: bytes.count) { offset, memory in
        guard offset >= 0, memory.count <= bytes.count - offset else {
          throw FormatError(.badData, file: name, at: .byte(offset), found: "it ends early")
        }
        bytes.withUnsafeBytes {
          memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset...].prefix(memory.count)))
        }
      }
    }

    private init(
      name: String, size: Int, read: @escaping (Int, UnsafeMutableRawBufferPointer) throws -> Void
    ) throws {
      self.name = name
      self.size = size
      self.read = read
      func bytes(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBytes { try read(0, $0) }
        return bytes
      }
      let length = try bytes(min(NumPyHeader.prefixLength, size)).withUnsafeBytes {
        try NumPyHeader.length($0, file: name)
      }
      guard length <= size else { throw NumPyHeader.truncated(name) }
      header = try bytes(length).withUnsafeBytes { try NumPyHeader($0, file: name) }
      let needed = header.count * header.element.size
      guard size - length == needed else {
        throw FormatError(
          .badData, file: name, at: .byte(length),
          found: "\(size - length) bytes behind the header",
          expected: "\(needed), for the shape \(NumericArray.text(of: header.shape))",
          remedy: size - length < needed ? "copy the file anew" : "save one array only")
      }
    }

    /// The array as numbers.
    func numbers() throws -> NumericArray {
      guard case .number(let type) = header.element else {
        throw FormatError(.unsupported, file: name, found: "an array of text", expected: "numbers")
      }
      let length = header.length
      let read = read
      let values = try ElementDecoding.floats(header.count, type, isBigEndian: header.isBigEndian) { offset, memory in
        try read(length + offset, memory)
      }
      return NumericArray(
        shape: header.shape, values: header.isFortranOrder ? Self.reordered(values, header.shape) : values, type: type)
    }

    /// The array as text.
    func strings() throws -> [String] {
      let size = header.element.size
      var bytes = [UInt8](repeating: 0, count: header.count * size)
      try bytes.withUnsafeMutableBytes { try read(header.length, $0) }
      let texts = try (0..<header.count).map { index -> String in
        let element = bytes[(index * size)..<((index + 1) * size)]
        switch header.element {
        case .number:
          throw FormatError(.unsupported, file: name, found: "an array of numbers", expected: "text")
        case .bytes:
          let end = element.lastIndex { $0 != 0 }.map { $0 + 1 } ?? element.startIndex
          return String(decoding: element[..<end], as: UTF8.self)
        case .unicode:
          var scalars = String.UnicodeScalarView()
          for start in stride(from: element.startIndex, to: element.endIndex, by: 4) {
            let four = (0..<4).map { UInt32(element[start + (header.isBigEndian ? 3 - $0 : $0)]) << (8 * UInt32($0)) }
            scalars.append(UnicodeScalar(four.reduce(0, |)) ?? "\u{FFFD}")
          }
          while scalars.last == "\0" { scalars.removeLast() }
          return String(scalars)
        }
      }
      return header.isFortranOrder ? Self.reordered(texts, header.shape) : texts
    }

    /// Brings elements whose first index is fastest into the order in which the last one is.
    static func reordered<Element>(_ values: [Element], _ shape: [Int]) -> [Element] {
      guard shape.count > 1, values.count > 1 else { return values }
      var strides: [Int] = []
      var step = 1
      for extent in shape {
        strides.append(step)
        step *= extent
      }
      var place = [Int](repeating: 0, count: shape.count)
      var source = 0
      var result: [Element] = []
      result.reserveCapacity(values.count)
      for _ in values.indices {
        result.append(values[source])
        var dimension = shape.count - 1
        while dimension >= 0 {
          place[dimension] += 1
          source += strides[dimension]
          if place[dimension] < shape[dimension] { break }
          source -= strides[dimension] * shape[dimension]
          place[dimension] = 0
          dimension -= 1
        }
      }
      return result
    }
  }
}

extension FileOutput {
  /// Adds numbers of single precision, lowest byte first.
  func write(values: [Float]) throws {
    if 1.littleEndian == 1 {
      try values.withUnsafeBytes { try write($0.bindMemory(to: UInt8.self)) }
      return
    }
    for start in stride(from: 0, to: values.count, by: 1 << 16) {
      let bits = values[start..<min(start + 1 << 16, values.count)].map(\.bitPattern.littleEndian)
      try bits.withUnsafeBytes { try write($0.bindMemory(to: UInt8.self)) }
    }
  }
}
