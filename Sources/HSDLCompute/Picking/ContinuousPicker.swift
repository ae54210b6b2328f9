public import SeismicFormats

/// Picks continuous data of a station with a network.
///
/// What comes out for a span does not depend on where the span begins or ends: windows, blocks and detections are cut at absolute
/// times, and every rule looks no farther than ``context``. So the picks of a day, made hour by hour, by any number of ranks, are those of the day
/// made at once. Memory does not grow with the span. An object belongs to one thread.
public final class ContinuousPicker {
  /// What has been done so far.
  public struct Counts: Sendable, Hashable {
    /// Windows that were put through the network.
    public var windows = 0
    /// Samples in the spans that were picked and had data.
    public var samples = 0
    /// Picks that came out.
    public var picks = 0
    /// Seconds that the network took, if a clock was given.
    public var networkSeconds = 0.0
  }

  /// Seconds of curves from which picks are taken at a time.
  static let sectionSeconds = 3600
  /// Seconds of waveform that measurements look back from a pick.
  private static let measurementReach = 5

  /// Makes the blocks that the picker asks for.
  public let preprocessing: PickerPreprocessing
  /// What has been done so far.
  public private(set) var counts = Counts()

  private let network: any PickerNetwork
  private let settings: PickSettings
  private let model: String
  private let grid: WindowGrid
  private let normalisation: WindowNormalisation
  private let extraction: ArrivalExtraction
  private let rate: Int
  private let outputs: [PickerDescription.Output]
  private let clock: (() -> Double)?
  private let windows: UnsafeMutableBufferPointer<Float>
  private let curves: UnsafeMutableBufferPointer<Float>

  /// Prepares to pick.
  ///
  /// - Parameters:
  ///   - network: what gives the curves.
  ///   - settings: how arrivals are made of them.
  ///   - model: what picks say of the model they come from.
  ///   - clock: seconds, for ``Counts/networkSeconds``.
  /// - Throws: ``ComputeError`` where network or settings cannot be used.
  public init(
    _ network: any PickerNetwork, _ settings: PickSettings, model: String = "", clock: (() -> Double)? = nil
  ) throws {
    let description = network.description
    if let objection = settings.objection { throw ComputeError.badModel(reason: objection) }
    guard (16...1 << 20).contains(description.windowLength),
      let grid = WindowGrid(length: description.windowLength, overlap: settings.overlap)
    else {
      throw ComputeError.badModel(
        reason: "its windows have \(description.windowLength) samples; expected 16 to \(1 << 20)")
    }
    self.network = network
    self.settings = settings
    self.model = model
    self.grid = grid
    self.clock = clock
    outputs = description.outputs
    preprocessing = try PickerPreprocessing(description, settings)
    rate = preprocessing.numbering.rate
    normalisation = WindowNormalisation(description.normalisation)
    extraction = try ArrivalExtraction(description, settings, rate: rate)
    windows = .allocate(capacity: settings.batchSize * 3 * description.windowLength)
    windows.initialize(repeating: 0)
    curves = .allocate(capacity: settings.batchSize * description.outputs.count * description.windowLength)
    curves.initialize(repeating: 0)
  }

  deinit {
    windows.deallocate()
    curves.deallocate()
  }

  /// How far from a pick the curves matter, in s.
  public var context: Double { extraction.reach }

  /// The blocks of which picks of a span are made.
  public func blocks(for span: Range<UTCTime>) -> Range<Int> {
    let samples = samples(in: span)
    guard !samples.isEmpty else { return 0..<0 }
    return preprocessing.blocks(holding: windowRange(samples))
  }

  private func samples(in span: Range<UTCTime>) -> Range<Int> {
    let lower = preprocessing.numbering.first(notBefore: span.lowerBound)
    return lower..<max(lower, preprocessing.numbering.first(notBefore: span.upperBound))
  }

  private var contextCount: Int { preprocessing.numbering.count(context) }

  /// The samples of all windows that matter for some samples.
  private func windowRange(_ samples: Range<Int>) -> Range<Int> {
    let windows = grid.windows(touching: samples.lowerBound - contextCount..<samples.upperBound + contextCount)
    return grid.samples(windows.lowerBound).lowerBound..<grid.samples(windows.upperBound - 1).upperBound
  }

