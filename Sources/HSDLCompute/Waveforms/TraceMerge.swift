public import SeismicFormats

/// Puts fragments of one stream together, in a time that grows with the number of samples alone.
///
/// The rules, which do not depend on the order in which the fragments are given:
/// - A sample goes to the nearest place of the grid. A fragment that begins within three quarters of an interval of where
///   the samples before it end goes on there, so that times that waver make neither gaps nor overlaps.
/// - Where fragments overlap, the samples of the one that begins first are kept; of two that begin together those of the
///   longer; of two of the same length those of the one whose first different sample is smaller.
/// - Samples that are no finite numbers are missing, and are taken from another fragment if one has them.
public enum TraceMerge {
  /// How far from where the samples before end, in intervals, a fragment may begin and still go on there.
  static let reach = 0.75

  /// Puts fragments on a grid.
  ///
  /// - Parameters:
  ///   - traces: fragments of one stream, in any order.
  ///   - grid: the times that are wanted.
  ///   - options: what is kept.
  ///   - counts: what happened is added here.
  /// - Returns: as many samples as the grid has, NaN where one is missing; and where, in order, not touching each other.
  public static func place(
    _ traces: [Trace], on grid: SampleGrid, options: MergeOptions = MergeOptions(), counts: inout MergeCounts
  ) -> (samples: [Double], missing: [Range<Int>]) {
    var placement = Placement(grid: grid, options: options, counts: counts)
    let order = Self.order(traces)
    let samples = [Double](unsafeUninitializedCapacity: grid.count) { memory, initialized in
      for index in order { placement.place(traces[index], memory) }
      placement.finish(memory)
      initialized = grid.count
    }
    counts = placement.counts
    counts.fragments += traces.count
    var result = consume samples
    let ranges = placement.needsScan ? scan(result) : placement.gaps
    let missing = Self.missing(ranges, &result, options: options, counts: &counts)
    return (result, missing)
  }

  /// The order in which fragments are taken: it depends on the fragments alone.
  static func order(_ traces: [Trace]) -> [Int] {
    traces.indices.sorted { left, right in
      let (a, b) = (traces[left], traces[right])
      if a.start != b.start { return a.start < b.start }
      if a.count != b.count { return a.count > b.count }
      switch compare(a, b) {
      case 0: return left < right
      case let sign: return sign < 0
      }
    }
  }

  /// Compares samples, then rates, of traces of the same length.
  private static func compare(_ a: Trace, _ b: Trace) -> Int {
    func firstDifference<T: Equatable>(_ x: [T], _ y: [T], _ isBefore: (T, T) -> Bool) -> Int {
      guard let index = x.indices.first(where: { x[$0] != y[$0] }) else { return 0 }
      return isBefore(x[index], y[index]) ? -1 : 1
    }
    let sign: Int
    switch (a.samples, b.samples) {
    case (.int32(let x), .int32(let y)): sign = firstDifference(x, y, <)
    case (.text(let x), .text(let y)): sign = firstDifference(x, y, <)
    default:
      // By bits, in which NaN is like other numbers.
      sign = firstDifference(
        a.samples.doubles.map(\.bitPattern), b.samples.doubles.map(\.bitPattern)
      ) { x, y in
        let (p, q) = (Double(bitPattern: x), Double(bitPattern: y))
        return p != q && !p.isNaN && !q.isNaN ? p < q : x < y
      }
    }
    if sign != 0 || a.samplingRate == b.samplingRate { return sign }
    return a.samplingRate.bitPattern < b.samplingRate.bitPattern ? -1 : 1
  }

  /// Where samples are NaN.
  private static func scan(_ samples: [Double]) -> [Range<Int>] {
    samples.withUnsafeBufferPointer { samples in
      var missing: [Range<Int>] = []
      var index = 0
      while index < samples.count {
        while index < samples.count, samples[index] == samples[index] { index += 1 }
        let start = index
        while index < samples.count, samples[index] != samples[index] { index += 1 }
        if index > start { missing.append(start..<index) }
      }
      return missing
    }
  }

  /// Takes stretches away that are too short, and counts what is missing.
  private static func missing(
    _ ranges: [Range<Int>], _ samples: inout [Double], options: MergeOptions, counts: inout MergeCounts
  ) -> [Range<Int>] {
    var missing = ranges
    if options.shortestStretch > 1 {
      var kept: [Range<Int>] = []
      var start = 0
      /// Takes a stretch of samples away if it is too short.
      func look(_ end: Int) {
        guard end > start, end - start < options.shortestStretch else { return }
        counts.droppedStretches += 1
        counts.droppedSamples += end - start
        for index in start..<end { samples[index] = .nan }
        if let last = kept.last, last.upperBound == start {
          kept[kept.count - 1] = last.lowerBound..<end
        } else {
          kept.append(start..<end)
        }
      }
      for range in missing {
        look(range.lowerBound)
        if let last = kept.last, last.upperBound == range.lowerBound {
          kept[kept.count - 1] = last.lowerBound..<range.upperBound
        } else {
          kept.append(range)
        }
        start = range.upperBound
      }
      look(samples.count)
      missing = kept
    }
    for range in missing where range.lowerBound > 0 && range.upperBound < samples.count {
      counts.gaps += 1
      counts.gapSamples += range.count
    }
    return missing
  }
}

