public import SeismicFormats

/// A block of a station's data as a picker takes it: filtered, at the picker's rate, on samples numbered since 1970.
public struct PickerBlock: Sendable {
  /// Where the samples come from.
  public struct Source: Sendable, Hashable {
    /// The codes of the sensor; the channel has no component: `HH`.
    public var sensor: StreamID
    /// The unit of the samples: `M/S` and so on; nil for counts.
    public var inputUnits: String?
    /// Counts per unit by which the samples were divided; nil for counts.
    public var sensitivity: Double?

    /// Describes a source.
    public init(sensor: StreamID, inputUnits: String? = nil, sensitivity: Double? = nil) {
      self.sensor = sensor
      self.inputUnits = inputUnits
      self.sensitivity = sensitivity
    }
  }

  /// The number of the first sample.
  public var start: Int
  /// The samples of the three components, in the picker's order; zero where there is no such component, a line where samples are
  /// missing.
  public var components: [[Double]]
  /// How much each sample counts, by component: 1, less near where data begin or end, 0 where there are none.
  public var weights: [[Float]]
  /// Where nothing may be picked, as places in the block.
  public var quiet: [Range<Int>]
  /// Where the samples come from.
  public var source: Source

  /// How many samples each component has.
  public var count: Int { components[0].count }
}

/// Makes blocks of data fit for a picker.
///
/// Blocks begin at whole multiples of ``blockSeconds`` since 1970. What is in a block is a function of the data from
/// ``margin`` before its begin to ``margin`` behind its end, so it does not depend on where the data begin beyond that, nor on how they
/// are cut into files, to the last bit. The filter's response to what lies farther away is left out: after the margin of 20 s a
/// band-pass from 1 Hz on has decayed by more than 10^15.
public struct PickerPreprocessing: Sendable {
  /// Seconds of a block.
  public static let blockSeconds = 600
  /// Seconds on either side of a block that are looked at and thrown away.
  public static let margin = 20
  /// Sensors of fewer samples a second are not picked on.
  public static let lowestRate = 20.0

  /// The numbering of samples, at the picker's rate.
  public let numbering: SampleNumbering
  private let filter: SecondOrderSections?
  /// The place of vertical, north and east among the picker's components.
  private let places: [Int]
  private let taper: Int
  private let gapMargin: Int
  private let shortestGap: Int

  /// Prepares.
  ///
  /// - Throws: ``ComputeError`` where the picker wants what cannot be made.
  public init(_ description: PickerDescription, _ settings: PickSettings) throws {
    guard let numbering = SampleNumbering(rate: description.samplingRate) else {
      throw ComputeError.badModel(
        reason: "its sampling rate is \(description.samplingRate) Hz; expected a whole number from 1 to 1000")
    }
    let order = description.componentOrder.uppercased().map { $0 }
    let places = ["Z", "N", "E"].compactMap { order.firstIndex(of: $0) }
    guard order.count == 3, places.count == 3 else {
      throw ComputeError.badModel(
        reason: "its component order is '\(description.componentOrder)'; expected Z, N and E in some order")
    }
    self.numbering = numbering
    self.places = places
    filter = try (settings.band ?? description.band).map { band in
      let nyquist = description.samplingRate / 2
      // Nothing lies above the Nyquist frequency that would have to be taken away.
      let kind: SecondOrderSections.Band =
        band.upperBound < nyquist ? .bandpass(band.lowerBound, band.upperBound) : .highpass(band.lowerBound)
      guard
        let filter = SecondOrderSections.butterworth(kind, order: 2, samplingRate: description.samplingRate)
      else {
        throw ComputeError.badModel(reason: "there is no band-pass of \(band.lowerBound) to \(band.upperBound) Hz")
      }
      return filter
    }
    taper = numbering.count(settings.taper)
    gapMargin = numbering.count(settings.gapMargin)
    shortestGap = numbering.count(settings.shortestGap)
  }

  /// The place of a component among the picker's: 0 up, 1 north, 2 east.
  func place(of component: Int) -> Int { places[component] }

  /// A trace at the picker's rate after the band-pass, if there is one.
  func filtered(_ samples: [Double]) -> [Double] { filter?.filterZeroPhase(samples) ?? samples }

  /// The samples of a block.
  public func samples(ofBlock number: Int) -> Range<Int> {
    let length = Self.blockSeconds * numbering.rate
    return number * length..<(number + 1) * length
  }

  /// The blocks that hold samples of a range.
  public func blocks(holding samples: Range<Int>) -> Range<Int> {
    guard !samples.isEmpty else { return 0..<0 }
    let length = Self.blockSeconds * numbering.rate
    return floorQuotient(samples.lowerBound, length)..<floorQuotient(samples.upperBound - 1, length) + 1
  }

  /// The span of data that a block, or several in a row, are made from.
  public func span(ofBlocks numbers: Range<Int>) -> Range<UTCTime> {
    let seconds = Int64(Self.blockSeconds)
    return UTCTime(
      seconds: Int64(numbers.lowerBound) * seconds - Int64(Self.margin))..<UTCTime(
        seconds: Int64(numbers.upperBound) * seconds + Int64(Self.margin))
  }

