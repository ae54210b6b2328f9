/// Makes a station's noise, three components at a time.
///
/// The lanes are the vertical, the two horizontals, and one that nobody uses.
package struct NoiseGenerator: Sendable {
  /// How long the filters need to forget that they began with nothing, in s.
  static let warmUp = 60.0

  private var random: RandomLanes
  private let microseism: SIMD4<Float>
  private let culturalLow: SIMD4<Float>
  private let culturalHigh: SIMD4<Float>
  private let microseismGain: SIMD4<Float>
  private let culturalGain: SIMD4<Float>
  private let floorGain: SIMD4<Float>
  private var m0 = SIMD4<Float>.zero
  private var m1 = SIMD4<Float>.zero
  private var m2 = SIMD4<Float>.zero
  private var m3 = SIMD4<Float>.zero
  private var c0 = SIMD4<Float>.zero
  private var c1 = SIMD4<Float>.zero

  package init(_ model: NoiseModel, filters: NoiseFilters, random seed: inout SplitMix64) {
    random = RandomLanes(&seed)
    microseism = SIMD4(repeating: filters.microseism.a)
    culturalLow = SIMD4(repeating: filters.culturalLow.a)
    culturalHigh = SIMD4(repeating: filters.culturalHigh.a)
    let horizontal = Float(model.horizontal)
    let lanes = SIMD4<Float>(1, horizontal, horizontal, 0)
    microseismGain = lanes * Float(filters.microseismGain)
    culturalGain = lanes * Float(filters.culturalGain)
    floorGain = lanes * Float(filters.floorGain)
  }

  /// Writes the next samples, in m/s.
  ///
  /// - Parameters:
  ///   - first: how many times the cultural noise is larger than at night, at the first sample.
  ///   - last: the same after the last sample; between them it changes linearly.
  package mutating func fill(_ buffer: UnsafeMutableBufferPointer<SIMD4<Float>>, cultural first: Double, _ last: Double)
  {
    // Copies on the stack stay in registers.
    var state = self
    var factor = SIMD4<Float>(repeating: Float(first))
    let step = SIMD4<Float>(repeating: buffer.isEmpty ? 0 : Float((last - first) / Double(buffer.count)))
    for index in buffer.indices { buffer[index] = state.next(&factor, step) }
    self = state
  }

  @inline(__always)
  private mutating func next(_ factor: inout SIMD4<Float>, _ step: SIMD4<Float>) -> SIMD4<Float> {
    let (x, y) = random.twoWhite()
    m0 += microseism * (x - m0)
    m1 += microseism * ((x - m0) - m1)
    m2 += microseism * (m1 - m2)
    m3 += microseism * (m2 - m3)
    c0 += culturalLow * (y - c0)
    c1 += culturalHigh * ((y - c0) - c1)
    factor += step
    return microseismGain * m3 + culturalGain * factor * c1 + floorGain * x
  }
}
