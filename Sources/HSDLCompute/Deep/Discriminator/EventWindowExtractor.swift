import SeismicFormats

/// Makes the windows of one event after the other from records of its stations.
///
/// What comes out of a record depends on nothing but the record and its arrivals, except ``StationAttribute/relativeAmplitude``, which compares the
/// stations of the event. An object belongs to one thread.
public final class EventWindowExtractor {
  /// What the catalog says of a station and an event beside ``StationArrivals``.
  public struct Site: Sendable {
    /// The elevation, in m.
    public var elevation: Double
    /// The depth of the source, in km; NaN where the catalog does not say.
    public var depth: Double
    /// The probability of the P pick; NaN where the picker does not say.
    public var probabilityP: Double
    /// The probability of the S pick; NaN where the picker does not say.
    public var probabilityS: Double

    /// Puts them together.
    public init(elevation: Double, depth: Double, probabilityP: Double = .nan, probabilityS: Double = .nan) {
      self.elevation = elevation
      self.depth = depth
      self.probabilityP = probabilityP
      self.probabilityS = probabilityS
    }
  }

  /// At most so many stations are taken: those with picks first, and of these and the others the ones that were added first.
  public let maximumStations: Int
  private let evidence: PickerEvidence?
  private var windows = EventWindows()
  private var isPicked: [Bool] = []
  private var pickedCount = 0
  private var roomForUnpicked = 0
  /// log10 of each station's standard deviation, and the unit in which it is.
  private var amplitudes: [(log: Double, unit: String)] = []
  private var designs: [WindowDesign] = []
  private var input = SampleMemory<Double>()
  private var output = SampleMemory<Double>()
  private var lanes = SampleMemory<SIMD4<Double>>()
  private var rounded = SampleMemory<Int16>()

  /// Prepares.
  ///
  /// - Parameter maximumStations: at most so many stations of an event are taken; not more than ``EventWindows/maximumStations``.
  /// - Parameter evidence: what a picker says; without one its attributes are 0.
  public init(maximumStations: Int = EventWindows.maximumStations, evidence: PickerEvidence? = nil) {
    self.maximumStations = min(max(maximumStations, 0), EventWindows.maximumStations)
    self.evidence = evidence
  }

  /// Begins an event.
  ///
  /// - Parameter pickedCount: how many of its stations have picks, as far as is known beforehand: room is kept for so many, and no work is done for
  ///   stations that would not be taken.
  public func begin(pickedCount expected: Int = 0) {
    roomForUnpicked = max(0, maximumStations - max(0, expected))
    windows = EventWindows()
    isPicked.removeAll(keepingCapacity: true)
    pickedCount = 0
    amplitudes.removeAll(keepingCapacity: true)
  }

  /// Adds a station; call in the order of distance.
  ///
  /// Whether an event is real shows where it is said to have been seen: a false one has its picks anywhere in the network. So stations
  /// with picks go before nearer ones without.
  ///
  /// Without a predicted P in the record, or a sample that is not constant in the window, the station is left out.
  ///
  /// - Returns: whether the station counts.
  /// - Throws: ``ComputeError``, what the picker throws.
  @discardableResult
  public func add(_ record: StationRecord, _ arrivals: StationArrivals, _ site: Site) throws -> Bool {
    let hasPick = arrivals.isPPicked || arrivals.isSPicked
    // More than these cannot be among those that are taken.
    let hasRoom =
      hasPick ? pickedCount < maximumStations : windows.stationCount - pickedCount < roomForUnpicked
    guard hasRoom, arrivals.predictedP.isFinite,
      let design = design(rate: record.samplingRate)
    else { return false }
    let step = EventWindows.samplingRate
    let lead = (Double(EventWindows.predictedP + WindowDesign.settling)) / step
    guard let first = wholeNumber(((arrivals.predictedP - lead) * record.samplingRate).rounded()) else { return false }
    let stretch = first..<first + design.inputCount
    let body = wholeNumber((Double(WindowDesign.settling) / step * record.samplingRate).rounded()) ?? 0
    // The window itself, in samples of the record.
    let inside = first + body..<first + design.inputCount
    guard inside.overlaps(0..<record.count) else { return false }

    let lanes = lanes.reserve(WindowDesign.count)
    for index in 0..<WindowDesign.count { lanes[index] = .zero }
    var present: UInt8 = 0
    for (lane, component) in [record.vertical, record.north, record.east].enumerated() {
      guard let component, component.samples.count == record.count else { continue }
      if decimate(component, stretch, inside, design, lane) { present |= 1 << UInt8(lane) }
    }
    guard present != 0 else { return false }
    design.filter(lanes)
    let window = lanes + WindowDesign.settling
    var quality = (missing: 0, clipped: 0, total: 0)
    for (lane, component) in [record.vertical, record.north, record.east].enumerated() {
      guard let component, present & 1 << UInt8(lane) != 0 else { continue }
      let outside = [
        Range(uncheckedBounds: (inside.lowerBound, min(max(inside.lowerBound, 0), inside.upperBound))),
        Range(uncheckedBounds: (max(min(inside.upperBound, record.count), inside.lowerBound), inside.upperBound)),
      ]
      for gap in component.missing + outside where gap.overlaps(inside) {
        let gap = gap.clamped(to: inside)
        quality.missing += gap.count
        blank(gap, lane, window, first: inside.lowerBound, rate: record.samplingRate)
      }
      quality.clipped += StationSamples.overlap(component.clipped, inside)
      quality.total += inside.count
    }
    let said = try evidence?.values(record, arrivals) ?? PickerEvidence.Values()
    guard append(record, arrivals, site, window, present, quality, said) else { return false }
    isPicked.append(hasPick)
    if hasPick { pickedCount += 1 }
    return true
  }