  /// Makes a block of a station's data.
  ///
  /// - Parameters:
  ///   - number: the block.
  ///   - traces: what there is of the station in ``span(ofBlocks:)``, at least; of any of its sensors.
  ///   - channels: what the inventory says of the station's channels.
  /// - Returns: nil where no sensor has data in the block.
  public func block(_ number: Int, traces: [Trace], station: StationID, channels: [Channel] = []) -> PickerBlock? {
    let whole = span(ofBlocks: number..<number + 1)
    let margin = Double(Self.margin)
    let core = whole.lowerBound.advanced(by: margin)..<whole.upperBound.advanced(by: -margin)
    var candidates: [ChannelChoice.Candidate] = []
    for trace in traces where trace.id.stationID == station && trace.samplingRate >= Self.lowestRate * 0.999 {
      if case .text = trace.samples { continue }
      let count = trace.indices(in: core).count
      if count > 0 {
        candidates.append(
          ChannelChoice.Candidate(stream: trace.id, samplingRate: trace.samplingRate, count: count))
      }
    }
    guard let sensor = ChannelChoice.choose(candidates) else { return nil }
    func belongs(_ stream: StreamID) -> Bool {
      stream.location == sensor.location && stream.channel.dropLast() == sensor.code && stream.stationID == station
    }
    var options = AssemblyOptions(samplingRate: Double(numbering.rate))
    options.startsWithSpan = true
    // Cut first: of traces that overlap and differ the one that begins first counts.
    let own = traces.compactMap { trace in
      belongs(trace.id) && trace.samplingRate >= Self.lowestRate * 0.999 ? trace.cut(to: whole) : nil
    }
    guard
      let record = StationRecord.assemble(own, station: station, span: whole, channels: channels, options: options)?
        .record
    else { return nil }
    return block(
      record, keeping: samples(ofBlock: number),
      sensor: StreamID(
        network: station.network, station: station.code, location: sensor.location, channel: sensor.code))
  }

  /// Makes a block of a record whose samples stand on those of the picker.
  ///
  /// - Parameters:
  ///   - record: at the picker's rate, its first sample at the time of a sample of the picker's, to half an interval.
  ///   - samples: the numbers of the samples that are wanted; what lies beyond the record counts as missing.
  ///   - sensor: where the record comes from.
  /// - Returns: nil where the record has another rate or no component.
  public func block(_ record: StationRecord, keeping samples: Range<Int>, sensor: StreamID) -> PickerBlock? {
    guard record.samplingRate == Double(numbering.rate), record.count > 0, !samples.isEmpty else { return nil }
    let half = record.start.advanced(by: -0.5 / record.samplingRate)
    let first = numbering.first(notBefore: half)
    var components = [[Double]](repeating: [], count: 3)
    var weights = [[Float]](repeating: [], count: 3)
    var edges: [Range<Int>] = []
    var missing: [Range<Int>]?
    for (component, place) in zip([record.vertical, record.north, record.east], places) {
      guard let component, component.samples.count == record.count else {
        components[place] = [Double](repeating: 0, count: samples.count)
        weights[place] = [Float](repeating: 0, count: samples.count)
        continue
      }
      let filtered = filtered(component.samples)
      let gaps = gaps(component.missing, recordCount: record.count).map {
        $0.lowerBound + first - samples.lowerBound..<$0.upperBound + first - samples.lowerBound
      }
      let offset = samples.lowerBound - first
      components[place] = (0..<samples.count).map { index in
        let inside = index + offset
        return filtered[min(max(inside, 0), record.count - 1)]
      }
      let outside = [
        Int.min / 2..<min(-offset, samples.count), max(record.count - offset, 0)..<Int.max / 2,
      ].filter { $0.lowerBound < samples.count && $0.upperBound > 0 && !$0.isEmpty }
      let all = GapFilling.union(gaps, outside)
      weights[place] = taperWeights(all, count: samples.count)
      for gap in all {
        edges.append(gap.lowerBound - gapMargin..<gap.lowerBound + gapMargin)
        edges.append(gap.upperBound - gapMargin..<gap.upperBound + gapMargin)
      }
      missing = missing.map { Self.intersection($0, all) } ?? all
    }
    guard let missing else { return nil }
    let quiet = GapFilling.union(edges.filter { !$0.isEmpty }, missing).compactMap { range -> Range<Int>? in
      let inside = range.clamped(to: 0..<samples.count)
      return inside.isEmpty ? nil : inside
    }
    return PickerBlock(
      start: samples.lowerBound, components: components, weights: weights, quiet: GapFilling.union([], quiet),
      source: PickerBlock.Source(
        sensor: sensor, inputUnits: record.inputUnits, sensitivity: record.sensitivity))
  }

  /// The pauses that count as such.
  private func gaps(_ missing: [Range<Int>], recordCount: Int) -> [Range<Int>] {
    missing.filter { $0.count >= max(shortestGap, 1) || $0.lowerBound == 0 || $0.upperBound == recordCount }
  }

  /// Weights that go to zero where data end, by the square of a sine.
  private func taperWeights(_ gaps: [Range<Int>], count: Int) -> [Float] {
    var weights = [Float](repeating: 1, count: count)
    let ramp = (0..<taper).map { index -> Float in
      let root = sine(.pi / 2 * (Double(index) + 0.5) / Double(taper))
      return Float(root * root)
    }
    weights.withUnsafeMutableBufferPointer { weights in
      for gap in gaps {
        for index in gap.clamped(to: 0..<count) { weights[index] = 0 }
        for (distance, value) in ramp.enumerated() {
          for index in [gap.lowerBound &- 1 &- distance, gap.upperBound &+ distance]
          where index >= 0 && index < count { weights[index] = min(weights[index], value) }
        }
      }
    }
    return weights
  }

  /// What two lists of ranges, each in order, have in common.
  static func intersection(_ left: [Range<Int>], _ right: [Range<Int>]) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var (i, j) = (0, 0)
    while i < left.count, j < right.count {
      let common =
        max(
          left[i].lowerBound, right[j].lowerBound)..<max(
          max(left[i].lowerBound, right[j].lowerBound), min(left[i].upperBound, right[j].upperBound))
      if !common.isEmpty { result.append(common) }
      if left[i].upperBound < right[j].upperBound { i += 1 } else { j += 1 }
    }
    return result
  }
}
