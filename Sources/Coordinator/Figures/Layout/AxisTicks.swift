import Foundation
import HSDLCompute
import SeismicFormats

/// The marks of an axis.
struct AxisTicks: Equatable {
  /// Where the marks with numbers stand, in the axis' own unit.
  var places: [Double] = []
  /// What they say.
  var labels: [Page.Line] = []
  /// Where small marks stand.
  var minor: [Double] = []

  /// The least step of 1, 2, 2.5 or 5 times a power of ten that is at least `step`.
  static func niceStep(_ step: Double) -> Double {
    guard step > 0, step.isFinite else { return 1 }
    let power = pow(10, log10(step).rounded(.down))
    for factor in [1, 2, 2.5, 5, 10] where factor * power >= step * (1 - 1e-9) { return factor * power }
    return 10 * power
  }

  /// Marks of an even axis.
  ///
  /// - Parameter count: about how many.
  static func linear(_ lower: Double, _ upper: Double, count: Int) -> AxisTicks {
    var ticks = AxisTicks()
    let step = niceStep((upper - lower) / Double(max(1, count)))
    guard upper > lower, step > 0, (upper - lower) / step < 1000 else { return ticks }
    var decimals = 0
    while decimals < 9, abs((step * pow(10, Double(decimals))).rounded() - step * pow(10, Double(decimals))) > 1e-6 {
      decimals += 1
    }
    let largest = max(abs(lower), abs(upper))
    var number = (lower / step - 1e-9).rounded(.up)
    while number * step <= upper + step * 1e-9 {
      let value = number * step
      ticks.places.append(value)
      if largest >= 1e6 || (largest < 1e-4 && largest > 0) {
        let power = Int(log10(largest).rounded(.down))
        let scaled = value / pow(10, Double(power))
        ticks.labels.append(.plain(value == 0 ? "0" : "\(trimmed(scaled, decimals: 3))e\(power)"))
      } else {
        ticks.labels.append(.plain(fixed(value, decimals: decimals)))
      }
      number += 1
    }
    return ticks
  }

  private static func trimmed(_ value: Double, decimals: Int) -> String {
    var text = fixed(value, decimals: decimals)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// Marks of a logarithmic axis: at powers of ten, and where those are few at 2 and 5 times as well.
  static func logarithmic(_ lower: Double, _ upper: Double, count: Int) -> AxisTicks {
    var ticks = AxisTicks()
    guard lower > 0, upper > lower, upper.isFinite else { return ticks }
    let (first, last) = (Int(log10(lower).rounded(.down)), Int(log10(upper).rounded(.up)))
    let decades = log10(upper / lower)
    let stride = max(1, Int((decades / Double(max(1, count))).rounded(.up)))
    func holds(_ value: Double) -> Bool { value >= lower * (1 - 1e-9) && value <= upper * (1 + 1e-9) }
    for power in first...max(first, last) {
      let decade = pow(10, Double(power))
      if holds(decade), power % stride == 0 {
        ticks.places.append(decade)
        ticks.labels.append((-2...3).contains(power) ? .plain(plain(decade)) : .power(power))
      }
      for factor in 2...9 where holds(Double(factor) * decade) {
        let value = Double(factor) * decade
        if decades < 1.5, [2, 5].contains(factor) {
          ticks.places.append(value)
          ticks.labels.append(.plain(plain(value)))
        } else if decades < 8 {
          ticks.minor.append(value)
        }
      }
    }
    if ticks.places.count < 3, decades < 1 {
      // Within a decade one or two numbers tell nothing of the scale: those of an even axis do.
      let even = linear(lower, upper, count: count)
      if even.places.count > ticks.places.count {
        ticks.minor.removeAll { value in even.places.contains { abs($0 - value) < 1e-9 * value } }
        (ticks.places, ticks.labels) = (even.places, even.labels)
      }
    }
    return ticks
  }

  private static func plain(_ value: Double) -> String {
    value >= 1 ? fixed(value, decimals: 0) : trimmed(value, decimals: 9)
  }

  /// Marks of an axis of time, in seconds since 1970-01-01 UTC: at whole years, months, days, hours, minutes or seconds.
  static func time(_ lower: Double, _ upper: Double, count: Int) -> AxisTicks {
    var ticks = AxisTicks()
    guard upper > lower, abs(lower) < 1e11, abs(upper) < 1e11 else { return ticks }
    let span = upper - lower
    let least = span / Double(max(1, count))
    let day = 86_400.0
    let steps: [Double] = [
      1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, day, 2 * day, 5 * day,
      10 * day,
    ]
    if span < 3 || least < 0.2 {
      // Shorter than marks at whole seconds can tell: seconds from the beginning of the minute.
      ticks = linear(lower - 60 * (lower / 60).rounded(.down), upper - 60 * (lower / 60).rounded(.down), count: count)
      ticks.places = ticks.places.map { $0 + 60 * (lower / 60).rounded(.down) }
      return ticks
    }
    if let step = steps.first(where: { $0 >= least }), least <= 10 * day {
      var number = (lower / step).rounded(.up)
      while number * step <= upper {
        let value = number * step
        let time = UTCTime(seconds: Int64(value))
        let words = time.formatted(fractionDigits: 0)
        ticks.places.append(value)
        // `2024-03-04T05:06:07Z`
        let text = step >= day ? words.prefix(10) : words.dropFirst(11).prefix(step < 60 ? 8 : 5)
        ticks.labels.append(.plain(String(text)))
        number += 1
      }
      return ticks
    }
    // Months and years.
    let month = 30.44 * day
    let monthStep = [1, 2, 3, 6].first { Double($0) * month >= least }
    let yearStep = monthStep == nil ? max(1, Int(niceStep(least / (365.25 * day)).rounded(.up))) : 1
    let (firstYear, lastYear) = (
      UTCTime(seconds: Int64(lower)).date.year, UTCTime(seconds: Int64(upper)).date.year
    )
    for year in firstYear...max(firstYear, lastYear) where monthStep != nil || year % yearStep == 0 {
      for number in Swift.stride(from: 1, through: 12, by: monthStep ?? 12) {
        guard let time = UTCTime(year: year, month: number, day: 1) else { continue }
        let value = Double(time.seconds)
        guard value >= lower, value <= upper else { continue }
        ticks.places.append(value)
        ticks.labels.append(.plain(monthStep == nil ? "\(year)" : String(time.formatted(fractionDigits: 0).prefix(7))))
      }
    }
    return ticks
  }

  /// Marks of longitudes or latitudes.
  static func degrees(
    _ lower: Double, _ upper: Double, count: Int, letters: (positive: String, negative: String)
  )
    -> AxisTicks
  {
    var ticks = linear(lower, upper, count: count)
    ticks.labels = zip(ticks.places, ticks.labels).map { place, label in
      guard case .plain(let text) = label else { return label }
      // Beyond the date line, longitudes begin again in the west.
      let turned = letters.positive == "E" ? MapRegion.wrapped(place) : place
      if turned == 0 || abs(turned) == 180 && letters.positive == "E" {
        return .plain("\(text.replacing("-", with: ""))°")
      }
      let decimals = text.split(separator: ".").dropFirst().first?.count ?? 0
      return .plain("\(fixed(abs(turned), decimals: decimals))°\(turned < 0 ? letters.negative : letters.positive)")
    }
    return ticks
  }
}
