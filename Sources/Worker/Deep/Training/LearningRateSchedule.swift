import Foundation

/// How large the steps of a training are, from its first to its last.
public struct LearningRateSchedule: Codable, Sendable, Equatable {
  /// How the rate grows with the number of samples of a step.
  public enum Scaling: String, Codable, Sendable, CaseIterable {
    /// Not at all.
    case none
    /// In proportion (Goyal and others, 2017): fits SGD.
    case linear
    /// With the square root (Krizhevsky, 2014): fits Adam.
    case squareRoot = "square-root"
  }

  /// How the rate goes on after the warm-up.
  public enum Shape: Codable, Sendable, Equatable {
    /// It stays.
    case constant
    /// Half a period of a cosine from the full rate to a fraction of it (Loshchilov and Hutter, 2017), over as many steps.
    case cosine(steps: Int, finalFraction: Double)
    /// It is multiplied by a factor every so many steps.
    case step(every: Int, factor: Double)
  }

  /// A rate that falls when the score no longer grows.
  public struct Plateau: Codable, Sendable, Equatable {
    /// What the rate is multiplied by.
    public var factor: Double
    /// How many epochs without a better score are waited for.
    public var patience: Int
    /// The smallest fraction of the full rate.
    public var leastFraction: Double

    /// Describes a plateau.
    public init(factor: Double = 0.5, patience: Int = 3, leastFraction: Double = 0.001) {
      self.factor = factor
      self.patience = patience
      self.leastFraction = leastFraction
    }
  }

  /// The rate for steps of ``referenceBatch`` samples.
  public var baseRate: Double
  /// The number of samples of a step that ``baseRate`` is meant for.
  public var referenceBatch: Int
  /// How the rate grows with the number of samples of a step.
  public var scaling: Scaling
  /// Steps in which the rate rises from next to nothing to its full height.
  public var warmUpSteps: Int
  /// How it goes on.
  public var shape: Shape
  /// Whether and how it falls when the score no longer grows.
  public var plateau: Plateau?

  /// Describes a schedule.
  public init(
    baseRate: Double = 1e-3, referenceBatch: Int = 64, scaling: Scaling = .linear, warmUpSteps: Int = 0,
    shape: Shape = .constant, plateau: Plateau? = nil
  ) {
    self.baseRate = baseRate
    self.referenceBatch = referenceBatch
    self.scaling = scaling
    self.warmUpSteps = warmUpSteps
    self.shape = shape
    self.plateau = plateau
  }

  /// The full rate for steps of `globalBatch` samples, all ranks' together.
  public func fullRate(globalBatch: Int) -> Double {
    let ratio = Double(max(globalBatch, 1)) / Double(max(referenceBatch, 1))
    return switch scaling {
    case .none: baseRate
    case .linear: baseRate * ratio
    case .squareRoot: baseRate * ratio.squareRoot()
    }
  }

  /// The rate of a step.
  ///
  /// - Parameters:
  ///   - step: counted from 0 over the whole training.
  ///   - globalBatch: samples of a step, all ranks' together.
  ///   - fraction: what is left of the rate after the falls of ``Plateau``.
  public func rate(step: Int, globalBatch: Int, fraction: Double = 1) -> Double {
    let full = fullRate(globalBatch: globalBatch) * fraction
    if step < warmUpSteps { return full * Double(step + 1) / Double(warmUpSteps) }
    let later = step - warmUpSteps
    switch shape {
    case .constant: return full
    case .cosine(let steps, let finalFraction):
      let turn = min(Double(later) / Double(max(steps, 1)), 1)
      return full * (finalFraction + (1 - finalFraction) * 0.5 * (1 + cos(.pi * turn)))
    case .step(let every, let factor):
      var rate = full
      for _ in 0..<min(later / max(every, 1), 10_000) { rate *= factor }
      return rate
    }
  }
}
