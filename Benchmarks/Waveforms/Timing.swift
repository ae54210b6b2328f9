#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Seconds that the processor has worked for this process, the system's part included.
func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// The least time of some runs; others on the machine only ever make it longer.
func leastSeconds(runs: Int = 5, _ work: () throws -> Void) rethrows -> Double {
  var least = Double.infinity
  for _ in 0..<runs {
    let start = processorTime()
    try work()
    least = min(least, processorTime() - start)
  }
  return least
}

/// Prints the line of figures that `waveforms.py` reads.
func show(_ what: String, _ seconds: Double, _ rate: Double, _ unit: String, check: Int) {
  let tenths = (rate * 10).rounded() / 10
  print("\(what) \(seconds) s, \(tenths) \(unit), check \(check)")
}
