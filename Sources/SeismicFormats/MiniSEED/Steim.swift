/// Steim's compression: differences of neighbouring samples, as many to a word as their size allows (Steim, 1984; SEED
/// manual 2.4, appendix B).
///
/// A frame has 16 words of 32 bits. Two bits for each word of it stand in the first and say how the word is divided. The
/// second and third word of the first frame are the first and the last sample. Where the lowest byte comes first, this holds
/// within each number: differences of 8 and 16 bits keep their order in the word.
enum Steim {
  /// How many samples may be written behind those that are asked for, so that no word needs to be taken apart.
  static let slack = 8

  /// What came of decoding.
  struct Outcome {
    /// How many samples there are.
    var count: Int
    /// The last sample, as the record states it.
    var lastSample: Int32
    /// The word, counted from 0, that is divided in a way that does not exist.
    var invalidWord: Int?
  }

  /// Decodes Steim1.
  ///
  /// - Parameters:
  ///   - data: the frames.
  ///   - count: how many samples there should be.
  ///   - output: room for `count + slack` samples.
  static func decode1(
    _ data: UnsafeRawBufferPointer, count: Int, isBigEndian: Bool, into output: UnsafeMutablePointer<Int32>
  ) -> Outcome {
    isBigEndian
      ? decode(data, count: count, isBigEndian: true, isSteim2: false, into: output)
      : decode(data, count: count, isBigEndian: false, isSteim2: false, into: output)
  }

  /// Decodes Steim2; parameters as for ``decode1(_:count:isBigEndian:into:)``.
  static func decode2(
    _ data: UnsafeRawBufferPointer, count: Int, isBigEndian: Bool, into output: UnsafeMutablePointer<Int32>
  ) -> Outcome {
    isBigEndian
      ? decode(data, count: count, isBigEndian: true, isSteim2: true, into: output)
      : decode(data, count: count, isBigEndian: false, isSteim2: true, into: output)
  }

  @inline(__always)
  private static func decode(
    _ data: UnsafeRawBufferPointer, count: Int, isBigEndian: Bool, isSteim2: Bool,
    into output: UnsafeMutablePointer<Int32>
  ) -> Outcome {
    let words = data.count / 4
    guard words > 3, count > 0, let base = data.baseAddress else { return Outcome(count: 0, lastSample: 0) }
    @inline(__always)
    func word(_ index: Int) -> UInt32 {
      let value = base.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self)
      return isBigEndian ? UInt32(bigEndian: value) : UInt32(littleEndian: value)
    }
    let first = Int32(bitPattern: word(1))
    let last = Int32(bitPattern: word(2))
    var out = output
    let end = output + count
    // The first difference leads from the record before to the first sample, which is known.
    var value = first &- firstDifference(words: words, isBigEndian: isBigEndian, isSteim2: isSteim2, word: word)
    var invalidWord: Int?
    var frame = 0
    @inline(__always)
    func put(_ bits: UInt32, _ width: UInt32, _ place: UInt32, _ index: Int) {
      // A field of so many bits whose lowest bit is at a place, with its sign.
      value &+= Int32(bitPattern: bits &<< (32 &- width &- place)) &>> Int32(bitPattern: 32 &- width)
      out[index] = value
    }
    frames: while frame < words {
      // The two bits of the next word stand at the top.
      var control = word(frame)
      var index = frame &+ 1
      let frameEnd = min(frame &+ 16, words)
      control <<= 2
      if frame == 0 {
        index = 3
        control <<= 4
      }
      while index < frameEnd {
        guard out < end else { break frames }
        let bits = word(index)
        let code = control >> 30
        control <<= 2
        index &+= 1
        switch code {
        case 0: break
        case 1:
          let bytes = isBigEndian ? bits : bits.byteSwapped
          put(bytes, 8, 24, 0)
          put(bytes, 8, 16, 1)
          put(bytes, 8, 8, 2)
          put(bytes, 8, 0, 3)
          out += 4
        case 2:
          if isSteim2 {
            switch bits >> 30 {
            case 1:
              put(bits, 30, 0, 0)
              out += 1
            case 2:
              put(bits, 15, 15, 0)
              put(bits, 15, 0, 1)
              out += 2
            case 3:
              put(bits, 10, 20, 0)
              put(bits, 10, 10, 1)
              put(bits, 10, 0, 2)
              out += 3
            default:
              invalidWord = index - 1
              break frames
            }
          } else {
            let halves = isBigEndian ? bits : bits >> 16 | bits << 16
            put(halves, 16, 16, 0)
            put(halves, 16, 0, 1)
            out += 2
          }
        default:
          if isSteim2 {
            switch bits >> 30 {
            case 0:
              put(bits, 6, 24, 0)
              put(bits, 6, 18, 1)
              put(bits, 6, 12, 2)
              put(bits, 6, 6, 3)
              put(bits, 6, 0, 4)
              out += 5
            case 1:
              put(bits, 5, 25, 0)
              put(bits, 5, 20, 1)
              put(bits, 5, 15, 2)
              put(bits, 5, 10, 3)
              put(bits, 5, 5, 4)
              put(bits, 5, 0, 5)
              out += 6
            case 2:
              put(bits, 4, 24, 0)
              put(bits, 4, 20, 1)
              put(bits, 4, 16, 2)
              put(bits, 4, 12, 3)
              put(bits, 4, 8, 4)
              put(bits, 4, 4, 5)
              put(bits, 4, 0, 6)
              out += 7
            default:
              invalidWord = index - 1
              break frames
            }
          } else {
            value &+= Int32(bitPattern: bits)
            out[0] = value
            out += 1
          }
        }
      }
      frame &+= 16
    }
    return Outcome(count: min(out - output, count), lastSample: last, invalidWord: invalidWord)
  }

  /// The difference that comes first; 0 where there is none.
  @inline(__always)
  private static func firstDifference(
    words: Int, isBigEndian: Bool, isSteim2: Bool, word: (Int) -> UInt32
  ) -> Int32 {
    var control: UInt32 = 0
    for index in 0..<words {
      if index % 16 == 0 {
        control = word(index) << 2
        continue
      }
      let code = control >> 30
      control <<= 2
      guard code > 0, index > 2 else { continue }
      let bits = word(index)
      @inline(__always)
      func field(_ width: UInt32, _ place: UInt32) -> Int32 {
        Int32(bitPattern: bits &<< (32 &- width &- place)) &>> Int32(bitPattern: 32 &- width)
      }
      switch (code, isSteim2, bits >> 30) {
      case (1, _, _): return field(8, isBigEndian ? 24 : 0)
      case (2, false, _): return field(16, isBigEndian ? 16 : 0)
      case (3, false, _): return Int32(bitPattern: bits)
      case (2, true, 1): return field(30, 0)
      case (2, true, 2): return field(15, 15)
      case (2, true, 3): return field(10, 20)
      case (3, true, 0): return field(6, 24)
      case (3, true, 1): return field(5, 25)
      case (3, true, 2): return field(4, 24)
      default: return 0
      }
    }
    return 0
  }
}
