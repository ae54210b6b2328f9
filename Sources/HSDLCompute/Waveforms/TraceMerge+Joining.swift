public import SeismicFormats

extension TraceMerge {
  /// Joins fragments to stretches without a gap, at their own times and in their own type.
  ///
  /// Streams, types of samples, and rates that differ by more than ``NominalRate/tolerance`` are kept apart. A fragment goes
  /// on where the samples before it end if it begins within half an interval of there; where fragments overlap, the rules of
  /// ``TraceMerge`` hold.
  ///
  /// - Parameters:
  ///   - traces: fragments, in any order.
  ///   - counts: what happened is added here.
  /// - Returns: the stretches by stream and start; text and fragments without a rate are left out.
  public static func join(_ traces: [Trace], counts: inout MergeCounts) -> [Trace] {
    counts.fragments += traces.count
    var groups: [StreamID: [Trace]] = [:]
    for trace in traces {
      if case .text = trace.samples {
        counts.unusableFragments += 1
      } else if trace.samplingRate > 0, trace.samplingRate.isFinite {
        if trace.count > 0 { groups[trace.id, default: []].append(trace) }
      } else {
        counts.unusableFragments += 1
      }
    }
    var joined: [Trace] = []
    for (_, group) in groups.sorted(by: { $0.key < $1.key }) {
      var stretches: [Trace] = []
      // Of each type and rate the stretch that reaches furthest, which is the last that can go on.
      var open: [Int] = []
      for index in order(group) {
        let trace = group[index]
        let place = open.firstIndex { candidate in
          stretches[candidate].samples.isSameType(as: trace.samples)
            && abs(stretches[candidate].samplingRate - trace.samplingRate)
              <= NominalRate.tolerance * stretches[candidate].samplingRate
        }
        guard let place else {
          open.append(stretches.count)
          stretches.append(trace)
          continue
        }
        let last = open[place]
        let position = trace.start.timeInterval(since: stretches[last].start) * stretches[last].samplingRate
        let length = stretches[last].count
        if position > Double(length) + 0.5 {
          counts.gaps += 1
          let missing = position - Double(length)
          counts.gapSamples += missing < 1e15 ? Int(missing.rounded()) : 0
          open[place] = stretches.count
          stretches.append(trace)
        } else if position >= Double(length) - 0.5 {
          stretches[last].samples.append(trace.samples)
        } else {
          counts.overlaps += 1
          let start = max(Int(position.rounded()), 0)
          let common = min(length - start, trace.count)
          let differing = differences(stretches[last].samples, start, trace.samples, common)
          counts.conflictingSamples += differing
          counts.repeatedSamples += common - differing
          if common < trace.count { stretches[last].samples.append(trace.samples.slice(common..<trace.count)) }
        }
      }
      joined += stretches.indices.sorted { (stretches[$0].start, $0) < (stretches[$1].start, $1) }.map { stretches[$0] }
    }
    return joined
  }

  /// How many of `count` samples differ.
  private static func differences(_ left: Samples, _ start: Int, _ right: Samples, _ count: Int) -> Int {
    func inAll<T: Equatable>(_ x: [T], _ y: [T]) -> Int {
      var differing = 0
      x.withUnsafeBufferPointer { x in
        y.withUnsafeBufferPointer { y in
          for index in 0..<min(count, x.count - start, y.count) where x[start + index] != y[index] { differing += 1 }
        }
      }
      return differing
    }
    return switch (left, right) {
    case (.int32(let x), .int32(let y)): inAll(x, y)
    case (.float32(let x), .float32(let y)): inAll(x, y)
    case (.float64(let x), .float64(let y)): inAll(x, y)
    default: 0
    }
  }
}
