internal import CKernels

/// Changes the sampling rate by a ratio of whole numbers: one polyphase filter without delay.
///
/// Sample 0 of the output is at sample 0 of the input. The time that it takes grows with the number of samples alone.
public struct RationalResampler: Sendable {
  /// The output has `up` samples for `down` of the input.
  public let up: Int
  /// The output has `up` samples for `down` of the input.
  public let down: Int

  /// What the trace is thought to be outside its ends.
  public enum Edge: Sendable {
    /// Zero.
    case zero
    /// The sample at the end; leaves no step where the trace has an offset.
    case nearest
  }

  /// Taps on either side of the middle one, at `up` times the input's rate.
  private let half: Int
  /// The filter's taps by phase, each phase's in the order of the input samples that they meet.
  private let phases: [Double]
  private let phaseCount: Int

  /// The largest whole number in a ratio: the filter's length grows with it.
  public static let largestFactor = 1000

  /// Creates a resampler with a windowed sinc (Kaiser, 1974).
  ///
  /// What lies above the lower one of the two Nyquist frequencies is damped by 80 dB or more; up to 0.9 of it passes
  /// with a ripple of less than 0.001.
  ///
  /// - Returns: nil unless both numbers are from 1 to ``largestFactor``. Common factors are taken out.
  public init?(up: Int, down: Int) {
    guard let (up, down) = Self.reduced(up, down) else { return nil }
    let factor = max(up, down)
    let attenuation = 84.0
    let beta = 0.1102 * (attenuation - 8.7)
    // Kaiser's formula for a transition from 0.9 to 1 of the lower Nyquist frequency.
    let half = factor * Int(((attenuation - 7.95) / (2.285 * 0.1 * .pi) / 2).rounded(.up))
    let corner = 0.95 / Double(factor)
    var taps = (-half...half).map { place -> Double in
      let x = Double(place)
      let sinc = place == 0 ? corner : sine(.pi * corner * x) / (.pi * x)
      let ratio = x / Double(half)
      return sinc * modifiedBessel(beta * (1 - ratio * ratio).squareRoot())
    }
    let sum = taps.reduce(0, +)
    for index in taps.indices { taps[index] /= sum }
    self.init(reducedUp: up, down, taps)
  }

  /// Creates a resampler with a filter of one's own, as `scipy.signal.resample_poly` takes one as `window`.
  ///
  /// - Parameter taps: an odd number of them at `up` times the input's rate, the middle one at delay zero, with sum 1.
  /// - Returns: nil unless both numbers are from 1 to ``largestFactor`` and the taps' number is odd.
  public init?(up: Int, down: Int, taps: [Double]) {
    guard let (up, down) = Self.reduced(up, down), taps.count % 2 == 1 else { return nil }
    self.init(reducedUp: up, down, taps)
  }

  /// Creates a resampler between two rates, by the simplest ratio that is near enough.
  ///
  /// - Parameters:
  ///   - rate: the input's samples per second.
  ///   - newRate: the output's.
  ///   - tolerance: by how much the ratio may be wrong, relatively; over 180 s the default is 18 ms at most.
  /// - Returns: nil when a rate is no positive number or the ratio needs numbers above ``largestFactor``.
  public init?(from rate: Double, to newRate: Double, tolerance: Double = 1e-4) {
    guard let (up, down) = Self.ratio(from: rate, to: newRate, tolerance: tolerance) else { return nil }
    self.init(up: up, down: down)
  }

