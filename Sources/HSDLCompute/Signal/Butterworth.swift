extension SecondOrderSections {
  /// What a filter lets pass; frequencies in Hz.
  public enum Band: Sendable, Equatable {
    /// Everything below a corner frequency.
    case lowpass(Double)
    /// Everything above a corner frequency.
    case highpass(Double)
    /// Everything between two corner frequencies.
    case bandpass(Double, Double)
  }

  /// A Butterworth filter (Butterworth, 1930) by the bilinear transform, as `scipy.signal.butter` makes it.
  ///
  /// - Parameters:
  ///   - band: what passes; corners at -3 dB, above zero and below half the sampling rate, the lower one first.
  ///   - order: 1 to 10; a bandpass has twice as many poles.
  ///   - samplingRate: in Hz.
  /// - Returns: nil when there is no such filter.
  public static func butterworth(_ band: Band, order: Int, samplingRate: Double) -> SecondOrderSections? {
    guard (1...10).contains(order), samplingRate.isFinite, samplingRate > 0 else { return nil }
    let nyquist = samplingRate / 2
    func isPossible(_ corner: Double) -> Bool { corner > 0 && corner < nyquist }
    // The analog frequency that the bilinear transform with unit step, z = (1 + s) / (1 - s), takes to a digital one.
    func analog(_ frequency: Double) -> Double { tangent(.pi * frequency / samplingRate) }

    // Poles of the prototype of corner frequency 1 in the upper half plane, and the one on the real axis of odd orders.
    let prototype = stride(from: order % 2 == 0 ? 1 : 0, to: order, by: 2).map { m -> Complex in
      let angle = Double.pi * Double(m) / Double(2 * order)
      return Complex(-cosine(angle), m == 0 ? 0 : sine(angle))
    }
    var pairs: [(Complex, Complex?)] = []
    let zeros: (Double, Double)
    let reference: Complex
    switch band {
    case .lowpass(let corner):
      guard isPossible(corner) else { return nil }
      for pole in prototype { pairs.append(conjugates(pole * analog(corner))) }
      zeros = (-1, -1)
      reference = Complex(1, 0)
    case .highpass(let corner):
      guard isPossible(corner) else { return nil }
      for pole in prototype { pairs.append(conjugates(Complex(analog(corner), 0) / pole)) }
      zeros = (1, 1)
      reference = Complex(-1, 0)
    case .bandpass(let low, let high):
      guard isPossible(low), isPossible(high), low < high else { return nil }
      let width = analog(high) - analog(low)
      let center = (analog(low) * analog(high)).squareRoot()
      for pole in prototype {
        let half = pole * (width / 2)
        let root = (half * half - Complex(center * center, 0)).squareRoot
        let (first, second) = (half + root, half - root)
        if pole.imaginary == 0 {
          // The two poles of the real one are each other's conjugates, or both real.
          pairs.append((digital(first), digital(second)))
        } else {
          pairs.append(conjugates(first))
          pairs.append(conjugates(second))
        }
      }
      zeros = (1, -1)
      reference = digital(Complex(0, center))
    }
    // Poles near the unit circle come last, where the samples have lost what would excite them most.
    pairs.sort { $0.0.magnitude < $1.0.magnitude }
    return SecondOrderSections(pairs.map { section(poles: $0, zeros: zeros, reference: reference) })
  }

  private static func digital(_ pole: Complex) -> Complex { (Complex(1, 0) + pole) / (Complex(1, 0) - pole) }

  /// A digital pole and its conjugate, or nothing where the pole is real.
  private static func conjugates(_ pole: Complex) -> (Complex, Complex?) {
    let first = digital(pole)
    return (first, pole.imaginary == 0 ? nil : Complex(first.real, -first.imaginary))
  }

  /// The section of some poles and zeros whose response at a reference point on the unit circle has size one.
  private static func section(
    poles: (Complex, Complex?), zeros: (Double, Double), reference: Complex
  ) -> Section {
    var section: Section
    if let second = poles.1 {
      section = Section(
        b0: 1, b1: -(zeros.0 + zeros.1), b2: zeros.0 * zeros.1, a1: -(poles.0 + second).real,
        a2: (poles.0 * second).real)
    } else {
      section = Section(b0: 1, b1: -zeros.0, b2: 0, a1: -poles.0.real, a2: 0)
    }
    let z = Complex(1, 0) / reference
    let above = Complex(section.b0, 0) + z * (Complex(section.b1, 0) + z * Complex(section.b2, 0))
    let below = Complex(1, 0) + z * (Complex(section.a1, 0) + z * Complex(section.a2, 0))
    let gain = below.magnitude / above.magnitude
    section.b0 *= gain
    section.b1 *= gain
    section.b2 *= gain
    return section
  }
}
