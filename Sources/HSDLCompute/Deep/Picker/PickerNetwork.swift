/// What a picker takes and gives, independent of what is inside.
public struct PickerDescription: Sendable, Hashable, Codable {
  /// A curve that a picker gives.
  public enum Output: String, Sendable, Codable {
    /// Neither P nor S.
    case noise
    /// An earthquake is going on.
    case detection
    /// The arrival of P.
    case p = "P"
    /// The arrival of S.
    case s = "S"
  }

  /// How windows are made fit, channel by channel after the mean is taken off.
  public enum Normalisation: String, Sendable, Codable {
    /// Divided by the standard deviation (of all samples, not n − 1).
    case standardDeviation = "std"
    /// Divided by the largest magnitude.
    case peak
  }

  /// The kind of network: `phasenet`, `eqtransformer`, `eqcct`.
  public var architecture: String
  /// Samples in a window.
  public var windowLength: Int
  /// Samples per second.
  public var samplingRate = 100.0
  /// The order of components: `ZNE` or `ENZ`.
  public var componentOrder = "ZNE"
  /// The curves, in the order in which they come out.
  public var outputs: [Output]
  /// How windows are made fit.
  public var normalisation = Normalisation.standardDeviation
  /// The pass band that the data had in training, in Hz; nil for none.
  public var band: ClosedRange<Double>?
  /// Samples at each end of a window of which the curves are not used where windows overlap.
  public var blind = 0

  /// Describes a picker.
  public init(architecture: String, windowLength: Int, outputs: [Output]) {
    self.architecture = architecture
    self.windowLength = windowLength
    self.outputs = outputs
  }
}

/// A network that gives probabilities of P and S (and noise or detection) at every sample of a window.
public protocol PickerNetwork: AnyObject {
  /// What it takes and gives.
  var description: PickerDescription { get }

  /// Probabilities of windows, in evaluation mode.
  ///
  /// Runs on batches of one fixed shape, filled up with zeros, so that what comes out for a window does not depend on the others.
  ///
  /// - Parameters:
  ///   - windows: normalised windows, `count` × 3 × window length, components in the description's order.
  ///   - count: how many windows.
  ///   - probabilities: room for `count` × outputs × window length.
  /// - Throws: ``ComputeError``.
  func probabilities(
    _ windows: UnsafeBufferPointer<Float>, count: Int, into probabilities: UnsafeMutableBufferPointer<Float>) throws
}

/// Labelled windows for training a picker, all of one shape.
public struct PickerMicroBatch: Sendable {
  /// Samples (windows) in it.
  public var count: Int
  /// Samples in a window.
  public var length: Int
  /// Normalised windows, `count` × 3 × `length`, components in the picker's order.
  public var windows: [Float]
  /// What should come out, `count` × outputs × `length`.
  public var targets: [Float]
  /// The weight of each window; 0 for filling.
  public var weights: [Float]
  /// Sample of the P and the S arrival of each window, −1 where there is none: for metrics.
  public var arrivals: [(p: Float, s: Float)]
  /// The name of each window in its data set.
  public var names: [String]

  /// Puts windows together.
  public init(
    count: Int, length: Int, windows: [Float], targets: [Float], weights: [Float], arrivals: [(p: Float, s: Float)],
    names: [String]
  ) {
    self.count = count
    self.length = length
    self.windows = windows
    self.targets = targets
    self.weights = weights
    self.arrivals = arrivals
    self.names = names
  }
}
