import Foundation

/// Where values of an axis stand on paper.
struct AxisPlacing {
  let axis: FigureAxis
  /// From where to where, in the axis' own unit.
  let lower: Double
  let upper: Double

  /// Finds out from where to where the axis goes.
  ///
  /// - Parameters:
  ///   - values: all that is drawn along it.
  ///   - startsAtZero: whether lengths are drawn along it, which need their beginning.
  init(_ axis: FigureAxis, values: [Double], startsAtZero: Bool) {
    self.axis = axis
    if case .categories(let names) = axis.scale {
      (lower, upper) = (-0.5, Double(max(1, names.count)) - 0.5)
      return
    }
    let isLogarithmic = axis.scale == .logarithmic
    if let range = axis.range, range.upperBound > range.lowerBound, !isLogarithmic || range.lowerBound > 0 {
      (lower, upper) = (range.lowerBound, range.upperBound)
      return
    }
    let usable = values.filter { $0.isFinite && abs($0) < 1e300 && (!isLogarithmic || $0 > 0) }
    var (low, high) = (usable.min() ?? (isLogarithmic ? 1 : 0), usable.max() ?? 1)
    if isLogarithmic {
      if startsAtZero { low = min(low, high) / 2 }
      let room = pow(max(high / low, 1.5), 0.05)
      (lower, upper) = (startsAtZero ? low : low / room, high * room)
      return
    }
    if startsAtZero { (low, high) = (min(low, 0), max(high, 0)) }
    if high == low {
      (low, high) =
        startsAtZero ? (low, low + 1) : (low - 0.5 * max(1, abs(low) * 0.1), high + 0.5 * max(1, abs(high) * 0.1))
    }
    let room = 0.05 * (high - low)
    lower = startsAtZero && low == 0 ? 0 : low - room
    upper = startsAtZero && high == 0 ? 0 : high + room
  }

  /// Where a value stands, 0 to 1 along the axis; beyond that it is outside, and nil where the axis has no place for it.
  func share(_ value: Double) -> Double? {
    guard value.isFinite else { return nil }
    var share: Double
    if axis.scale == .logarithmic {
      guard value > 0 else { return nil }
      share = log(value / lower) / log(upper / lower)
    } else {
      share = (value - lower) / (upper - lower)
    }
    if axis.isReversed { share = 1 - share }
    return share.isFinite ? share : nil
  }

  /// The marks, so many that what they say does not overlap.
  ///
  /// - Parameters:
  ///   - length: the axis' length in cm.
  ///   - isHorizontal: whether labels stand side by side.
  ///   - size: of the letters, in points.
  func ticks(length: Double, isHorizontal: Bool, size: Double) -> AxisTicks {
    if case .categories(let names) = axis.scale {
      var ticks = AxisTicks()
      // Where there are too many for their room, every second, third … is named.
      let slot = length / Double(max(1, names.count))
      let stride = max(1, Int((TextMetrics.height(size: size) / max(slot, 1e-6)).rounded(.up)))
      for (place, name) in names.enumerated() where place % stride == 0 {
        ticks.places.append(Double(place))
        ticks.labels.append(.plain(name))
      }
      return ticks
    }
    var count = max(2, Int(length / (isHorizontal ? 1.0 : 0.75)))
    while true {
      let ticks =
        switch axis.scale {
        case .logarithmic: AxisTicks.logarithmic(lower, upper, count: count)
        case .time: AxisTicks.time(lower, upper, count: count)
        default: AxisTicks.linear(lower, upper, count: count)
        }
      if count <= 1 || fits(ticks, length: length, isHorizontal: isHorizontal, size: size) { return ticks }
      count -= 1
    }
  }

  private func fits(_ ticks: AxisTicks, length: Double, isHorizontal: Bool, size: Double) -> Bool {
    var ends = -Double.infinity
    let marks = zip(ticks.places, ticks.labels).compactMap { place, label in share(place).map { ($0 * length, label) } }
    for (place, label) in marks.sorted(by: { $0.0 < $1.0 }) {
      let half = (isHorizontal ? TextMetrics.width(label, size: size) : TextMetrics.height(size: size)) / 2
      if place - half < ends + (isHorizontal ? 0.15 : 0) { return false }
      ends = place + half
    }
    return true
  }
}
