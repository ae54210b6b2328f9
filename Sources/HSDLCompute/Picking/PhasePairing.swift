/// Brings P and S arrivals together.
public struct PhasePairing: Sendable, Hashable {
  /// An arrival, and what it belongs to.
  public struct Arrival: Sendable, Hashable {
    /// Where it is.
    public var peak: PickTrigger.Peak
    /// Whether it is S.
    public var isS: Bool
    /// The sample that names what it belongs to: the begin of the detection, or the P of a pair; nil for none.
    public var group: Int?
  }

  /// Samples per second.
  public var rate: Int
  /// Which S is taken of a detection.
  public var sChoice: PickSettings.SChoice
  /// Of arrivals of one phase closer than this the more probable stays, in samples.
  public var thinning: Int
  /// The longest S − P time of a pair, in samples.
  public var longestSP: Int

  /// Takes the rules from settings.
  public init(_ settings: PickSettings, rate: Int) {
    self.rate = rate
    sChoice = settings.sChoice
    thinning = Int((settings.thinning * Double(rate)).rounded())
    longestSP = Int((settings.longestSP * Double(rate)).rounded())
  }

  /// Pairs arrivals within detections, as EQTransformer does (Mousavi et al., 2020).
  ///
  /// Of each detection from b to e, S is the most probable (or the first) S strictly between b and e, and P is the most probable P between
  /// 1 s before b and 0.1 s before S, or e where there is no S. P before b is not taken from an earlier detection. Arrivals outside
  /// of detections go.
  ///
  /// - Parameters:
  ///   - p: peaks of P, in order.
  ///   - s: peaks of S, in order.
  ///   - detections: in order.
  /// - Returns: arrivals by sample, P before S.
  public func pair(p: [PickTrigger.Peak], s: [PickTrigger.Peak], detections: [PickTrigger.Interval]) -> [Arrival] {
    var arrivals: [Arrival] = []
    var previousEnd = Int.min
    for detection in detections {
      let (begin, end) = (detection.samples.lowerBound, detection.samples.upperBound - 1)
      let candidates = Self.peaks(s, after: begin, before: end)
      let chosenS = sChoice == .first ? candidates.first : Self.best(candidates)
      let limit = chosenS.map { $0.sample - rate / 10 } ?? end
      let chosenP = Self.best(Self.peaks(p, after: max(begin - rate, previousEnd), before: limit))
      previousEnd = end
      if let chosenP { arrivals.append(Arrival(peak: chosenP, isS: false, group: begin)) }
      if let chosenS { arrivals.append(Arrival(peak: chosenS, isS: true, group: begin)) }
    }
    return thinned(arrivals)
  }

  /// Pairs arrivals of pickers that have no detection.
  ///
  /// Each S goes with the last P before it, if that is not farther than ``longestSP``; of several S that go with one P the most
  /// probable one, of equals the first. All arrivals stay, those of pairs have a group.
  ///
  /// - Returns: arrivals by sample, P before S.
  public func pair(p: [PickTrigger.Peak], s: [PickTrigger.Peak]) -> [Arrival] {
    let p = PickTrigger.thinned(p, distance: thinning)
    let s = PickTrigger.thinned(s, distance: thinning)
    var partners = [Int?](repeating: nil, count: p.count)
    var last = -1
    for (index, peak) in s.enumerated() {
      while last + 1 < p.count, p[last + 1].sample < peak.sample { last += 1 }
      guard last >= 0, peak.sample - p[last].sample <= longestSP else { continue }
      if let other = partners[last], s[other].value >= peak.value { continue }
      partners[last] = index
    }
    var groups = [Int?](repeating: nil, count: s.count)
    var arrivals: [Arrival] = []
    for (peak, partner) in zip(p, partners) {
      if let partner { groups[partner] = peak.sample }
      arrivals.append(Arrival(peak: peak, isS: false, group: partner == nil ? nil : peak.sample))
    }
    for (peak, group) in zip(s, groups) { arrivals.append(Arrival(peak: peak, isS: true, group: group)) }
    return Self.sorted(arrivals)
  }

  /// Thins the arrivals of each phase.
  private func thinned(_ arrivals: [Arrival]) -> [Arrival] {
    var kept: [Arrival] = []
    for isS in [false, true] {
      let own = arrivals.filter { $0.isS == isS }.sorted { $0.peak.sample < $1.peak.sample }
      let peaks = Set(PickTrigger.thinned(own.map(\.peak), distance: thinning).map(\.sample))
      var last: Int?
      for arrival in own where peaks.contains(arrival.peak.sample) && arrival.peak.sample != last {
        kept.append(arrival)
        last = arrival.peak.sample
      }
    }
    return Self.sorted(kept)
  }

  private static func sorted(_ arrivals: [Arrival]) -> [Arrival] {
    arrivals.sorted { ($0.peak.sample, $0.isS ? 1 : 0) < ($1.peak.sample, $1.isS ? 1 : 0) }
  }

  /// The peaks strictly between two samples.
  private static func peaks(
    _ peaks: [PickTrigger.Peak], after lower: Int, before upper: Int
  ) -> ArraySlice<PickTrigger.Peak> {
    func first(_ sample: Int) -> Int {
      var (low, high) = (0, peaks.count)
      while low < high {
        let middle = (low + high) / 2
        if peaks[middle].sample < sample { low = middle + 1 } else { high = middle }
      }
      return low
    }
    let start = first(lower == Int.min ? lower : lower + 1)
    return peaks[start..<max(start, first(upper))]
  }

  /// The most probable; of equals the first.
  private static func best(_ peaks: ArraySlice<PickTrigger.Peak>) -> PickTrigger.Peak? {
    var best: PickTrigger.Peak?
    for peak in peaks where peak.value > best?.value ?? -1 { best = peak }
    return best
  }
}
