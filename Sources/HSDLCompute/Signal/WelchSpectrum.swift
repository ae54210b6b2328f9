/// Power spectral density by averaging over overlapping segments (Welch, 1967).
///
/// Segments overlap by half; each loses its mean and is weighted by a periodic Hann window. Agrees with
/// `scipy.signal.welch`. An object belongs to one thread at a time.
public final class WelchSpectrum {
  /// The samples of a segment.
  public let segmentCount: Int
  /// The number of frequencies: from zero to half the sampling rate in steps of the rate over ``segmentCount``.
  public var count: Int { segmentCount / 2 + 1 }

  private let transform: FourierTransform
  private let window: [Double]
  private let scale: Double

  /// Creates the means for segments of one length.
  ///
  /// - Parameters:
  ///   - segmentCount: samples of a segment.
  ///   - samplingRate: in Hz.
  /// - Returns: nil when a segment has fewer than two samples, or more than can be transformed.
  public init?(segmentCount: Int, samplingRate: Double) {
    guard segmentCount > 1, samplingRate.isFinite, samplingRate > 0,
      let transform = FourierTransform(count: segmentCount)
    else { return nil }
    self.segmentCount = segmentCount
    self.transform = transform
    window = (0..<segmentCount).map { 0.5 - 0.5 * cosine(2 * .pi * Double($0) / Double(segmentCount)) }
    scale = 1 / (samplingRate * window.reduce(0) { $0 + $1 * $1 })
  }

  /// The one-sided power spectral density, in the square of the samples' unit per Hz.
  ///
  /// - Returns: ``count`` numbers; nil when there are fewer samples than a segment has.
  public func density(_ samples: [Double]) -> [Double]? {
    var density = [Double](repeating: 0, count: count)
    let segments = density.withUnsafeMutableBufferPointer { density in
      samples.withUnsafeBufferPointer { add($0, to: density) }
    }
    return segments > 0 ? density.map { $0 / Double(segments) } : nil
  }

  /// Adds the densities of all whole segments of some samples, beginning with the first sample.
  ///
  /// - Returns: how many segments there were.
  func add(_ samples: UnsafeBufferPointer<Double>, to density: UnsafeMutableBufferPointer<Double>) -> Int {
    guard let base = samples.baseAddress else { return 0 }
    var segments = 0
    var start = 0
    while start + segmentCount <= samples.count {
      addSegment(base + start, to: density)
      segments += 1
      start += segmentCount - segmentCount / 2
    }
    return segments
  }

  private func addSegment(_ samples: UnsafePointer<Double>, to density: UnsafeMutableBufferPointer<Double>) {
    var mean = 0.0
    for index in 0..<segmentCount { mean += samples[index] }
    mean /= Double(segmentCount)
    window.withUnsafeBufferPointer { window in
      for index in 0..<segmentCount { transform.time[index] = (samples[index] - mean) * window[index] }
    }
    transform.forward()
    for index in 0..<min(count, density.count) {
      let (real, imaginary) = transform.spectrum[index]
      let sides = index == 0 || 2 * index == segmentCount ? 1.0 : 2
      density[index] += (real * real + imaginary * imaginary) * (sides * scale)
    }
  }
}
