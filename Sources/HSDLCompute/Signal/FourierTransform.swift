import CFFTW
import Foundation

/// The discrete Fourier transform of real samples of one length, with its own memory (FFTW; Frigo and Johnson, 2005).
///
/// Plans are estimated, not measured: measuring would choose another order of summing at each run. An object belongs
/// to one thread at a time.
final class FourierTransform {
  /// The number of samples.
  let count: Int
  /// The samples.
  let time: UnsafeMutableBufferPointer<Double>
  /// The spectrum from zero to half the sampling rate: `count / 2 + 1` complex numbers.
  let spectrum: UnsafeMutableBufferPointer<(Double, Double)>

  private let forwardPlan: fftw_plan
  private let backwardPlan: fftw_plan
  // FFTW's planner is not safe to use on two threads at once; executing is.
  private static let planning = NSLock()

  /// Creates a transform; nil when the length is below 1 or more than FFTW takes.
  init?(count: Int) {
    guard let length = Int32(exactly: count), length > 0,
      let time = fftw_alloc_real(count), let spectrum = fftw_alloc_complex(count / 2 + 1)
    else { return nil }
    Self.planning.lock()
    let forward = fftw_plan_dft_r2c_1d(length, time, spectrum, FFTW_ESTIMATE)
    let backward = fftw_plan_dft_c2r_1d(length, spectrum, time, FFTW_ESTIMATE)
    Self.planning.unlock()
    guard let forward, let backward else {
      fftw_free(time)
      fftw_free(spectrum)
      return nil
    }
    self.count = count
    self.time = UnsafeMutableBufferPointer(start: time, count: count)
    self.spectrum = UnsafeMutableBufferPointer(start: spectrum, count: count / 2 + 1)
    forwardPlan = forward
    backwardPlan = backward
  }

  deinit {
    Self.planning.lock()
    fftw_destroy_plan(forwardPlan)
    fftw_destroy_plan(backwardPlan)
    Self.planning.unlock()
    fftw_free(time.baseAddress)
    fftw_free(spectrum.baseAddress)
  }

  /// Makes the spectrum from the samples.
  func forward() { fftw_execute(forwardPlan) }

  /// Makes `count` times the samples from the spectrum, which is lost.
  func backward() { fftw_execute(backwardPlan) }
}
