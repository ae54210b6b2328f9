/// What happened when fragments were put together.
public struct MergeCounts: Hashable, Sendable {
  /// Fragments that were given.
  public var fragments = 0
  /// Fragments that could not be used: text, no rate, or a time out of all bounds.
  public var unusableFragments = 0
  /// Fragments of another rate than the grid's.
  public var otherRates = 0
  /// Fragments that were more than a tenth of an interval off the grid.
  public var misalignedFragments = 0
  /// Fragments of which samples stand where there were samples already.
  public var overlaps = 0
  /// Samples that stood twice and were the same.
  public var repeatedSamples = 0
  /// Samples that stood twice and differed; those of the fragment that begins first were kept.
  public var conflictingSamples = 0
  /// Samples that are no finite number; they count as missing.
  public var invalidSamples = 0
  /// Stretches too short to be kept.
  public var droppedStretches = 0
  /// The samples of those.
  public var droppedSamples = 0
  /// Pauses between the first and the last sample.
  public var gaps = 0
  /// The samples that are missing in those.
  public var gapSamples = 0

  /// Creates counts of nothing.
  public init() {}

  /// Adds the counts of another merge.
  public mutating func add(_ other: MergeCounts) {
    fragments += other.fragments
    unusableFragments += other.unusableFragments
    otherRates += other.otherRates
    misalignedFragments += other.misalignedFragments
    overlaps += other.overlaps
    repeatedSamples += other.repeatedSamples
    conflictingSamples += other.conflictingSamples
    invalidSamples += other.invalidSamples
    droppedStretches += other.droppedStretches
    droppedSamples += other.droppedSamples
    gaps += other.gaps
    gapSamples += other.gapSamples
  }
}

/// How fragments are put together.
public struct MergeOptions: Hashable, Sendable {
  /// Stretches between gaps that have fewer samples count as missing; 0 keeps all.
  public var shortestStretch: Int
  /// By how much a fragment's rate may differ from the grid's, relatively; samples are then left out or missing where it has
  /// drifted by one.
  public var rateTolerance: Double

  /// Creates options.
  public init(shortestStretch: Int = 0, rateTolerance: Double = 1e-3) {
    self.shortestStretch = shortestStretch
    self.rateTolerance = rateTolerance
  }
}
