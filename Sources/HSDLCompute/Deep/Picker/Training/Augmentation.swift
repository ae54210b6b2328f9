/// Makes windows for training out of records: places, varies, keeps the arrivals where their waves are.
public struct Augmentation: Sendable {
  /// How windows are varied.
  public let settings: AugmentationSettings
  /// Samples of a window.
  public let length: Int
  private let seed: UInt64
  private static let stream: UInt64 = 0x6175_676d

  /// Creates it.
  ///
  /// - Parameters:
  ///   - settings: how windows are varied.
  ///   - length: samples of a window.
  ///   - seed: what randomness comes from.
  public init(_ settings: AugmentationSettings, length: Int, seed: UInt64) {
    self.settings = settings
    self.length = max(length, 1)
    self.seed = seed
  }

  /// A window of a record; a function of seed, epoch and number alone.
  ///
  /// - Parameters:
  ///   - record: the record.
  ///   - epoch: the epoch.
  ///   - number: the number of the draw, as ``EpochSampler`` gives it.
  public func window(_ record: TrainingRecord, epoch: Int, number: Int) -> TrainingWindow {
    var random = SplitMix64(
      seed: seed, stream: Self.stream, UInt64(truncatingIfNeeded: epoch), UInt64(truncatingIfNeeded: number))
    let start = TrainingWindow.place(in: record, length: length, margin: settings.margin, &random)
    var window = TrainingWindow(record, from: start, length: length)
    if record.count == length, random.uniform() < settings.shift { turn(&window, &random) }
    guard random.uniform() < settings.share else { return window }
    let isEvent = window.arrivals.contains { !$0.inside(length).isEmpty }
    if isEvent {
      let ratio = window.signalToNoise ?? signalToNoise(window)
      let isClear = ratio >= settings.leastSignalToNoise
      if isClear, random.uniform() < settings.secondEvent { addSecondEvent(&window, &random) }
      if isClear, random.uniform() < settings.noise { addNoise(&window, &random) }
      if isClear, random.uniform() < settings.channelDropping { dropComponents(&window, &random) }
      if random.uniform() < settings.eventGap { addGap(&window, &random) }
    } else {
      if random.uniform() < settings.channelDropping { dropComponents(&window, &random) }
      if random.uniform() < settings.noiseGap { addGap(&window, &random) }
    }
    if random.uniform() < settings.scaling {
      let factor = Float(1 + 2 * random.uniform())
      let scale = random.uniform() < 0.5 ? factor : 1 / factor
      for index in window.samples.indices { window.samples[index] *= scale }
    }
    if random.uniform() < settings.preEmphasis { emphasise(&window) }
    return window
  }

  /// Turns the window around, as far as no arrival and no coda comes over its ends.
  private func turn(_ window: inout TrainingWindow, _ random: inout SplitMix64) {
    var lowest = -Double(length / 2)
    var highest = Double(length - length / 2 - 1)
    let events = window.arrivals.filter { !$0.inside(length).isEmpty }
    if !events.isEmpty {
      let first = events.compactMap(\.first).min() ?? 0
      let last = events.compactMap(\.end).max() ?? 0
      let onset = events.compactMap(\.last).max() ?? 0
      lowest = -max(first.rounded(.down) - Double(settings.margin), 0)
      // Where the coda leaves no room, the window stays where it is on that side.
      highest = max((Double(length - 1) - max(last, onset + Double(settings.margin))).rounded(.down), 0)
      // What is outside must not come in with samples that are not its own.
      if first < 0 { highest = 0 }
      let seen = events.compactMap { $0.detection?.upperBound }.max() ?? 0
      if max(onset, seen) > Double(length - 1) { lowest = 0 }
    }
    guard lowest < highest, lowest > -Double(length), highest < Double(length) else { return }
    let shift = Int(lowest) + random.below(Int(highest) - Int(lowest) + 1)
    guard shift != 0 else { return }
    // Arrivals of other events outside would come in at the other end: they belong to samples that are not there.
    window.arrivals = events.map { $0.moved(by: Double(shift)) }
    let source = window.samples
    for component in 0..<3 where window.present[component] {
      for index in 0..<length {
        let from = (index - shift + length) % length
        window.samples[component * length + index] = source[component * length + from]
      }
      window.missing[component] = window.missing[component].flatMap { gap -> [Range<Int>] in
        let from = ((gap.lowerBound + shift) % length + length) % length
        let to = from + gap.count
        return to <= length ? [from..<to] : [0..<to - length, from..<length]
      }.sorted { $0.lowerBound < $1.lowerBound }
    }
  }

