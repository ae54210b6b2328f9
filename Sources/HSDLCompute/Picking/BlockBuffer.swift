/// The blocks of a station that are looked at just now, one after another.
struct BlockBuffer {
  /// The number of the first sample.
  private(set) var start: Int
  private var components: [[Double]] = [[], [], []]
  private var weights: [[Float]] = [[], [], []]
  private var quiet: [Range<Int>] = []
  private var sources: [(samples: Range<Int>, source: PickerBlock.Source)] = []
  private let taper: Int
  private let gapMargin: Int

  /// Creates a buffer without samples.
  ///
  /// - Parameters:
  ///   - start: the number of the first sample to come.
  ///   - taper: samples over which data go to zero where the sensor changes.
  ///   - gapMargin: samples on either side of that where nothing may be picked.
  init(start: Int, taper: Int, gapMargin: Int) {
    self.start = start
    self.taper = taper
    self.gapMargin = gapMargin
  }

  /// The number of the sample behind the last one.
  var end: Int { start + components[0].count }

  /// Adds a block, or as many samples without data.
  mutating func append(_ block: PickerBlock?, samples: Range<Int>) {
    let end = end
    guard let block, block.count == samples.count else {
      for index in 0..<3 {
        components[index] += repeatElement(0, count: samples.count)
        weights[index] += repeatElement(0, count: samples.count)
      }
      addQuiet(end..<end + samples.count)
      return
    }
    for index in 0..<3 {
      components[index] += block.components[index]
      weights[index] += block.weights[index]
    }
    for range in block.quiet { addQuiet(range.lowerBound + end..<range.upperBound + end) }
    if let last = sources.last, last.samples.upperBound == end, last.source != block.source { separate(at: end) }
    if let last = sources.last, last.samples.upperBound == end, last.source == block.source {
      sources[sources.count - 1].samples = last.samples.lowerBound..<end + samples.count
    } else {
      sources.append((end..<end + samples.count, block.source))
    }
  }

  /// Treats a place where another sensor takes over as one where data end and begin.
  private mutating func separate(at sample: Int) {
    addQuiet(sample - gapMargin..<sample + gapMargin)
    for distance in 0..<taper {
      let root = sine(.pi / 2 * (Double(distance) + 0.5) / Double(taper))
      let value = Float(root * root)
      for place in [sample - 1 - distance - start, sample + distance - start] {
        for index in 0..<3 where weights[index].indices.contains(place) {
          weights[index][place] = min(weights[index][place], value)
        }
      }
    }
  }

  private mutating func addQuiet(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    if let last = quiet.last, last.upperBound >= range.lowerBound {
      quiet = GapFilling.union(quiet, [range])
    } else {
      quiet.append(range)
    }
  }

  /// Forgets what lies before a sample.
  mutating func drop(before sample: Int) {
    let count = min(max(sample - start, 0), components[0].count)
    // Moving the rest costs as much as it is long.
    guard count > 0, count >= components[0].count / 2 else { return }
    for index in 0..<3 {
      components[index].removeFirst(count)
      weights[index].removeFirst(count)
    }
    start += count
    quiet.removeAll { $0.upperBound <= start }
    sources.removeAll { $0.samples.upperBound <= start }
  }

  /// Whether there are data anywhere in a range.
  func hasData(_ samples: Range<Int>) -> Bool {
    sources.contains { source in
      let common = source.samples.clamped(to: samples.clamped(to: start..<end))
      return !common.isEmpty
        && weights.contains { weights in
          weights[common.lowerBound - start..<common.upperBound - start].contains { $0 > 0 }
        }
    }
  }

  /// Whether any sample of a range comes from a sensor.
  func hasSource(_ samples: Range<Int>) -> Bool { sources.contains { $0.samples.overlaps(samples) } }

  /// Whether nothing may be picked at a sample.
  func isQuiet(_ sample: Int) -> Bool {
    var (low, high) = (0, quiet.count)
    while low < high {
      let middle = (low + high) / 2
      if quiet[middle].upperBound <= sample { low = middle + 1 } else { high = middle }
    }
    return low < quiet.count && quiet[low].contains(sample)
  }

  /// Where a sample comes from; nil where there is none.
  func source(at sample: Int) -> PickerBlock.Source? { sources.last { $0.samples.contains(sample) }?.source }

  /// Writes a window; samples that are not here count as missing.
  func window(
    _ samples: Range<Int>, _ normalisation: WindowNormalisation, into output: UnsafeMutableBufferPointer<Float>
  ) {
    let range = samples.clamped(to: start..<max(end, start))
    output.update(repeating: 0)
    guard samples.count == range.count else { return }
    for index in 0..<3 {
      components[index].withUnsafeBufferPointer { values in
        weights[index].withUnsafeBufferPointer { weights in
          let part = range.lowerBound - start..<range.upperBound - start
          normalisation.normalise(
            UnsafeBufferPointer(rebasing: values[part]), weights: UnsafeBufferPointer(rebasing: weights[part]),
            into: UnsafeMutableBufferPointer(
              rebasing: output[index * samples.count..<(index + 1) * samples.count]))
        }
      }
    }
  }

  /// Measures the waveform at a sample.
  func measure(at sample: Int, rate: Int) -> PickMeasurement {
    components[0].withUnsafeBufferPointer { first in
      components[1].withUnsafeBufferPointer { second in
        components[2].withUnsafeBufferPointer { third in
          weights[0].withUnsafeBufferPointer { a in
            weights[1].withUnsafeBufferPointer { b in
              weights[2].withUnsafeBufferPointer { c in
                // A few seconds around the pick, so that all samples that matter are there whatever was dropped.
                PickMeasurement([first, second, third], weights: [a, b, c], at: sample - start, rate: rate)
              }
            }
          }
        }
      }
    }
  }
}
