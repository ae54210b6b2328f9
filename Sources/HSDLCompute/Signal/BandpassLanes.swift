/// Up to four bandpass filters of four sections each, run side by side in the lanes of a vector.
///
/// The lanes are the components of a sensor in one band, or bands of one component. A bandpass by the bilinear
/// transform has its zeros at 1 and -1 in every section, so a section needs no multiplication but those of its poles.
struct BandpassLanes {
  private typealias Lanes = SIMD4<Double>

  private static let sectionCount = 4
  private var gain = SIMD4<Double>(repeating: 0)
  private var a1 = (SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>())
  private var a2 = (SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>())
  private var z1 = (SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>())
  private var z2 = (SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>())

  /// States below this are taken for zero: numbers near the end of the exponent's range cost a hundred times the time.
  private static let negligible = 1e-150

  /// Creates the filters.
  ///
  /// - Parameter filters: for each lane a bandpass of order 4, or nil for a lane whose output is to be zero.
  init(_ filters: [SecondOrderSections?]) {
    for (lane, filter) in filters.prefix(4).enumerated() {
      guard let sections = filter?.sections, sections.count == Self.sectionCount else { continue }
      gain[lane] = sections.reduce(1) { $0 * $1.b0 }
      a1.0[lane] = sections[0].a1
      a1.1[lane] = sections[1].a1
      a1.2[lane] = sections[2].a1
      a1.3[lane] = sections[3].a1
      a2.0[lane] = sections[0].a2
      a2.1[lane] = sections[1].a2
      a2.2[lane] = sections[2].a2
      a2.3[lane] = sections[3].a2
    }
  }

  /// Filters samples in place, the filters being at rest before the first.
  func filter(_ samples: UnsafeMutablePointer<SIMD4<Double>>, count: Int) {
    var state = self
    var start = 0
    while start < count {
      let end = min(start + 512, count)
      state.pass(samples + start, end - start)
      state.forgetNegligible()
      start = end
    }
  }

  @inline(__always)
  private mutating func pass(_ samples: UnsafeMutablePointer<Lanes>, _ count: Int) {
    var (p0, p1, p2, p3) = z1
    var (q0, q1, q2, q3) = z2
    let (c0, c1, c2, c3) = a1
    let (d0, d1, d2, d3) = a2
    for index in 0..<count {
      let x = samples[index] * gain
      let y0 = x + p0
      p0 = q0 - c0 * y0
      q0 = -x - d0 * y0
      let y1 = y0 + p1
      p1 = q1 - c1 * y1
      q1 = -y0 - d1 * y1
      let y2 = y1 + p2
      p2 = q2 - c2 * y2
      q2 = -y1 - d2 * y2
      let y3 = y2 + p3
      p3 = q3 - c3 * y3
      q3 = -y2 - d3 * y3
      samples[index] = y3
    }
    z1 = (p0, p1, p2, p3)
    z2 = (q0, q1, q2, q3)
  }

  private mutating func forgetNegligible() {
    func forget(_ state: inout Lanes) {
      for lane in 0..<4 where abs(state[lane]) < Self.negligible { state[lane] = 0 }
    }
    forget(&z1.0)
    forget(&z1.1)
    forget(&z1.2)
    forget(&z1.3)
    forget(&z2.0)
    forget(&z2.1)
    forget(&z2.2)
    forget(&z2.3)
  }
}
