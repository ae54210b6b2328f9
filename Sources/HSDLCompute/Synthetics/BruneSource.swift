/// The far field of a circular source (Brune, 1970; Hanks and Kanamori, 1979).
public struct BruneSource: Hashable, Sendable {
  /// The density of rock, in kg/m³.
  public static let density = 2700.0

  /// Moment magnitude.
  public var magnitude: Double
  /// Stress drop, in Pa.
  public var stressDrop: Double

  /// Creates a source.
  public init(magnitude: Double, stressDrop: Double) {
    self.magnitude = magnitude
    self.stressDrop = stressDrop
  }

  /// The seismic moment, in N m.
  public var moment: Double { powerOfTen(1.5 * magnitude + 9.1) }

  /// The corner frequency of S waves, in Hz.
  ///
  /// - Parameter velocity: of S waves at the source, in km/s.
  public func cornerFrequency(velocity: Double) -> Double {
    0.49 * velocity * 1000 * power(stressDrop / max(moment, 1), 1.0 / 3)
  }

  /// The level of the displacement spectrum at low frequencies, in m s, at the free surface.
  ///
  /// - Parameters:
  ///   - velocity: of the wave at the source, in km/s.
  ///   - distance: from the source, in km.
  ///   - radiation: the factor of the radiation pattern.
  public func lowFrequencyLevel(velocity: Double, distance: Double, radiation: Double) -> Double {
    let speed = velocity * 1000
    return 2 * moment * radiation / (4 * .pi * Self.density * speed * speed * speed * max(distance, 0.1) * 1000)
  }
}

/// The spectrum of a wave's ground velocity at a station: source, attenuation along the path and below the station.
///
/// |V(f)| = 2πf Ω / (1 + (f / fc)²) · cosh(2π t* f)^(-1/2). The last factor is that of one-pole filters at the odd multiples
/// of 1 / (4 t*), so it can be had causally, and at high frequencies it is exp(-π t* f) up to the factor √2.
public struct WaveSpectrum: Hashable, Sendable {
  /// The level Ω of the displacement spectrum at low frequencies, in m s.
  public var level: Double
  /// The corner frequency fc, in Hz.
  public var corner: Double
  /// The attenuation time t*, in s.
  public var attenuation: Double

  /// Creates a spectrum.
  public init(level: Double, corner: Double, attenuation: Double) {
    self.level = level
    self.corner = corner
    self.attenuation = attenuation
  }

  /// The amplitude at a frequency, in m/s/Hz.
  public func amplitude(_ frequency: Double) -> Double {
    let ratio = frequency / corner
    return 2 * .pi * frequency * level / (1 + ratio * ratio)
      / hyperbolicCosine(2 * .pi * attenuation * frequency).squareRoot()
  }

  /// The integral of the squared velocity over time, in m²/s, of frequencies in a band.
  public func energy(_ band: ClosedRange<Double>) -> Double {
    // Simpson's rule over the logarithm of frequency.
    let intervals = 12
    let (low, high) = (logarithm(band.lowerBound), logarithm(band.upperBound))
    let step = (high - low) / Double(intervals)
    let growth = exponentialFunction(step)
    var frequency = band.lowerBound
    var sum = 0.0
    for place in 0...intervals {
      let value = amplitude(frequency)
      sum += value * value * frequency * (place == 0 || place == intervals ? 1 : place % 2 == 1 ? 4 : 2)
      frequency *= growth
    }
    return 2 * sum * step / 3
  }
}
