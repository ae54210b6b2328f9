/// How windows are varied in training; every step has its probability, 0 for never.
///
/// The steps and their usual probabilities are those of EQTransformer's training (Mousavi and others, 2020), with these
/// differences: shifts go both ways, gaps may be put into events too, and an arrival that a gap swallows loses its label.
public struct AugmentationSettings: Sendable, Hashable, Codable {
  /// The share of windows to which the steps behind the shift are applied; the others are only placed at random.
  public var share = 0.5
  /// Turning a record that is as long as the window around, so that its arrivals lie elsewhere; longer records are always cut at
  /// random.
  public var shift = 0.99
  /// Adding the event a second time, smaller, behind itself.
  public var secondEvent = 0.6
  /// Adding Gaussian noise to events.
  public var noise = 0.3
  /// The standard deviation of that noise, as a part of the largest magnitude of each component.
  public var noiseLevels = 0.01...0.15
  /// Dropping components: each stays with probability one half, one stays at least.
  public var channelDropping = 0.5
  /// A gap in windows without events.
  public var noiseGap = 0.2
  /// A gap in windows with events.
  public var eventGap = 0.0
  /// Multiplying the window by a factor between one third and three; shows only where normalisation leaves amplitudes.
  public var scaling = 0.0
  /// Taking off each sample a part of the one before.
  public var preEmphasis = 0.0
  /// That part.
  public var preEmphasisCoefficient = 0.97
  /// Second events, noise and dropped components come only to windows of events that stand out so far, in dB.
  public var leastSignalToNoise = 10.0
  /// Samples at each end of a window in which arrivals are not placed where that can be avoided.
  public var margin = 0

  /// The usual ones.
  public init() {}

  /// Windows are placed, and not varied otherwise: for validation.
  public static var none: AugmentationSettings {
    var settings = AugmentationSettings()
    settings.share = 0
    settings.shift = 0
    return settings
  }

  /// What is wrong with the settings; nil where nothing is.
  public var objection: String? {
    let probabilities = [
      ("share", share), ("shift", shift), ("secondEvent", secondEvent), ("noise", noise),
      ("channelDropping", channelDropping), ("noiseGap", noiseGap), ("eventGap", eventGap), ("scaling", scaling),
      ("preEmphasis", preEmphasis),
    ]
    if let wrong = probabilities.first(where: { !($0.1 >= 0 && $0.1 <= 1) }) {
      return "the probability \(wrong.0) is \(wrong.1); expected 0 to 1"
    }
    if !(noiseLevels.lowerBound >= 0 && noiseLevels.upperBound.isFinite) {
      return "the levels of noise are \(noiseLevels); expected parts of the largest magnitude"
    }
    if !preEmphasisCoefficient.isFinite { return "the coefficient of pre-emphasis is no number" }
    return margin < 0 ? "the margin is \(margin) samples; expected 0 or more" : nil
  }
}