  /// Adds the event a second time behind itself, divided by a whole number.
  private func addSecondEvent(_ window: inout TrainingWindow, _ random: inout SplitMix64) {
    let events = window.arrivals.filter { !$0.inside(length).isEmpty }
    guard events.count == 1, let event = events.first, let p = event.p, let s = event.s, p >= 0, s > p,
      s <= Double(length - 1), let end = event.end
    else { return }
    let from = Int(p.rounded(.down))
    let first = Int(min(end, Double(length)).rounded(.up))
    // S must have room for its label.
    let last = length - Int((s - p).rounded(.up)) - 21
    guard first > from, last > first else { return }
    let place = first + random.below(last - first)
    let scale = 1 / Float(1 + random.below(9))
    let copied = min(first - from, length - place)
    for component in 0..<3 where window.present[component] {
      let begin = component * length
      // What is copied lies before the place where it goes.
      for index in 0..<copied { window.samples[begin + place + index] += scale * window.samples[begin + from + index] }
    }
    window.arrivals.append(
      PhaseArrivals(p: p, s: s, codaEnd: event.codaEnd).moved(by: Double(place - from)))
  }

  private func addNoise(_ window: inout TrainingWindow, _ random: inout SplitMix64) {
    let range = settings.noiseLevels
    let level = range.lowerBound + (range.upperBound - range.lowerBound) * random.uniform()
    for component in 0..<3 where window.present[component] {
      let part = (component * length)..<((component + 1) * length)
      let largest = window.samples[part].reduce(Float(0)) { max($0, abs($1)) }
      let sigma = Float(level) * largest
      guard sigma.isFinite else { continue }
      for index in part { window.samples[index] += sigma * Float(random.normal()) }
    }
  }

  private func dropComponents(_ window: inout TrainingWindow, _ random: inout SplitMix64) {
    let there = (0..<3).filter { window.present[$0] }
    guard there.count > 1 else { return }
    let bits = random.next()
    var stays = there.filter { bits >> UInt64($0) & 1 == 1 }
    if stays.isEmpty { stays = [there[random.below(there.count)]] }
    for component in there where !stays.contains(component) { window.present[component] = false }
  }

  /// Takes out a stretch of all components; arrivals within it lose their labels.
  private func addGap(_ window: inout TrainingWindow, _ random: inout SplitMix64) {
    let from = random.below(length * 2 / 3)
    let to = min(from + 1 + random.below(max(length * 11 / 12 - from, 1)), length)
    for component in 0..<3 {
      window.missing[component] = (window.missing[component] + [from..<to]).sorted { $0.lowerBound < $1.lowerBound }
    }
    let gap = Double(from)...Double(to - 1)
    window.arrivals = window.arrivals.compactMap { event in
      var left = event
      if let p = event.p, gap.contains(p) { left.p = nil }
      if let s = event.s, gap.contains(s) { left.s = nil }
      guard let span = event.detection else { return left.p == nil && left.s == nil ? nil : left }
      // The curve of detection is one piece: the longer one of what is left.
      let before = min(gap.lowerBound - 1, span.upperBound) - span.lowerBound
      let behind = span.upperBound - max(gap.upperBound + 1, span.lowerBound)
      if gap.overlaps(span) {
        if before >= behind, before >= 0 {
          left.detection = span.lowerBound...(span.lowerBound + before)
        } else {
          left.detection = behind >= 0 ? (span.upperBound - behind)...span.upperBound : nil
        }
      }
      return left.p == nil && left.s == nil && left.detection == nil ? nil : left
    }
  }

  private func emphasise(_ window: inout TrainingWindow) {
    let coefficient = Float(settings.preEmphasisCoefficient)
    for component in 0..<3 where window.present[component] {
      for index in stride(from: length - 1, to: 0, by: -1) {
        window.samples[component * length + index] -= coefficient * window.samples[component * length + index - 1]
      }
    }
  }

  /// How far the first event stands out of what is before it, on its worst component, in dB: power in 3 s at 100 Hz from the
  /// first arrival on against as much before.
  private func signalToNoise(_ window: TrainingWindow) -> Double {
    let onset = window.arrivals.compactMap { $0.inside(length).min() }.min() ?? 0
    let middle = Int(onset.rounded(.down))
    let noise = max(middle - 320, 0)..<max(middle - 20, 0)
    let signal = middle..<min(middle + 300, length)
    guard noise.count >= 50, signal.count >= 50 else { return -.infinity }
    func power(_ component: Int, _ range: Range<Int>) -> Double {
      var sum = 0.0
      for index in range {
        let value = Double(window.samples[component * length + index])
        sum += value * value
      }
      return sum / Double(range.count)
    }
    return (0..<3).filter { window.present[$0] }.map { component in
      let ratio = power(component, signal) / power(component, noise)
      return ratio > 0 ? 10 * logarithmToBase10(ratio) : -.infinity
    }.min() ?? -.infinity
  }
}