  /// Picks a span.
  ///
  /// - Parameters:
  ///   - span: picks of these times come out, from the lower bound on, up to and without the upper one.
  ///   - block: gives each of ``blocks(for:)`` in order; nil where there are no data.
  ///   - onPick: takes the picks in the order of a table.
  /// - Throws: ``ComputeError``; what the closures throw.
  public func pick(
    _ span: Range<UTCTime>, block: (_ number: Int) throws -> PickerBlock?, onPick: (StationPick) throws -> Void
  ) throws {
    let wanted = samples(in: span)
    guard !wanted.isEmpty else { return }
    let blocks = blocks(for: span)
    var run = begin(wanted, at: wanted.lowerBound, block: blocks.lowerBound)
    // Blocks without data that are put off until data come.
    var idle: Int?
    // So much may lie before data and still matter for their picks.
    let length = preprocessing.samples(ofBlock: 0).count
    let back = (contextCount + grid.length + 2 + length - 1) / length
    for number in blocks {
      let made = try block(number)
      guard let made else {
        // Nothing can come out before data come again.
        if idle == nil, !run.buffer.hasSource(run.section - 1..<Int.max) { idle = number }
        if idle == nil { try advance(&run, nil, number, blocks, wanted, onPick) }
        continue
      }
      counts.samples += preprocessing.samples(ofBlock: number).clamped(to: wanted).count
      if var first = idle {
        if first < number - back {
          first = number - back
          run = begin(
            wanted, at: max(run.section, preprocessing.samples(ofBlock: number).lowerBound - 1), block: first)
        }
        for skipped in first..<number { try advance(&run, nil, skipped, blocks, wanted, onPick) }
        idle = nil
      }
      try advance(&run, made, number, blocks, wanted, onPick)
    }
    guard idle == nil else { return }
    try flush(&run)
    try take(&run, upTo: run.curveEnd, wanted, onPick)
  }

  /// What is under way in a span.
  private struct Run {
    /// The first sample of which no picks were taken yet.
    var section: Int
    /// The sample that ``curves`` begin with.
    var curveStart: Int
    /// The sample behind the last one of which curves are wanted.
    var curveEnd: Int
    /// The next window.
    var window: Int
    var buffer: BlockBuffer
    var stack: ProbabilityStack
    /// The curves that are complete.
    var curves: [[Float]]
    /// The first samples of the windows that wait for the network.
    var waiting: [Int] = []
  }

  /// Begins to take picks from a sample on, with blocks from a number on.
  private func begin(_ wanted: Range<Int>, at section: Int, block: Int) -> Run {
    let (start, end) = (section - contextCount, wanted.upperBound + contextCount)
    return Run(
      section: section, curveStart: start, curveEnd: end, window: grid.windows(touching: start..<end).lowerBound,
      buffer: BlockBuffer(
        start: preprocessing.samples(ofBlock: block).lowerBound, taper: preprocessing.numbering.count(settings.taper),
        gapMargin: preprocessing.numbering.count(settings.gapMargin)),
      stack: ProbabilityStack(
        curveCount: outputs.count, windowLength: grid.length, blind: network.description.blind,
        rule: settings.stack, start: start),
      curves: [[Float]](repeating: [], count: outputs.count))
  }

  /// Takes in a block, and does what can be done with it.
  private func advance(
    _ run: inout Run, _ block: PickerBlock?, _ number: Int, _ blocks: Range<Int>, _ wanted: Range<Int>,
    _ onPick: (StationPick) throws -> Void
  ) throws {
    run.buffer.append(block, samples: preprocessing.samples(ofBlock: number))
    // A change of the sensor, which comes to light with the next block, reaches back by the taper.
    let taper = preprocessing.numbering.count(settings.taper)
    let ready = number == blocks.upperBound - 1 ? run.buffer.end : run.buffer.end - taper
    while grid.samples(run.window).lowerBound < run.curveEnd, grid.samples(run.window).upperBound <= ready {
      let samples = grid.samples(run.window)
      if run.buffer.hasData(samples) {
        let size = 3 * grid.length
        run.buffer.window(
          samples, normalisation,
          into: UnsafeMutableBufferPointer(
            rebasing: windows[run.waiting.count * size..<(run.waiting.count + 1) * size]))
        run.waiting.append(samples.lowerBound)
        if run.waiting.count == settings.batchSize { try flush(&run) }
      }
      run.window += 1
    }
    // Windows that wait hold their samples themselves, but their curves are not there yet.
    let firstOpen = run.waiting.first ?? grid.samples(run.window).lowerBound
    try take(&run, upTo: min(firstOpen, run.curveEnd), wanted, onPick)
    run.buffer.drop(
      before: min(grid.samples(run.window).lowerBound, run.section - Self.measurementReach * rate))
  }

