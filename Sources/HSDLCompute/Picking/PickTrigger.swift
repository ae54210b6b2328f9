/// Finds arrivals in a picker's curves.
///
/// Everything here is local: whether there is an arrival at a sample depends on the curve within a bounded distance, so that a day may
/// be cut anywhere.
public enum PickTrigger {
  /// A local maximum of a curve.
  public struct Peak: Sendable, Hashable {
    /// The sample; of a plateau the middle one, the earlier of two.
    public var sample: Int
    /// The curve's value there.
    public var value: Float
    /// Where the top lies behind the sample, −0.5 to 0.5: that of a parabola through the peak and its neighbours.
    public var fraction: Double
    /// The width at half the height, in samples.
    public var width: Double

    /// Describes a maximum.
    public init(sample: Int, value: Float, fraction: Double = 0, width: Double) {
      self.sample = sample
      self.value = value
      self.fraction = fraction
      self.width = width
    }
  }

  /// A stretch over which a curve is at or above a threshold.
  public struct Interval: Sendable, Hashable {
    /// The samples.
    public var samples: Range<Int>
    /// The mean of the curve over them.
    public var mean: Float

    /// Describes a stretch.
    public init(samples: Range<Int>, mean: Float) {
      self.samples = samples
      self.mean = mean
    }
  }

  /// A curve that stays the same for longer than this points at no time, in samples.
  static let longestPlateau = 200
  /// The half width of a peak is looked for no farther than this, in samples.
  static let widthReach = 500

  /// The local maxima of a curve that reach a threshold, in order.
  ///
  /// - Parameters:
  ///   - curve: the curve; outside it is taken to be lower.
  ///   - threshold: what a maximum must reach.
  ///   - isAllowed: whether a maximum may lie at a sample.
  public static func peaks(
    _ curve: UnsafeBufferPointer<Float>, threshold: Float, isAllowed: (Int) -> Bool = { _ in true }
  ) -> [Peak] {
    var peaks: [Peak] = []
    var index = 0
    while index < curve.count {
      let value = curve[index]
      guard value >= threshold, index == 0 || curve[index - 1] < value else {
        index += 1
        continue
      }
      var end = index + 1
      while end < curve.count, curve[end] == value { end += 1 }
      if end == curve.count || curve[end] < value, end - index <= longestPlateau {
        let sample = (index + end - 1) / 2
        if isAllowed(sample) {
          var fraction = 0.0
          if end - index == 1, index > 0, end < curve.count {
            let (before, top, after) = (Double(curve[index - 1]), Double(value), Double(curve[end]))
            fraction = min(max(0.5 * (before - after) / (before - 2 * top + after), -0.5), 0.5)
          } else if (end - index) % 2 == 0 {
            fraction = 0.5
          }
          peaks.append(
            Peak(
              sample: sample, value: value, fraction: fraction,
              width: Double(end - 1 - index) + halfWidth(curve, end - 1, 1) + halfWidth(curve, index, -1)))
        }
      }
      index = end
    }
    return peaks
  }

  /// How far from a sample a curve falls to half of its value there, going one way.
  ///
  /// Distances, not places, so that rounding is the same wherever the curve begins.
  private static func halfWidth(_ curve: UnsafeBufferPointer<Float>, _ start: Int, _ direction: Int) -> Double {
    let half = Double(curve[start]) / 2
    for distance in 0..<widthReach {
      let place = start + distance * direction
      let next = place + direction
      guard curve.indices.contains(next) else { return Double(distance) }
      if Double(curve[next]) < half {
        let (above, below) = (Double(curve[place]), Double(curve[next]))
        return Double(distance) + (above - half) / (above - below)
      }
    }
    return Double(widthReach)
  }

  /// How many links of falling peaks ``thinned(_:distance:)`` follows.
  static let thinningRounds = 8

  /// Leaves out every peak that lies closer than a distance to a higher one that stays.
  ///
  /// Of two peaks of the same height the earlier counts as higher. In a chain of ever lower peaks every second one stays; after
  /// ``thinningRounds`` of them the rest of the chain goes, so that what happens to a peak is decided within a bounded
  /// distance.
  ///
  /// - Parameters:
  ///   - peaks: in order.
  ///   - distance: in samples; peaks just so far from each other both stay.
  public static func thinned(_ peaks: [Peak], distance: Int) -> [Peak] {
    guard distance > 1, peaks.count > 1 else { return peaks }
    enum State { case open, kept, dropped }
    var states = [State](repeating: .open, count: peaks.count)
    func isHigher(_ left: Int, _ right: Int) -> Bool {
      peaks[left].value != peaks[right].value ? peaks[left].value > peaks[right].value : left < right
    }
    /// The higher neighbours of a peak, nearest first on either side.
    func neighbours(_ index: Int, _ body: (Int) -> Void) {
      for step in [-1, 1] {
        var other = index + step
        while peaks.indices.contains(other), abs(peaks[other].sample - peaks[index].sample) < distance {
          if isHigher(other, index) { body(other) }
          other += step
        }
      }
    }
    for _ in 0..<thinningRounds {
      // All decide at once, by what was decided before.
      let before = states
      var isDone = true
      for index in peaks.indices where before[index] == .open {
        var hasOpen = false
        var hasKept = false
        neighbours(index) {
          hasOpen = hasOpen || before[$0] == .open
          hasKept = hasKept || before[$0] == .kept
        }
        if hasKept { states[index] = .dropped } else if !hasOpen { states[index] = .kept } else { isDone = false }
      }
      if isDone { break }
    }
    return peaks.indices.filter { states[$0] == .kept }.map { peaks[$0] }
  }

  /// Stretches over which a curve is at or above a threshold, in order.
  ///
  /// A stretch that goes on for a whole `longest` around a multiple of that number is cut there, so that where a stretch begins and
  /// ends is decided within twice that distance.
  ///
  /// - Parameters:
  ///   - curve: the curve; outside it is taken to be lower.
  ///   - first: the number of its first sample; stretches are cut at multiples of `longest` by this numbering.
  ///   - threshold: what the curve must reach.
  ///   - shortest: stretches of fewer samples are left out.
  ///   - longest: see above; nil cuts none.
  /// - Returns: stretches as places in the curve.
  public static func intervals(
    _ curve: UnsafeBufferPointer<Float>, first: Int = 0, threshold: Float, shortest: Int = 10, longest: Int? = nil
  ) -> [Interval] {
    var intervals: [Interval] = []
    func add(_ range: Range<Int>) {
      guard range.count >= shortest else { return }
      var sum = 0.0
      for index in range { sum += Double(curve[index]) }
      intervals.append(Interval(samples: range, mean: Float(sum / Double(range.count))))
    }
    var index = 0
    while index < curve.count {
      guard curve[index] >= threshold else {
        index += 1
        continue
      }
      var end = index + 1
      while end < curve.count, curve[end] >= threshold { end += 1 }
      var begin = index
      if let longest, longest > 1 {
        // The first multiple before which half of `longest` is in the stretch; it is a cut if the half behind is too.
        var cut = floorQuotient(index + first + longest / 2 + longest - 1, longest) * longest - first
        while cut + longest / 2 <= end {
          add(begin..<cut)
          begin = cut
          cut += longest
        }
      }
      add(begin..<end)
      index = end
    }
    return intervals
  }
}