  /// The event's windows.
  public func finish() -> EventWindows {
    let order = isPicked.indices.filter { isPicked[$0] } + isPicked.indices.filter { !isPicked[$0] }
    let taken = Array(order.prefix(maximumStations))
    var windows = self.windows.selecting(taken)
    let amplitudes = taken.map { self.amplitudes[$0] }
    var values = [Double](repeating: 0, count: amplitudes.count)
    for station in amplitudes.indices {
      var count = 0
      for other in amplitudes where other.unit == amplitudes[station].unit {
        values[count] = other.log
        count += 1
      }
      let middle = values.withUnsafeMutableBufferPointer {
        median(UnsafeMutableBufferPointer(rebasing: $0[..<count]))
      }
      windows[.relativeAmplitude, station] = Self.limited(amplitudes[station].log - middle, 5)
    }
    return windows
  }

  // MARK: One station

  /// Brings a component to the windows' rate, into its lane.
  ///
  /// - Returns: whether there is something in it that can be used.
  private func decimate(
    _ component: StationRecord.Component, _ stretch: Range<Int>, _ inside: Range<Int>, _ design: WindowDesign,
    _ lane: Int
  ) -> Bool {
    let count = component.samples.count
    let visible = inside.clamped(to: 0..<count)
    guard !visible.isEmpty, StationSamples.overlap(component.missing, visible) < visible.count else { return false }
    let memory = input.reserve(stretch.count)
    let isUsable = component.samples.withUnsafeBufferPointer { samples -> Bool in
      // Large offsets would take digits from what matters.
      let offset = samples[visible.lowerBound]
      var sum = 0.0
      var isConstant = true
      for place in 0..<stretch.count {
        let value = samples[min(max(stretch.lowerBound + place, 0), count - 1)] - offset
        memory[place] = value
        sum += value * 0
        if value != 0 { isConstant = false }
      }
      return sum == 0 && !isConstant
    }
    guard isUsable else { return false }
    let output = UnsafeMutableBufferPointer(start: output.reserve(WindowDesign.count), count: WindowDesign.count)
    design.decimate(UnsafeBufferPointer(start: memory, count: stretch.count), into: output)
    let lanes = lanes.base
    for index in 0..<WindowDesign.count { lanes[index][lane] = output[index] }
    return true
  }

  /// Puts zeros where samples are missing.
  private func blank(
    _ gap: Range<Int>, _ lane: Int, _ window: UnsafeMutablePointer<SIMD4<Double>>, first: Int, rate: Double
  ) {
    let ratio = EventWindows.samplingRate / rate
    guard let from = wholeNumber((Double(gap.lowerBound - first) * ratio).rounded(.down)),
      let to = wholeNumber((Double(gap.upperBound - first) * ratio).rounded(.up))
    else { return }
    let length = EventWindows.length
    for index in min(max(from, 0), length)..<max(min(to, length), min(max(from, 0), length)) { window[index][lane] = 0 }
  }

  private func append(
    _ record: StationRecord, _ arrivals: StationArrivals, _ site: Site, _ window: UnsafeMutablePointer<SIMD4<Double>>,
    _ present: UInt8, _ quality: (missing: Int, clipped: Int, total: Int), _ said: PickerEvidence.Values
  ) -> Bool {
    let length = EventWindows.length
    var mask = SIMD4<Double>.zero
    for lane in 0..<3 where present & 1 << UInt8(lane) != 0 { mask[lane] = 1 }
    var squares = SIMD4<Double>.zero
    var largest = 0.0
    for index in 0..<length {
      let value = window[index] * mask
      window[index] = value
      squares += value * value
      largest = max(largest, max(abs(value[0]), max(abs(value[1]), abs(value[2]))))
    }
    let deviation = (squares.sum() / (Double(length) * mask.sum())).squareRoot()
    guard deviation.isFinite, deviation > 0, largest.isFinite else { return false }

    let rounded = rounded.reserve(EventWindows.windowSize)
    let factor = Double(EventWindows.scale) / deviation
    for lane in 0..<3 {
      for index in 0..<length {
        let value = min(max((window[index][lane] * factor).rounded(), -32767), 32767)
        rounded[lane * length + index] = value.isNaN ? 0 : Int16(value)
      }
    }
    var attributes = attributes(
      record, arrivals, site, window, peak: logarithmToBase10(largest / deviation), quality)
    for (attribute, value) in [
      (StationAttribute.pickerAtP, said.pickedP), (.pickerAtS, said.pickedS), (.pickerNearP, said.predictedP),
      (.pickerNearS, said.predictedS),
    ] { attributes[attribute.rawValue] = value.isFinite ? value : 0 }
    windows.append(
      samples: UnsafeBufferPointer(start: rounded, count: EventWindows.windowSize), components: present,
      attributes: attributes)
    amplitudes.append((logarithmToBase10(deviation), record.inputUnits ?? ""))
    return true
  }

