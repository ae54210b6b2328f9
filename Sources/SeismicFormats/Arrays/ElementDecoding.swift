/// Turns the bytes of numbers into numbers of single precision.
enum ElementDecoding {
  /// Bytes that are read at a time where they are not taken as they are.
  private static let pieceSize = 1 << 20

  /// Decodes numbers from wherever they are read.
  ///
  /// - Parameters:
  ///   - count: how many; their bytes are known to be there.
  ///   - type: what they are.
  ///   - isBigEndian: whether the highest byte comes first.
  ///   - read: fills memory with bytes, from an offset behind the first number.
  static func floats(
    _ count: Int, _ type: NumericArray.ElementType, isBigEndian: Bool,
    read: (_ offset: Int, _ memory: UnsafeMutableRawBufferPointer) throws -> Void
  ) throws -> [Float] {
    try [Float](unsafeUninitializedCapacity: count) { memory, initialized in
      if type == .float32, isBigEndian == (1.bigEndian == 1) {
        try read(0, UnsafeMutableRawBufferPointer(memory))
      } else {
        let step = pieceSize / type.size
        let piece = UnsafeMutableRawBufferPointer.allocate(
          byteCount: min(step, max(count, 1)) * type.size, alignment: 16)
        defer { piece.deallocate() }
        for start in stride(from: 0, to: count, by: step) {
          let part = min(step, count - start)
          let bytes = UnsafeMutableRawBufferPointer(rebasing: piece[..<(part * type.size)])
          try read(start * type.size, bytes)
          decode(
            UnsafeRawBufferPointer(bytes), type, isBigEndian,
            into: UnsafeMutableBufferPointer(rebasing: memory[start..<start + part]))
        }
      }
      initialized = count
    }
  }

  private static func decode(
    _ bytes: UnsafeRawBufferPointer, _ type: NumericArray.ElementType, _ isBigEndian: Bool,
    into values: UnsafeMutableBufferPointer<Float>
  ) {
    func each<Bits: FixedWidthInteger>(_: Bits.Type, _ convert: (Bits) -> Float) {
      for index in values.indices {
        let raw = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self)
        values[index] = convert(isBigEndian ? Bits(bigEndian: raw) : Bits(littleEndian: raw))
      }
    }
    switch type {
    case .boolean: each(UInt8.self) { $0 == 0 ? 0 : 1 }
    case .int8: each(Int8.self) { Float($0) }
    case .uint8: each(UInt8.self) { Float($0) }
    case .int16: each(Int16.self) { Float($0) }
    case .uint16: each(UInt16.self) { Float($0) }
    case .int32: each(Int32.self) { Float($0) }
    case .uint32: each(UInt32.self) { Float($0) }
    case .int64: each(Int64.self) { Float($0) }
    case .uint64: each(UInt64.self) { Float($0) }
    case .float16: each(UInt16.self, half)
    case .bfloat16: each(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
    case .float32: each(UInt32.self) { Float(bitPattern: $0) }
    case .float64: each(UInt64.self) { Float(Double(bitPattern: $0)) }
    }
  }

  /// A number of half precision from its bits.
  static func half(_ bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 31
    let fraction = UInt32(bits & 0x3FF)
    switch exponent {
    case 0: return Float(bitPattern: sign | (Float(fraction) * 0x1p-24).bitPattern)
    case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
