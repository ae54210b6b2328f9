/// Turns the payload of a record into samples.
///
/// Nothing is read outside of the payload, and no more is written than the number of samples that was asked for and
/// ``Steim/slack``.
enum MiniSEEDDecoder {
  /// What is wrong with a payload.
  enum Flaw: Hashable {
    /// There are fewer samples than the record says.
    case short
    /// A word is divided in a way that does not exist.
    case invalidWord(Int)
    /// The last sample is not what the record says it is.
    case lastSample(found: Int32, stated: Int32)
    /// The words stand in the other order than the record says.
    case otherWordOrder
    /// A sample has a gain that does not exist.
    case invalidGain(Int)
  }

  /// Decodes whole numbers.
  ///
  /// - Parameters:
  ///   - payload: the bytes.
  ///   - encoding: how they are stored.
  ///   - count: how many samples there should be, no more than the encoding's capacity.
  ///   - output: room for `count + Steim.slack` samples.
  /// - Returns: how many samples there are, and what is wrong with them.
  static func integers(
    _ payload: UnsafeRawBufferPointer, _ encoding: MiniSEEDEncoding, isBigEndian: Bool, count: Int,
    into output: UnsafeMutablePointer<Int32>
  ) -> (count: Int, flaw: Flaw?) {
    switch encoding {
    case .steim1, .steim2:
      return steim(payload, encoding, isBigEndian: isBigEndian, count: count, into: output)
    case .int32:
      let count = min(count, payload.count / 4)
      for index in 0..<count { output[index] = Int32(bitPattern: payload.word(index, isBigEndian)) }
      return (count, nil)
    case .int24:
      let count = min(count, payload.count / 3)
      for index in 0..<count { output[index] = payload.int24(index, isBigEndian) }
      return (count, nil)
    case .int16, .dwwssn:
      let count = min(count, payload.count / 2)
      for index in 0..<count { output[index] = Int32(Int16(bitPattern: payload.half(index, isBigEndian))) }
      return (count, nil)
    case .cdsn:
      let count = min(count, payload.count / 2)
      for index in 0..<count {
        let bits = payload.half(index, isBigEndian)
        let shift: Int32 =
          switch bits >> 14 {
          case 0: 0
          case 1: 2
          case 2: 4
          default: 7
          }
        output[index] = (Int32(bits & 0x3FFF) - 0x1FFF) << shift
      }
      return (count, nil)
    case .sro:
      let count = min(count, payload.count / 2)
      for index in 0..<count {
        let bits = payload.half(index, isBigEndian)
        let gain = Int32(bits >> 12)
        guard gain <= 10 else { return (index, .invalidGain(index)) }
        let mantissa = Int32(bitPattern: UInt32(bits) << 20) >> 20
        output[index] = mantissa << (10 - gain)
      }
      return (count, nil)
    default: return (0, .short)
    }
  }

  private static func steim(
    _ payload: UnsafeRawBufferPointer, _ encoding: MiniSEEDEncoding, isBigEndian: Bool, count: Int,
    into output: UnsafeMutablePointer<Int32>
  ) -> (count: Int, flaw: Flaw?) {
    func decode(_ isBigEndian: Bool) -> Steim.Outcome {
      encoding == .steim1
        ? Steim.decode1(payload, count: count, isBigEndian: isBigEndian, into: output)
        : Steim.decode2(payload, count: count, isBigEndian: isBigEndian, into: output)
    }
    func isWhole(_ outcome: Steim.Outcome) -> Bool {
      outcome.count == count && count > 0 && output[count - 1] == outcome.lastSample
    }
    let outcome = decode(isBigEndian)
    if isWhole(outcome) { return (count, nil) }
    // By accident the last sample of a wrong order is right once in four thousand million times.
    if count > 1, isWhole(decode(!isBigEndian)) { return (count, .otherWordOrder) }
    let again = decode(isBigEndian)
    if let word = again.invalidWord { return (again.count, .invalidWord(word)) }
    if again.count < count { return (again.count, .short) }
    return (again.count, .lastSample(found: again.count > 0 ? output[again.count - 1] : 0, stated: again.lastSample))
  }

  /// Decodes single-precision numbers; parameters as for ``integers(_:_:isBigEndian:count:into:)``.
  static func floats(
    _ payload: UnsafeRawBufferPointer, _ encoding: MiniSEEDEncoding, isBigEndian: Bool, count: Int,
    into output: UnsafeMutablePointer<Float>
  ) -> (count: Int, flaw: Flaw?) {
    switch encoding {
    case .float32:
      let count = min(count, payload.count / 4)
      for index in 0..<count { output[index] = Float(bitPattern: payload.word(index, isBigEndian)) }
      return (count, nil)
    case .geoscope24:
      let count = min(count, payload.count / 3)
      for index in 0..<count { output[index] = Float(payload.int24(index, isBigEndian)) }
      return (count, nil)
    case .geoscope16Exponent3, .geoscope16Exponent4:
      let count = min(count, payload.count / 2)
      let mask: UInt16 = encoding == .geoscope16Exponent3 ? 7 : 15
      for index in 0..<count {
        let bits = payload.half(index, isBigEndian)
        output[index] = Float(Int(bits & 0x0FFF) - 2048) / Float(1 << Int((bits >> 12) & mask))
      }
      return (count, nil)
    default: return (0, .short)
    }
  }

  /// Decodes double-precision numbers; parameters as for ``integers(_:_:isBigEndian:count:into:)``.
  static func doubles(
    _ payload: UnsafeRawBufferPointer, _ encoding: MiniSEEDEncoding, isBigEndian: Bool, count: Int,
    into output: UnsafeMutablePointer<Double>
  ) -> (count: Int, flaw: Flaw?) {
    guard encoding == .float64 else { return (0, .short) }
    let count = min(count, payload.count / 8)
    for index in 0..<count {
      let bits = payload.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
      output[index] = Double(bitPattern: isBigEndian ? UInt64(bigEndian: bits) : UInt64(littleEndian: bits))
    }
    return (count, nil)
  }

  /// Copies characters; parameters as for ``integers(_:_:isBigEndian:count:into:)``.
  static func characters(
    _ payload: UnsafeRawBufferPointer, _ encoding: MiniSEEDEncoding, isBigEndian: Bool, count: Int,
    into output: UnsafeMutablePointer<UInt8>
  ) -> (count: Int, flaw: Flaw?) {
    let count = min(count, payload.count)
    for index in 0..<count { output[index] = payload[index] }
    return (count, nil)
  }
}

extension UnsafeRawBufferPointer {
  @inline(__always)
  fileprivate func word(_ index: Int, _ isBigEndian: Bool) -> UInt32 {
    let bits = loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self)
    return isBigEndian ? UInt32(bigEndian: bits) : UInt32(littleEndian: bits)
  }

  @inline(__always)
  fileprivate func half(_ index: Int, _ isBigEndian: Bool) -> UInt16 {
    let bits = loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self)
    return isBigEndian ? UInt16(bigEndian: bits) : UInt16(littleEndian: bits)
  }

  @inline(__always)
  fileprivate func int24(_ index: Int, _ isBigEndian: Bool) -> Int32 {
    let (a, b, c) = (UInt32(self[index * 3]), UInt32(self[index * 3 + 1]), UInt32(self[index * 3 + 2]))
    let bits = isBigEndian ? a << 24 | b << 16 | c << 8 : c << 24 | b << 16 | a << 8
    return Int32(bitPattern: bits) >> 8
  }
}