  private func attributes(
    _ record: StationRecord, _ arrivals: StationArrivals, _ site: Site, _ window: UnsafeMutablePointer<SIMD4<Double>>,
    peak: Double, _ quality: (missing: Int, clipped: Int, total: Int)
  ) -> [Float] {
    var values = [Float](repeating: 0, count: StationAttribute.count)
    func set(_ attribute: StationAttribute, _ value: Double, limit: Double = 5) {
      values[attribute.rawValue] = Self.limited(value, limit)
    }
    set(.logDistance, logarithmToBase10(max(arrivals.hypocentralDistance, 0.1) / 30))
    let difference = arrivals.predictedS - arrivals.predictedP
    set(.travelTimeDifference, difference / 10, limit: 10)
    let angle = arrivals.azimuth * .pi / 180
    set(.azimuthSine, sine(angle))
    set(.azimuthCosine, cosine(angle))
    set(.depth, site.depth / 30, limit: 25)
    set(.isDepthKnown, site.depth.isFinite ? 1 : 0)
    set(.elevation, site.elevation / 1000, limit: 10)
    let picks = [
      (
        arrivals.isPPicked, arrivals.p - arrivals.predictedP, site.probabilityP, StationAttribute.hasP,
        StationAttribute.residualP, StationAttribute.probabilityP
      ),
      (arrivals.isSPicked, arrivals.s - arrivals.predictedS, site.probabilityS, .hasS, .residualS, .probabilityS),
    ]
    for (isPicked, residual, probability, has, residualPlace, probabilityPlace) in picks where isPicked {
      set(has, 1)
      set(residualPlace, softened(residual / 2))
      set(probabilityPlace, probability.isFinite ? min(max(probability, 0), 1) : 0.5)
    }
    let rate = EventWindows.samplingRate
    let p = EventWindows.predictedP
    // A quarter of a second before P is left out: predicted arrivals are late now and then.
    let noise = 0..<p - 6
    set(.signalToNoiseP, logarithmOfRatio(window, p..<p + Int(2 * rate), noise, [0]))
    if let behind = wholeNumber((difference * rate).rounded()), behind >= 0,
      p + behind + Int(3 * rate) <= EventWindows.length
    {
      set(.signalToNoiseS, logarithmOfRatio(window, p + behind..<p + behind + Int(3 * rate), noise, [1, 2]))
    }
    set(.peak, peak)
    if quality.total > 0 {
      set(.missing, Double(quality.missing) / Double(quality.total))
      set(.clipped, Double(quality.clipped) / Double(quality.total))
    }
    set(.isOriented, record.isOriented ? 1 : 0)
    return values
  }

  /// log10 of the mean power in a stretch of a window over that in another; NaN where either is zero.
  private func logarithmOfRatio(
    _ window: UnsafeMutablePointer<SIMD4<Double>>, _ signal: Range<Int>, _ noise: Range<Int>, _ lanes: [Int]
  ) -> Double {
    func power(_ range: Range<Int>) -> Double {
      var sum = SIMD4<Double>.zero
      for index in range { sum += window[index] * window[index] }
      return lanes.reduce(0) { $0 + sum[$1] } / Double(range.count)
    }
    let (above, below) = (power(signal), power(noise))
    return above > 0 && below > 0 ? logarithmToBase10(above / below) : .nan
  }

  /// A number that grows ever more slowly, between -4 and 4.
  private func softened(_ value: Double) -> Double { value / (1 + abs(value) / 4) }

  /// A number within limits; 0 for none.
  private static func limited(_ value: Double, _ limit: Double) -> Float {
    value.isNaN ? 0 : Float(min(max(value, -limit), limit))
  }

  private func design(rate: Double) -> WindowDesign? {
    if let place = designs.firstIndex(where: { $0.rate == rate }) { return designs[place] }
    guard let design = WindowDesign(rate: rate) else { return nil }
    // Archives have a handful of rates.
    if designs.count >= 8 { designs.removeFirst() }
    designs.append(design)
    return design
  }
}
