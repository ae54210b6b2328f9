/// Samples of one stream at a constant rate, without a gap.
public struct Trace: Hashable, Sendable {
  /// The stream.
  public var id: StreamID
  /// The time of the first sample.
  public var start: UTCTime
  /// Samples per second; 0 for samples that have no rate, such as lines of a log.
  public var samplingRate: Double
  /// The samples, as they were stored.
  public var samples: Samples

  /// Creates a trace.
  public init(id: StreamID, start: UTCTime, samplingRate: Double, samples: Samples) {
    self.id = id
    self.start = start
    self.samplingRate = samplingRate
    self.samples = samples
  }

  /// The number of samples.
  public var count: Int { samples.count }

  /// The time of a sample.
  public func time(of index: Int) -> UTCTime {
    samplingRate > 0 ? start.advanced(by: Double(index) / samplingRate) : start
  }

  /// The time of the last sample; that of the first when there is none.
  public var end: UTCTime { time(of: max(count - 1, 0)) }
}

/// Samples in the type in which they were stored.
public enum Samples: Hashable, Sendable {
  /// Whole numbers: counts of a digitizer (16- and 32-bit integers, Steim compression).
  case int32([Int32])
  /// Single precision.
  case float32([Float])
  /// Double precision.
  case float64([Double])
  /// Characters, of a log.
  case text([UInt8])

  /// How many there are.
  public var count: Int {
    switch self {
    case .int32(let samples): samples.count
    case .float32(let samples): samples.count
    case .float64(let samples): samples.count
    case .text(let samples): samples.count
    }
  }

  /// The samples as double-precision numbers; nothing for text.
  public var doubles: [Double] {
    switch self {
    case .int32(let samples): samples.map(Double.init)
    case .float32(let samples): samples.map(Double.init)
    case .float64(let samples): samples
    case .text: []
    }
  }
}