  /// The first convergent of the continued fraction of `newRate / rate` that is within a tolerance.
  ///
  /// - Returns: nil when there is none with numbers up to ``largestFactor``.
  public static func ratio(from rate: Double, to newRate: Double, tolerance: Double = 1e-4) -> (up: Int, down: Int)? {
    let wanted = newRate / rate
    guard rate > 0, newRate > 0, wanted.isFinite, wanted > 0 else { return nil }
    let limit = Double(largestFactor)
    var rest = wanted
    var (p0, q0, p1, q1) = (0.0, 1.0, 1.0, 0.0)
    for _ in 0..<40 {
      let whole = rest.rounded(.down)
      (p0, q0, p1, q1) = (p1, q1, whole * p1 + p0, whole * q1 + q0)
      guard p1 <= limit, q1 <= limit else { return nil }
      if p1 > 0, abs(p1 / q1 - wanted) <= tolerance * wanted { return (Int(p1), Int(q1)) }
      guard rest > whole else { return nil }
      rest = 1 / (rest - whole)
    }
    return nil
  }

  private static func reduced(_ up: Int, _ down: Int) -> (Int, Int)? {
    guard (1...largestFactor).contains(up), (1...largestFactor).contains(down) else { return nil }
    var (a, b) = (up, down)
    while b != 0 { (a, b) = (b, a % b) }
    return (up / a, down / a)
  }

  private init(reducedUp up: Int, _ down: Int, _ taps: [Double]) {
    self.up = up
    self.down = down
    half = taps.count / 2
    phaseCount = (taps.count + up - 1) / up
    var phases = [Double](repeating: 0, count: phaseCount * up)
    for index in taps.indices {
      phases[index % up * phaseCount + phaseCount - 1 - index / up] = taps[index] * Double(up)
    }
    self.phases = phases
  }

  /// The number of samples that come out of a number of samples.
  public func outputCount(_ count: Int) -> Int {
    guard count > 0 else { return 0 }
    let (product, overflow) = count.multipliedReportingOverflow(by: up)
    return overflow ? 0 : (product - 1) / down + 1
  }

  /// The samples at the new rate.
  public func resample(_ samples: [Double], edge: Edge = .nearest) -> [Double] {
    [Double](unsafeUninitializedCapacity: outputCount(samples.count)) { output, count in
      samples.withUnsafeBufferPointer { count = resample($0, edge: edge, into: output) }
    }
  }

  /// Writes the samples at the new rate.
  ///
  /// - Parameter output: room for ``outputCount(_:)`` numbers; with less, that many are written.
  /// - Returns: how many were written.
  @discardableResult
  public func resample(
    _ samples: UnsafeBufferPointer<Double>, edge: Edge = .nearest, into output: UnsafeMutableBufferPointer<Double>
  ) -> Int {
    let wanted = min(outputCount(samples.count), output.count)
    guard wanted > 0 else { return 0 }
    let last = samples.count - 1
    // Of these outputs all taps meet samples.
    let reach = (phaseCount - 1) * up
    let inner = min(max((reach - half + down - 1) / down, 0), wanted)
    let outer = samples.count * up > half ? min(max((samples.count * up - 1 - half) / down + 1, inner), wanted) : inner
    phases.withUnsafeBufferPointer { phases in
      if let taps = phases.baseAddress, let source = samples.baseAddress, let target = output.baseAddress, inner < outer
      {
        var way = kernels_resampling(up: up, down: down, half: half, phase_count: phaseCount, phases: taps)
        kernels_resample(&way, source, inner, outer, target)
      }
      for index in 0..<wanted where index < inner || index >= outer {
        let time = index * down + half
        let first = time / up - (phaseCount - 1)
        let taps = time % up * phaseCount
        var sum = 0.0
        for tap in 0..<phaseCount {
          let place = first + tap
          if place >= 0, place <= last {
            sum += phases[taps + tap] * samples[place]
          } else if case .nearest = edge {
            sum += phases[taps + tap] * samples[place < 0 ? 0 : last]
          }
        }
        output[index] = sum
      }
    }
    return wanted
  }
}

/// The modified Bessel function of the first kind and order 0, by its power series.
private func modifiedBessel(_ x: Double) -> Double {
  var term = 1.0
  var sum = 1.0
  var n = 1.0
  while term > 1e-18 * sum {
    term *= x * x / (4 * n * n)
    sum += term
    n += 1
  }
  return sum
}
