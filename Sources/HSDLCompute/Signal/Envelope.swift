/// The envelope of a trace: the size of its analytic signal (Gabor, 1946; Kanasewich, 1981), as
/// `obspy.signal.filter.envelope`.
///
/// Takes the trace to be periodic, so its ends should not be trusted.
///
/// - Returns: as many numbers as there are samples.
public func envelope(_ samples: [Double]) -> [Double] {
  guard let transform = FourierTransform(count: samples.count) else { return [] }
  let count = samples.count
  for index in 0..<count { transform.time[index] = samples[index] }
  transform.forward()
  // The Hilbert transform turns every frequency by a quarter; zero and the Nyquist frequency have none.
  for index in transform.spectrum.indices {
    let (real, imaginary) = transform.spectrum[index]
    transform.spectrum[index] = 2 * index == count || index == 0 ? (0, 0) : (imaginary, -real)
  }
  transform.backward()
  let scale = 1 / Double(count)
  return (0..<count).map { index in
    let turned = transform.time[index] * scale
    return (samples[index] * samples[index] + turned * turned).squareRoot()
  }
}
