import Foundation
import HSDLCompute
import SeismicFormats
import Testing

@Suite("Synthetic waveforms")
struct SyntheticWaveformTests {
  typealias Samples = [SIMD4<Float>]

  static func settings(seed: UInt64 = 1, stations: Int = 6, rate: Double = 100, days: Double = 1) -> SyntheticSettings {
    var settings = SyntheticSettings()
    settings.seed = seed
    settings.stationCount = stations
    settings.samplingRate = rate
    settings.days = days
    return settings
  }

  private func event(key: UInt64, magnitude: Double = 3.2) -> SyntheticEarthquake {
    SyntheticEarthquake(
      key: key, time: 100, x: 3, y: -4, depth: 8, magnitude: magnitude, stressDrop: 1e6, isTriggered: false)
  }

  private func arrival(corner: Double = 4) -> SyntheticArrival {
    SyntheticArrival(
      station: 0, distance: 20, azimuth: 1, p: 104.003, s: 107.004, incidence: 0.5,
      spectrumP: WaveSpectrum(level: 1e-7, corner: 1.3 * corner, attenuation: 0.02),
      spectrumS: WaveSpectrum(level: 8e-7, corner: corner, attenuation: 0.04), ratioP: 50, ratioS: 100)
  }

  private func signal(key: UInt64, corner: Double = 4) -> (first: Int, samples: Samples) {
    var signal = EarthquakeSignal(event(key: key), arrival(corner: corner), noise: 1e-8, seed: 1, samplingRate: 100)
    var samples = Samples(repeating: .zero, count: signal.end - signal.first)
    let first = signal.first
    samples.withUnsafeMutableBufferPointer { signal.add(to: $0, from: first) }
    return (first, samples)
  }

  /// The squared amplitude of the Fourier transform at a frequency, summed over components, in (m/s/Hz)².
  private func power(_ samples: ArraySlice<SIMD4<Float>>, _ frequency: Double, rate: Double) -> Double {
    var real = SIMD4<Double>.zero
    var imaginary = SIMD4<Double>.zero
    for (place, sample) in samples.enumerated() {
      let phase = 2 * .pi * frequency * Double(place) / rate
      real += SIMD4<Double>(sample) * cos(phase)
      imaginary += SIMD4<Double>(sample) * sin(phase)
    }
    return (real * real + imaginary * imaginary).sum() / (rate * rate)
  }

  @Test("nothing comes before P, P begins at once, S is larger and moves across the ray")
  func onsets() {
    let (first, samples) = signal(key: 7)
    #expect(first == 10_401)
    let s = 10_701 - first
    func peak(_ range: Range<Int>, _ lane: Int) -> Float { range.reduce(0) { max($0, abs(samples[$1][lane])) } }
    #expect(peak(0..<10, 0) > 0.3 * peak(0..<200, 0))
    let horizontalP = max(peak(0..<s, 1), peak(0..<s, 2))
    #expect(peak(0..<10, 0) > max(peak(0..<10, 1), peak(0..<10, 2)))
    #expect(max(peak(s..<s + 200, 1), peak(s..<s + 200, 2)) > 3 * horizontalP)
    // The coda dies out.
    let last = samples.count
    #expect(peak(last - 200..<last, 1) < 0.02 * peak(s..<s + 200, 1))
    #expect(samples.allSatisfy { $0.w == 0 })
  }

  @Test("the corner frequency of S can be had back from its spectrum", arguments: [3.0, 8])
  func corner(corner: Double) {
    let frequencies = [0.5, 0.8, 1.2, 2, 3, 4.5, 6, 8, 11, 15, 20]
    var powers = [Double](repeating: 0, count: frequencies.count)
    let count = 60
    for key in 0..<count {
      let samples = signal(key: UInt64(key), corner: corner).samples
      for (place, frequency) in frequencies.enumerated() {
        powers[place] += power(samples[300...], frequency, rate: 100) / Double(count)
      }
    }
    // The best fit of level and corner by least squares of logarithms.
    var best = (misfit: Double.infinity, corner: 0.0, level: 0.0)
    for step in 0..<400 {
      let trial = 1 + Double(step) * 0.05
      let spectrum = WaveSpectrum(level: 8e-7, corner: trial, attenuation: 0.04)
      let differences = zip(frequencies, powers).map { 0.5 * log($0.1) - log(spectrum.amplitude($0.0)) }
      let mean = differences.reduce(0, +) / Double(differences.count)
      let misfit = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      if misfit < best.misfit { best = (misfit, trial, exp(mean)) }
    }
    #expect(abs(best.corner / corner - 1) < 0.15)
    // Three components together hold about the energy of the spectrum.
    #expect((0.8...1.4).contains(best.level))
  }

