public import SeismicFormats

/// What must be known of every sample of a data set before any waveform is read.
public struct TrainingEntry: Sendable, Hashable {
  /// Whether it can be used, as far as is known without its waveform.
  public var isUsable: Bool
  /// Whether there is no event in it.
  public var isNoise: Bool
  /// Which part of a study the data set has it for; nil where it does not say.
  public var split: LabelledWaveform.Split?
  /// Samples of one event have the same number here, whatever the station.
  public var group: UInt64
  /// When it begins; nil where that is not stated.
  public var time: UTCTime?

  /// Describes a sample.
  public init(
    isUsable: Bool = true, isNoise: Bool, split: LabelledWaveform.Split? = nil, group: UInt64, time: UTCTime? = nil
  ) {
    self.isUsable = isUsable
    self.isNoise = isNoise
    self.split = split
    self.group = group
    self.time = time
  }

  private static let splits: [LabelledWaveform.Split?] = [nil, .train, .development, .test]

  /// As numbers that can be sent: flags, group, seconds of the time.
  var numbers: [Int64] {
    let split = Self.splits.firstIndex(of: split) ?? 0
    let flags = (isUsable ? 1 : 0) | (isNoise ? 2 : 0) | (time == nil ? 0 : 4) | split << 3
    return [Int64(flags), Int64(bitPattern: group), time?.seconds ?? 0]
  }

  /// From numbers that were sent.
  init(_ numbers: ArraySlice<Int64>) {
    let values = Array(numbers)
    isUsable = values[0] & 1 != 0
    isNoise = values[0] & 2 != 0
    split = Self.splits[Int(values[0] >> 3 & 3)]
    group = UInt64(bitPattern: values[1])
    time = values[0] & 4 != 0 ? UTCTime(seconds: values[2]) : nil
  }
}

/// How samples are divided between fitting, choosing settings, and the figures at the end.
///
/// Never at random trace by trace: traces of one event on both sides make figures too good.
public enum DataSplit: Sendable, Hashable {
  /// As the data set says; samples of which it says nothing are left out.
  case given
  /// By events: all traces of one event lie on one side.
  case events(validation: Double, test: Double, seed: UInt64)
  /// By time: validation from one instant on, test from another.
  case time(validation: UTCTime, test: UTCTime?)

  /// The part that a sample falls to; nil where it is left out.
  public func part(of entry: TrainingEntry) -> LabelledWaveform.Split? {
    guard entry.isUsable else { return nil }
    switch self {
    case .given: return entry.split
    case .events(let validation, let test, let seed):
      let place = Double(mixed(entry.group ^ mixed(seed &+ 0x9e37_79b9_7f4a_7c15)) >> 11) * 0x1p-53
      return place < test ? .test : place < test + validation ? .development : .train
    case .time(let validation, let test):
      guard let time = entry.time else { return nil }
      if let test, time >= test { return .test }
      return time >= validation ? .development : .train
    }
  }
}
