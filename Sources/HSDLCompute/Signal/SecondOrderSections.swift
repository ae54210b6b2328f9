/// A recursive digital filter as a cascade of second-order sections.
///
/// Each section is `y[n] = b0 x[n] + b1 x[n-1] + b2 x[n-2] - a1 y[n-1] - a2 y[n-2]`. Results agree with SciPy's
/// `sosfilt` and `sosfiltfilt` of the same filter.
public struct SecondOrderSections: Sendable, Equatable {
  /// One section, its leading denominator coefficient being 1.
  public struct Section: Sendable, Equatable {
    /// Coefficients of the input.
    public var b0, b1, b2: Double
    /// Coefficients of the output.
    public var a1, a2: Double

    /// Creates a section.
    public init(b0: Double, b1: Double, b2: Double, a1: Double, a2: Double) {
      self.b0 = b0
      self.b1 = b1
      self.b2 = b2
      self.a1 = a1
      self.a2 = a2
    }
  }

  /// The sections, in the order in which a sample passes them.
  public var sections: [Section]

  /// Creates a filter.
  public init(_ sections: [Section]) { self.sections = sections }

  /// The complex response at a frequency.
  ///
  /// - Parameters:
  ///   - frequency: in Hz.
  ///   - samplingRate: in Hz.
  public func response(at frequency: Double, samplingRate: Double) -> (real: Double, imaginary: Double) {
    let angle = 2 * Double.pi * frequency / samplingRate
    let z = Complex(cosine(angle), -sine(angle))
    var response = Complex(1, 0)
    for section in sections {
      let above = Complex(section.b0, 0) + z * (Complex(section.b1, 0) + z * Complex(section.b2, 0))
      let below = Complex(1, 0) + z * (Complex(section.a1, 0) + z * Complex(section.a2, 0))
      response = response * (above / below)
    }
    return (response.real, response.imaginary)
  }

  /// The samples filtered forwards, the filter being at rest before the first.
  public func filter(_ samples: [Double]) -> [Double] {
    var filtered = samples
    filtered.withUnsafeMutableBufferPointer { run($0, level: nil) }
    return filtered
  }

  /// Filters samples forwards in place, the filter being at rest before the first.
  public func filter(_ samples: UnsafeMutableBufferPointer<Double>) { run(samples, level: nil) }

  /// The samples filtered forwards and then backwards, which leaves no delay and squares the response.
  ///
  /// The ends are continued by their reflections about the end points, as SciPy's
  /// `sosfiltfilt` does by default; on records shorter than that continuation it is as long as they allow.
  public func filterZeroPhase(_ samples: [Double]) -> [Double] {
    let count = samples.count
    guard count > 1 else { return samples.map { $0 * steadyGain * steadyGain } }
    let pad = min(zeroPhasePad, count - 1)
    var extended = [Double]()
    extended.reserveCapacity(count + 2 * pad)
    for index in stride(from: pad, to: 0, by: -1) { extended.append(2 * samples[0] - samples[index]) }
    extended.append(contentsOf: samples)
    for index in 1..<pad + 1 { extended.append(2 * samples[count - 1] - samples[count - 1 - index]) }
    for _ in 0..<2 {
      extended.withUnsafeMutableBufferPointer { run($0, level: $0[0]) }
      extended.reverse()
    }
    return Array(extended[pad..<pad + count])
  }

  /// The number of samples by which SciPy continues each end.
  private var zeroPhasePad: Int {
    let missingB = sections.count { $0.b2 == 0 }
    let missingA = sections.count { $0.a2 == 0 }
    return 3 * (2 * sections.count + 1 - min(missingA, missingB))
  }

  /// The response to a constant.
  private var steadyGain: Double {
    sections.reduce(1) { $0 * ($1.b0 + $1.b1 + $1.b2) / (1 + $1.a1 + $1.a2) }
  }

  /// Filters in place, in the transposed second direct form.
  ///
  /// - Parameter level: the constant that the input has had for ever before; nil when the filter is at rest.
  private func run(_ samples: UnsafeMutableBufferPointer<Double>, level: Double?) {
    var input = level ?? 0
    for section in sections {
      let gain = (section.b0 + section.b1 + section.b2) / (1 + section.a1 + section.a2)
      var (z1, z2) = (0.0, 0.0)
      if level != nil {
        z1 = (gain - section.b0) * input
        z2 = (section.b2 - section.a2 * gain) * input
        input *= gain
      }
      for index in samples.indices {
        let x = samples[index]
        let y = section.b0 * x + z1
        z1 = section.b1 * x - section.a1 * y + z2
        z2 = section.b2 * x - section.a2 * y
        samples[index] = y
      }
    }
  }
}

extension SecondOrderSections {
  /// A complex number, as far as filters need one.
  struct Complex {
    var real: Double
    var imaginary: Double

    init(_ real: Double, _ imaginary: Double) {
      self.real = real
      self.imaginary = imaginary
    }

    var magnitude: Double { (real * real + imaginary * imaginary).squareRoot() }

    /// The root in the right half plane.
    var squareRoot: Complex {
      let size = magnitude
      let x = ((size + abs(real)) / 2).squareRoot()
      guard x > 0 else { return Complex(0, 0) }
      let y = imaginary / (2 * x)
      if real >= 0 { return Complex(x, y) }
      return Complex(abs(y), imaginary < 0 ? -x : x)
    }

    static func + (a: Complex, b: Complex) -> Complex { Complex(a.real + b.real, a.imaginary + b.imaginary) }
    static func - (a: Complex, b: Complex) -> Complex { Complex(a.real - b.real, a.imaginary - b.imaginary) }
    static func * (a: Complex, b: Complex) -> Complex {
      Complex(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
    }
    static func * (a: Complex, b: Double) -> Complex { Complex(a.real * b, a.imaginary * b) }
    static func / (a: Complex, b: Complex) -> Complex {
      let size = b.real * b.real + b.imaginary * b.imaginary
      return Complex(
        (a.real * b.real + a.imaginary * b.imaginary) / size, (a.imaginary * b.real - a.real * b.imaginary) / size)
    }
  }
}