  @Test("a signal is the same in one piece and in many", arguments: [1, 7, 100, 4096])
  func pieces(size: Int) {
    let (first, whole) = signal(key: 9)
    var signal = EarthquakeSignal(event(key: 9), arrival(), noise: 1e-8, seed: 1, samplingRate: 100)
    var parts = Samples(repeating: .zero, count: whole.count)
    // Pieces before a place are left out, as on the second of two days.
    let begin = size == 7 ? 490 : 0
    parts.withUnsafeMutableBufferPointer { buffer in
      for place in stride(from: begin, to: buffer.count, by: size) {
        let piece = UnsafeMutableBufferPointer(rebasing: buffer[place..<min(place + size, buffer.count)])
        signal.add(to: piece, from: first + place)
      }
    }
    #expect(Array(parts[begin...]) == Array(whole[begin...]))
  }

  @Test("noise has the power that its model says", arguments: [0.1, 0.3, 2, 6, 20])
  func noise(frequency: Double) throws {
    let world = try SyntheticWorld(Self.settings())
    let model = world.network.stations[2].noise
    var random = SplitMix64(seed: 5)
    var generator = NoiseGenerator(model, filters: NoiseFilters(model, samplingRate: 100), random: &random)
    let length = 8192
    var samples = Samples(repeating: .zero, count: length)
    var sum = SIMD2<Double>.zero
    let count = 150
    for piece in 0..<count + 2 {
      samples.withUnsafeMutableBufferPointer { generator.fill($0, cultural: 2, 2) }
      guard piece >= 2 else { continue }
      var (real, imaginary) = (SIMD2<Double>.zero, SIMD2<Double>.zero)
      for place in 0..<length {
        let turn = Double(place) / Double(length)
        let window = 0.5 - 0.5 * cos(2 * .pi * turn)
        let phase = 2 * .pi * frequency * Double(place) / 100
        let value = SIMD2(Double(samples[place].x), Double(samples[place].y)) * window
        real += value * cos(phase)
        imaginary += value * sin(phase)
      }
      // A Hann window takes 3/8 of the power.
      let scale = 2 / (100 * Double(length) * 0.375)
      sum += (real * real + imaginary * imaginary) * scale
    }
    let density = model.density(frequency, factor: 2, samplingRate: 100)
    #expect(abs(sum.x / Double(count) / density - 1) < 0.25)
    #expect(abs(sum.y / Double(count) / (density * model.horizontal * model.horizontal) - 1) < 0.25)
  }

  private func samples(_ world: SyntheticWorld, station: Int, day: Int) throws -> [[Int32]] {
    let part = StationDay(world, station: station, day: day)
    let count = part.samples.count
    var components = world.network.stations[station].components.map { _ in [Int32](repeating: 0, count: count) }
    let buffers = components.indices.map { place in
      let memory = UnsafeMutableBufferPointer<Int32>.allocate(capacity: count)
      memory.initialize(from: components[place])
      return memory
    }
    defer { for buffer in buffers { buffer.deallocate() } }
    try part.synthesise(into: buffers)
    for (place, buffer) in buffers.enumerated() { components[place] = Array(buffer) }
    return components
  }

  /// The median of the sizes of differences between samples that lie next to each other.
  private func step(_ samples: ArraySlice<Int32>) -> Double {
    let differences = zip(samples, samples.dropFirst()).map { abs($1 - $0) }.sorted()
    return Double(differences[differences.count / 2])
  }

  @Test("days are louder than nights where people are, and one day goes over into the next")
  func days() throws {
    let world = try SyntheticWorld(Self.settings(seed: 3, stations: 12, rate: 20, days: 2))
    var ratios: [Double] = []
    for (number, station) in world.network.stations.enumerated() {
      let first = try samples(world, station: number, day: 0)
      let noise = station.noise
      let hour = 20 * 3600
      let noon = min(22, max(1, Int(noise.noon)))
      let night = (noon + 12) % 24
      let loud = step(first[0][noon * hour..<(noon + 1) * hour])
      let quiet = step(first[0][night * hour..<(night + 1) * hour])
      if noise.dayFactor > 3, noise.cultural > 2e-8 { ratios.append(loud / quiet) }
      guard number < 3 else { continue }
      let second = try samples(world, station: number, day: 1)
      for (a, b) in zip(first, second) {
        let typical = max(step(a.suffix(hour)), 1)
        #expect(Double(abs(b[0] - a[a.count - 1])) < 8 * typical)
      }
    }
    #expect(!ratios.isEmpty)
    #expect(ratios.allSatisfy { $0 > 1.4 })
  }

  @Test("stretches are in order, inside the day, and some days have gaps")
  func segments() throws {
    let world = try SyntheticWorld(Self.settings(stations: 20, rate: 20, days: 20))
    var gaps = 0
    var overlaps = 0
    for station in 0..<20 {
      for day in 0..<20 {
        let part = StationDay(world, station: station, day: day)
        let segments = part.segments
        #expect(segments.allSatisfy { $0.lowerBound >= 0 && !$0.isEmpty && $0.upperBound <= part.samples.count })
        for (one, two) in zip(segments, segments.dropFirst()) {
          #expect(one.lowerBound < two.lowerBound)
          if one.upperBound < two.lowerBound { gaps += 1 } else { overlaps += 1 }
        }
      }
    }
    #expect((100...400).contains(gaps))
    #expect((20...120).contains(overlaps))
  }
}
