/// How arrivals are made of a picker's curves.
public struct PickSettings: Sendable, Hashable, Codable {
  /// How windows that overlap are put together.
  public enum Stack: String, Sendable, Codable, CaseIterable {
    /// The mean of their curves.
    case mean
    /// The largest of their values.
    case maximum = "max"
  }

  /// Which S is taken where a detection holds several.
  public enum SChoice: String, Sendable, Codable, CaseIterable {
    /// The most probable one.
    case best
    /// The first one, as EQTransformer has it (Mousavi et al., 2020).
    case first
  }

  /// What P must reach.
  public var pThreshold: Double
  /// What S must reach.
  public var sThreshold: Double
  /// What the detection must reach; of no account for pickers without one.
  public var detectionThreshold: Double
  /// By how much windows overlap, as a part of their length; from 0 to less than 1.
  public var overlap: Double
  /// How windows that overlap are put together.
  public var stack = Stack.mean
  /// How many windows the network is given at a time.
  public var batchSize = 32
  /// Whether the time of an arrival is that of the top of a parabola through the curve's peak and its neighbours.
  public var interpolatesPeak = true
  /// Which S is taken where a detection holds several.
  public var sChoice = SChoice.best
  /// Of picks of one phase closer than this the more probable is kept, in s.
  public var thinning = 1.0
  /// The longest S − P time of an arrival pair, in s.
  public var longestSP = 60.0
  /// No pick is nearer than this to where data begin, end or are missing, in s.
  public var gapMargin = 1.0
  /// The length of the cosine taper where data begin, end or are missing, in s.
  public var taper = 0.5
  /// Pauses shorter than this are bridged by a line and count as none, in s.
  public var shortestGap = 0.1
  /// The pass band, in Hz; nil for that of the picker's description, which may be none.
  public var band: ClosedRange<Double>?

  /// The usual settings: thresholds of 0.3, or for pickers with a detection 0.1 for P and S and 0.3 for the detection, which
  /// are the defaults of EQTransformer; windows that overlap by half, or for pickers with a detection by 0.8: what these say of an
  /// event depends on how much of it lies in the window, and with half an overlap one pick in ten is lost.
  public init(_ description: PickerDescription) {
    let detects = description.outputs.contains(.detection)
    pThreshold = detects ? 0.1 : 0.3
    sThreshold = detects ? 0.1 : 0.3
    detectionThreshold = 0.3
    overlap = detects ? 0.8 : 0.5
  }

  /// What is wrong with the settings, in words; nil where nothing is.
  public var objection: String? {
    for (name, value) in [
      ("P", pThreshold), ("S", sThreshold), ("detection", detectionThreshold),
    ] where !(value > 0 && value <= 1) {
      return "the threshold of \(name) must be above 0 and at most 1"
    }
    if !(overlap >= 0 && overlap <= 0.99) { return "the overlap must be from 0 to 0.99" }
    if !(1...65_536).contains(batchSize) { return "the batch size must be from 1 to 65536" }
    if !(thinning >= 0 && thinning <= 10) { return "the thinning must be from 0 to 10 s" }
    if !(longestSP > 0 && longestSP <= 120) { return "the longest S - P time must be above 0 and at most 120 s" }
    if !(gapMargin >= 0 && gapMargin <= 10 && taper >= 0 && taper <= 10 && shortestGap >= 0 && shortestGap <= 10) {
      return "margin, taper and shortest gap must be from 0 to 10 s"
    }
    if let band, !(band.lowerBound >= 0.01) { return "the pass band must begin at 0.01 Hz or above" }
    return nil
  }
}
