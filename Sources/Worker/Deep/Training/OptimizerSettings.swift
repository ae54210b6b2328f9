/// How weights follow from gradients.
public struct OptimizerSettings: Codable, Sendable, Equatable {
  /// The methods.
  public enum Method: String, Codable, Sendable, CaseIterable {
    /// Stochastic gradient descent with momentum (Polyak, 1964), in PyTorch's form.
    case sgd
    /// Adam (Kingma and Ba, 2015); weight decay is added to the gradient.
    case adam
    /// Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2019).
    case adamW = "adamw"
  }

  /// The method.
  public var method: Method
  /// Of ``Method/sgd``: how much of the last direction is kept.
  public var momentum: Double
  /// Of Adam: how much of the mean gradient is kept.
  public var beta1: Double
  /// Of Adam: how much of the mean squared gradient is kept.
  public var beta2: Double
  /// Of Adam: added to the root of the mean squared gradient.
  public var epsilon: Double
  /// How strongly weights are drawn to zero.
  public var weightDecay: Double
  /// Whether tensors of one dimension (biases, scales of normalisations) are drawn to zero too.
  public var decaysVectors: Bool

  /// Describes an optimizer.
  public init(
    _ method: Method = .adam, momentum: Double = 0.9, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0, decaysVectors: Bool = false
  ) {
    self.method = method
    self.momentum = momentum
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decaysVectors = decaysVectors
  }
}