/// A grid that is being filled from its begin to its end.
private struct Placement {
  let grid: SampleGrid
  let options: MergeOptions
  var counts: MergeCounts
  /// Where nothing was put, in order, not touching each other.
  var gaps: [Range<Int>] = []
  /// Whether samples within what was put are missing, or some were put into gaps: the gaps do not tell the whole then.
  var needsScan = false
  /// The first index behind all samples so far; those before it, in the grid, have a value or NaN.
  private var frontier = Int.min
  /// Up to where the memory has values.
  private var filled = 0

  init(grid: SampleGrid, options: MergeOptions, counts: MergeCounts) {
    self.grid = grid
    self.options = options
    self.counts = counts
  }

  mutating func place(_ trace: Trace, _ memory: UnsafeMutableBufferPointer<Double>) {
    let rate = trace.samplingRate
    if case .text = trace.samples {
      counts.unusableFragments += 1
      return
    }
    guard rate > 0, rate.isFinite else {
      counts.unusableFragments += 1
      return
    }
    let count = trace.count
    guard count > 0 else { return }
    let slip = grid.samplingRate / rate - 1
    guard abs(slip) <= options.rateTolerance else {
      counts.otherRates += 1
      return
    }
    let exact = trace.start.timeInterval(since: grid.start) * grid.samplingRate
    guard abs(exact) < 1e15 else {
      counts.unusableFragments += 1
      return
    }
    let drift = Double(count - 1) * slip
    // A fragment that drifts by less than half a sample is taken as it is, with the error shared by both ends.
    let pieces = abs(drift) < 0.5 ? 1 : Int(abs(drift).rounded(.up)) + 1
    let first = pieces == 1 ? exact + drift / 2 : exact
    var offset = Int(first.rounded())
    if frontier != .min, abs(first - Double(frontier)) <= TraceMerge.reach { offset = frontier }
    if abs(first - Double(offset)) > 0.1 { counts.misalignedFragments += 1 }
    var isOverlap = false
    if pieces == 1 {
      copy(trace.samples, 0..<count, to: offset, memory, &isOverlap)
    } else {
      var from = 0
      while from < count {
        // The next sample whose place is a whole interval further off.
        let shift = (exact + Double(from) * slip).rounded() + (slip > 0 ? 0.5 : -0.5)
        let next = min(max(Int(min(((shift - exact) / slip).rounded(.up), Double(count))), from + 1), count)
        copy(trace.samples, from..<next, to: offset + from, memory, &isOverlap)
        from = next
        if from < count { offset = Int((exact + Double(from) * slip).rounded()) }
      }
    }
    if isOverlap { counts.overlaps += 1 }
  }

  /// Copies samples `range` to the grid, the first of them to `start`.
  private mutating func copy(
    _ samples: Samples, _ range: Range<Int>, to start: Int, _ memory: UnsafeMutableBufferPointer<Double>,
    _ isOverlap: inout Bool
  ) {
    let end = start + range.count
    // What lies inside the grid.
    let lower = max(start, 0)
    let upper = min(end, grid.count)
    if frontier != .min, frontier > start { isOverlap = true }
    if lower < upper {
      let shift = range.lowerBound - start
      if lower > filled { fillMissing(upTo: lower, memory) }
      let overlap = lower..<max(lower, min(filled, upper))
      let fresh = max(filled, lower)..<max(upper, max(filled, lower))
      switch samples {
      case .int32(let values):
        values.withUnsafeBufferPointer { values in
          compare(overlap, memory) { Double(values[$0 &+ shift]) }
          for index in fresh { memory[index] = Double(values[index &+ shift]) }
        }
      case .float32(let values):
        values.withUnsafeBufferPointer { values in
          compare(overlap, memory) { Double(values[$0 &+ shift]) }
          for index in fresh { memory[index] = Double(values[index &+ shift]) }
        }
        check(fresh, memory)
      case .float64(let values):
        values.withUnsafeBufferPointer { values in
          compare(overlap, memory) { values[$0 &+ shift] }
          for index in fresh { memory[index] = values[index &+ shift] }
        }
        check(fresh, memory)
      case .text: break
      }
      filled = max(filled, upper)
    }
    frontier = max(frontier, end)
  }

  /// Takes what is still missing, and counts what stands twice.
  @inline(__always)
  private mutating func compare(
    _ range: Range<Int>, _ memory: UnsafeMutableBufferPointer<Double>, _ value: (Int) -> Double
  ) {
    for index in range {
      let fresh = value(index)
      if memory[index].isNaN {
        if fresh.isFinite {
          memory[index] = fresh
          needsScan = true
        }
      } else if fresh == memory[index] {
        counts.repeatedSamples += 1
      } else if fresh.isFinite {
        counts.conflictingSamples += 1
      } else {
        counts.invalidSamples += 1
      }
    }
  }

  /// Makes what is no finite number missing.
  private mutating func check(_ range: Range<Int>, _ memory: UnsafeMutableBufferPointer<Double>) {
    var invalid = 0
    for index in range where !memory[index].isFinite {
      memory[index] = .nan
      invalid += 1
    }
    if invalid > 0 { needsScan = true }
    counts.invalidSamples += invalid
  }

  private mutating func fillMissing(upTo end: Int, _ memory: UnsafeMutableBufferPointer<Double>) {
    for index in filled..<end { memory[index] = .nan }
    gaps.append(filled..<end)
    filled = end
  }

  mutating func finish(_ memory: UnsafeMutableBufferPointer<Double>) {
    if filled < grid.count { fillMissing(upTo: grid.count, memory) }
  }
}