  /// Puts the windows that wait through the network.
  private func flush(_ run: inout Run) throws {
    guard !run.waiting.isEmpty else { return }
    let count = run.waiting.count
    let size = outputs.count * grid.length
    let begin = clock?() ?? 0
    try network.probabilities(
      UnsafeBufferPointer(rebasing: windows[..<(count * 3 * grid.length)]), count: count,
      into: UnsafeMutableBufferPointer(rebasing: curves[..<(count * size)]))
    counts.networkSeconds += (clock?() ?? 0) - begin
    counts.windows += count
    for (index, first) in run.waiting.enumerated() {
      run.stack.add(first: first, UnsafeBufferPointer(rebasing: curves[index * size..<(index + 1) * size]))
    }
    run.waiting.removeAll(keepingCapacity: true)
  }

  /// Takes picks of all sections whose curves are complete.
  ///
  /// - Parameter end: up to where curves are complete.
  private func take(
    _ run: inout Run, upTo end: Int, _ wanted: Range<Int>, _ onPick: (StationPick) throws -> Void
  ) throws {
    var curves = run.curves
    run.curves = []
    run.stack.take(upTo: end) { curve, values in curves[curve].append(contentsOf: values) }
    run.curves = consume curves
    let length = Self.sectionSeconds * rate
    while run.section < wanted.upperBound {
      let sectionEnd = min((floorQuotient(run.section, length) + 1) * length, wanted.upperBound)
      guard run.curveStart + run.curves[0].count >= sectionEnd + contextCount else { return }
      try extract(run, run.section..<sectionEnd, onPick)
      run.section = sectionEnd
      let drop = min(max(sectionEnd - contextCount - run.curveStart, 0), run.curves[0].count)
      for index in run.curves.indices { run.curves[index].removeFirst(drop) }
      run.curveStart += drop
    }
  }

  /// Makes picks of a section of the curves.
  private func extract(
    _ run: Run, _ section: Range<Int>, _ onPick: (StationPick) throws -> Void
  ) throws {
    // A peak's sample may lie one before its time.
    let buffer = run.buffer
    guard buffer.hasSource(section.lowerBound - 1..<section.upperBound + 1) else { return }
    let context = contextCount
    let range = section.lowerBound - context - run.curveStart..<section.upperBound + context - run.curveStart
    let first = section.lowerBound - context
    let arrivals = extraction.arrivals(run.curves.map { $0[range] }, first: first) { buffer.isQuiet($0) }
    let numbering = preprocessing.numbering
    let (lower, upper) = (numbering.time(section.lowerBound), numbering.time(section.upperBound))
    var picks: [StationPick] = []
    for arrival in arrivals {
      let sample = arrival.peak.sample
      let time = numbering.time(sample, fraction: settings.interpolatesPeak ? arrival.peak.fraction : 0)
      guard time >= lower, time < upper, let source = buffer.source(at: sample) else { continue }
      let measured = buffer.measure(at: sample, rate: rate)
      var name = ""
      if let group = arrival.group {
        name = "\(source.sensor)@\(numbering.time(group).formatted(fractionDigits: 2))"
      }
      picks.append(
        StationPick(
          sensor: source.sensor, phase: arrival.isS ? "S" : "P", time: time, score: Double(arrival.peak.value),
          uncertainty: arrival.peak.width / Double(rate), signalToNoise: measured.signalToNoise,
          amplitude: measured.amplitude, detection: name, model: model))
    }
    picks.sort { $0.comesFirst(before: $1) }
    counts.picks += picks.count
    for pick in picks { try onPick(pick) }
  }
}
