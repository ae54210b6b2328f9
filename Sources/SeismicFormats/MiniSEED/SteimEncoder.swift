extension Steim {
  /// What came of encoding.
  struct Encoded {
    /// How many samples are in the frames.
    var count: Int
    /// How many frames have anything in them.
    var frames: Int
    /// Whether it ended because a difference does not fit in 30 bits.
    var isInterrupted: Bool
  }

  /// Encodes samples as Steim2, as many as there is room for.
  ///
  /// - Parameters:
  ///   - samples: at least one.
  ///   - previous: the sample before the first; nil where there is none.
  ///   - frames: room for the frames, 64 bytes each; they are set to zero first.
  static func encode2(
    _ samples: UnsafeBufferPointer<Int32>, previous: Int32?, into frames: UnsafeMutableRawBufferPointer
  ) -> Encoded {
    guard let sample = samples.baseAddress, let base = frames.baseAddress, frames.count >= 64 else {
      return Encoded(count: 0, frames: 0, isInterrupted: false)
    }
    frames.initializeMemory(as: UInt8.self, repeating: 0)
    let total = samples.count
    let frameCount = frames.count / 64
    @inline(__always)
    func store(_ value: UInt32, _ word: Int) {
      base.storeBytes(of: value.bigEndian, toByteOffset: word &* 4, as: UInt32.self)
    }
    // The first difference is not needed to decode; readers that follow a stream may use it.
    let lead = sample[0].subtractingReportingOverflow(previous ?? sample[0])
    let first: Int32 = lead.overflow || !fits30(lead.partialValue) ? 0 : lead.partialValue
    var done = 0
    var frame = 0
    var isInterrupted = false
    encoding: while frame < frameCount {
      var control: UInt32 = 0
      var index = frame == 0 ? 3 : 1
      while index < 16 {
        guard done < total else { break }
        // Differences of the next seven samples, and which bits their sizes take together.
        @inline(__always)
        func difference(_ place: Int) -> Int32 { place == 0 ? first : sample[place] &- sample[place &- 1] }
        @inline(__always)
        func size(_ value: Int32) -> UInt32 { UInt32(bitPattern: value ^ (value >> 31)) }
        let left = total &- done
        let d0 = difference(done)
        let d1 = left > 1 ? sample[done &+ 1] &- sample[done] : 0
        let d2 = left > 2 ? sample[done &+ 2] &- sample[done &+ 1] : 0
        let d3 = left > 3 ? sample[done &+ 3] &- sample[done &+ 2] : 0
        let s1 = size(d0)
        let s2 = s1 | size(d1)
        let s3 = s2 | size(d2)
        let s4 = s3 | size(d3)
        let code: UInt32
        let word: UInt32
        // A difference of two 32-bit numbers may wrap; it is decoded by wrapping too, if it fits at all.
        if s4 < 128, left >= 4 {
          let d4 = left > 4 ? sample[done &+ 4] &- sample[done &+ 3] : 0
          let d5 = left > 5 ? sample[done &+ 5] &- sample[done &+ 4] : 0
          let d6 = left > 6 ? sample[done &+ 6] &- sample[done &+ 5] : 0
          let s5 = s4 | size(d4)
          let s6 = s5 | size(d5)
          let s7 = s6 | size(d6)
          if s7 < 8, left >= 7 {
            code = 3
            let high = bits(d0, 4) << 24 | bits(d1, 4) << 20 | bits(d2, 4) << 16 | bits(d3, 4) << 12
            word = 2 << 30 | high | bits(d4, 4) << 8 | bits(d5, 4) << 4 | bits(d6, 4)
            done &+= 7
          } else if s6 < 16, left >= 6 {
            code = 3
            let high = bits(d0, 5) << 25 | bits(d1, 5) << 20 | bits(d2, 5) << 15
            word = 1 << 30 | high | bits(d3, 5) << 10 | bits(d4, 5) << 5 | bits(d5, 5)
            done &+= 6
          } else if s5 < 32, left >= 5 {
            code = 3
            let high = bits(d0, 6) << 24 | bits(d1, 6) << 18 | bits(d2, 6) << 12
            word = high | bits(d3, 6) << 6 | bits(d4, 6)
            done &+= 5
          } else {
            code = 1
            word = bits(d0, 8) << 24 | bits(d1, 8) << 16 | bits(d2, 8) << 8 | bits(d3, 8)
            done &+= 4
          }
        } else if s3 < 512, left >= 3 {
          code = 2
          word = 3 << 30 | bits(d0, 10) << 20 | bits(d1, 10) << 10 | bits(d2, 10)
          done &+= 3
        } else if s2 < 16384, left >= 2 {
          code = 2
          word = 2 << 30 | bits(d0, 15) << 15 | bits(d1, 15)
          done &+= 2
        } else if s1 < 1 << 29 {
          code = 2
          word = 1 << 30 | bits(d0, 30)
          done &+= 1
        } else {
          isInterrupted = true
          break
        }
        control |= code << UInt32(30 &- 2 &* index)
        store(word, frame &* 16 &+ index)
        index &+= 1
      }
      store(control, frame &* 16)
      frame &+= 1
      if isInterrupted || done >= total { break encoding }
    }
    store(UInt32(bitPattern: sample[0]), 1)
    store(UInt32(bitPattern: done > 0 ? sample[done - 1] : sample[0]), 2)
    return Encoded(count: done, frames: frame, isInterrupted: isInterrupted)
  }

  @inline(__always)
  private static func bits(_ value: Int32, _ width: UInt32) -> UInt32 { UInt32(bitPattern: value) & ((1 << width) - 1) }

  private static func fits30(_ value: Int32) -> Bool { value >= -(1 << 29) && value < 1 << 29 }
}
