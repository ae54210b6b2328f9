import CTorch

/// One way through a network: its weights as tensors, and what differs between training and evaluation.
///
/// A network is a function of a ``Batch`` and a pass, and names its layers as ``NetworkParameters`` names their tensors. In evaluation there is one
/// micro-batch, and the pass may be used again and again; in training there is a pass for each step.
public final class ForwardPass {
  /// The numbers.
  public let parameters: NetworkParameters
  /// Whether dropout is on and batch normalisation takes the statistics of the samples.
  public let isTraining: Bool

  private let places: [String: Int]
  /// For each tensor of the layout, one for each micro-batch.
  private let tensors: [Batch]
  private let sampleWeights: [[Float]]
  private let seed: UInt64
  private let keys: [Int]
  private let exchange: Exchange
  /// How many layers have drawn random numbers.
  private var draws: UInt64 = 0

  /// Prepares evaluation: stored statistics, no dropout, no gradients.
  ///
  /// The tensors look into the memory of the parameters.
  ///
  /// - Throws: ``ComputeError``.
  public init(evaluating parameters: NetworkParameters) throws {
    try Tensor.useOneThread()
    self.parameters = parameters
    isTraining = false
    sampleWeights = []
    seed = 0
    keys = []
    exchange = Exchange(NoExchange())
    places = try Self.places(parameters)
    tensors = try parameters.layout.indices.map { index in
      Batch([
        try Tensor(viewing: UnsafeBufferPointer(parameters.values(index)), parameters.layout[index].shape)
      ])
    }
  }

  /// Prepares training on micro-batches.
  ///
  /// - Parameters:
  ///   - parameters: the weights; running statistics are brought up to date in the course of the pass.
  ///   - sampleWeights: for each micro-batch, the weights of its samples. Those of weight 0 do not count in batch normalisation.
  ///   - seed: of dropout.
  ///   - keys: a number for each micro-batch, of which its random numbers depend.
  ///   - exchange: adds numbers over the ranks.
  ///   - doublePrecision: whether all is computed in double precision, for checks of gradients.
  /// - Throws: ``ComputeError``.
  public init(
    training parameters: NetworkParameters, sampleWeights: [[Float]], seed: UInt64, keys: [Int],
    exchange: any SumExchange, doublePrecision: Bool = false
  ) throws {
    try Tensor.useOneThread()
    guard keys.count == sampleWeights.count, !keys.isEmpty else {
      throw ComputeError.torch(
        call: "training", text: "\(sampleWeights.count) micro-batches have \(keys.count) keys")
    }
    self.parameters = parameters
    isTraining = true
    self.sampleWeights = sampleWeights
    self.seed = seed
    self.keys = keys
    self.exchange = Exchange(exchange)
    places = try Self.places(parameters)
    tensors = try parameters.layout.indices.map { index in
      let specification = parameters.layout[index]
      return Batch(
        try keys.indices.map { _ in
          var tensor = try Tensor(viewing: UnsafeBufferPointer(parameters.values(index)), specification.shape)
          if doublePrecision { tensor = try tensor.inDoublePrecision() }
          if specification.role == .weight { try tensor.requireGradient() }
          return tensor
        })
    }
  }

  private static func places(_ parameters: NetworkParameters) throws -> [String: Int] {
    var places: [String: Int] = [:]
    for (index, tensor) in parameters.layout.enumerated() {
      guard places.updateValue(index, forKey: tensor.name) == nil else {
        throw ComputeError.badModel(reason: "two tensors are named '\(tensor.name)'")
      }
    }
    return places
  }

  // MARK: Tensors

  /// Whether the network has a tensor of this name.
  public func has(_ name: String) -> Bool { places[name] != nil }

  /// A tensor of the network, for each micro-batch.
  ///
  /// - Throws: ``ComputeError`` where there is none of that name.
  public func tensor(_ name: String) throws -> Batch {
    guard let place = places[name] else {
      throw ComputeError.badModel(reason: "the network has no tensor '\(name)'")
    }
    return tensors[place]
  }

  private func tensorIfAny(_ name: String) -> Batch? { places[name].map { tensors[$0] } }

  // MARK: Layers

  /// Convolution by `name.weight`, and `name.bias` where there is one: `windows × in × length`.
  public func conv1d(
    _ x: Batch, _ name: String, stride: Int = 1, left: Int = 0, right: Int = 0, groups: Int = 1
  ) throws -> Batch {
    try x.conv1d(
      tensor("\(name).weight"), bias: tensorIfAny("\(name).bias"), stride: stride, left: left, right: right,
      groups: groups)
  }

  /// Convolution that keeps the length; an even kernel takes one more zero at the right.
  public func convSame(_ x: Batch, _ name: String) throws -> Batch {
    let width = try tensor("\(name).weight").shape.last ?? 1
    return try conv1d(x, name, left: (width - 1) / 2, right: width / 2)
  }

  /// x Wᵀ + b by `name.weight`, and `name.bias` where there is one: `… × in`.
  public func linear(_ x: Batch, _ name: String) throws -> Batch {
    try x.linear(tensor("\(name).weight"), bias: tensorIfAny("\(name).bias"))
  }

  /// Normalisation over the last dimension by `name.weight` and `name.bias`.
  public func layerNorm(_ x: Batch, _ name: String, epsilon: Double) throws -> Batch {
    try x.layerNorm(tensor("\(name).weight"), tensor("\(name).bias"), epsilon: epsilon)
  }

  /// Batch normalisation (Ioffe and Szegedy, 2015) by `name.weight`, `name.bias`, `name.running_mean`, `name.running_var`:
  /// `windows × channels × length`.
  ///
  /// In training by the mean and variance over the counted samples of all micro-batches of all ranks: sums are made in double precision and go through
  /// the exchange, in this pass and in the backward pass. Collective then.
  ///
  /// - Parameters:
  ///   - epsilon: what is added to the variance.
  ///   - momentum: the share of the new statistics in the running ones, whose variance is the unbiased one.
  /// - Throws: ``ComputeError``, and what the exchange throws.
  public func batchNorm(_ x: Batch, _ name: String, epsilon: Double, momentum: Double = 0.1) throws -> Batch {
    let weight = try tensor("\(name).weight")
    let bias = try tensor("\(name).bias")
    guard isTraining else {
      return try x.batchNorm(
        mean: tensor("\(name).running_mean"), variance: tensor("\(name).running_var"), weight: weight, bias: bias,
        epsilon: epsilon)
    }
    guard x.tensors.count == keys.count,
      let runningMean = parameters.values(named: "\(name).running_mean"),
      let runningVariance = parameters.values(named: "\(name).running_var")
    else {
      throw ComputeError.badModel(
        reason: "the network has no running statistics of '\(name)', or a micro-batch is missing")
    }
    let channels = runningMean.count
    guard
      zip(x.tensors, sampleWeights).allSatisfy({
        $0.shape.count >= 2 && $0.shape[1] == channels && $0.shape[0] == $1.count
      })
    else {
      throw ComputeError.torch(
        call: "batchNorm", text: "'\(name)' takes samples × \(channels) channels, and found \(x.shape)")
    }
    var mean = [Double](repeating: 0, count: channels)
    var variance = [Double](repeating: 0, count: channels)
    var outputs = [OpaquePointer?](repeating: nil, count: x.tensors.count)
    let flat = sampleWeights.flatMap { $0 }
    let status = flat.withUnsafeBufferPointer { flat in
      var pointers: [UnsafePointer<Float>?] = []
      var start = 0
      for weights in sampleWeights {
        pointers.append(flat.baseAddress.map { $0 + start })
        start += weights.count
      }
      return ctorch_synchronised_batch_norm(
        x.tensors.map { $0.handle }, weight.tensors.map { $0.handle }, bias.tensors.map { $0.handle }, pointers,
        Int32(clamping: x.tensors.count), epsilon, Exchange.callback, exchange.pointer, &outputs, &mean, &variance)
    }
    if let error = exchange.takeError() { throw error }
    guard status == 0 else { throw Tensor.failure("batchNorm") }
    if mean.allSatisfy({ $0.isFinite }), variance.allSatisfy({ $0.isFinite }), exchange.hadSamples {
      for channel in 0..<channels {
        runningMean[channel] = Float((1 - momentum) * Double(runningMean[channel]) + momentum * mean[channel])
        runningVariance[channel] = Float(
          (1 - momentum) * Double(runningVariance[channel]) + momentum * variance[channel])
      }
    }
    return Batch(try outputs.map { try Tensor.made("batchNorm", $0) })
  }

  /// Dropout (Srivastava et al., 2014): in training, numbers become 0 with a probability, and the others are scaled up.
  ///
  /// What is drawn depends on the seed, the key of the micro-batch and the place of the layer in the network.
  ///
  /// - Parameters:
  ///   - x: any shape; of shape `windows × channels × length` where `wholeChannels`.
  ///   - rate: the probability.
  ///   - wholeChannels: whether all samples of a channel share their fate.
  /// - Throws: ``ComputeError``.
  public func dropout(_ x: Batch, _ rate: Double, wholeChannels: Bool = false) throws -> Batch {
    guard isTraining, rate > 0 else { return x }
    let masks = try dropoutMask(rate, x.tensors.map { wholeChannels ? Array($0.shape.prefix(2)) + [1] : $0.shape })
    return try x.multiplied(by: masks.matching(x))
  }

  /// What numbers are multiplied by in dropout: 0 or 1 / (1 − rate), for each micro-batch in its shape.
  func dropoutMask(_ rate: Double, _ shapes: [[Int]]) throws -> Batch {
    draws += 1
    let kept = Float(1 / (1 - rate))
    let limit = UInt32(clamping: Int64((rate * 0x1p32).rounded()))
    return Batch(
      try zip(shapes, keys).map { shape, key in
        var generator = SplitMix64(seed: seed, stream: UInt64(bitPattern: Int64(key)), draws)
        let count = shape.reduce(1, *)
        let mask = [Float](unsafeUninitializedCapacity: count) { buffer, filled in
          var index = 0
          while index < count {
            let bits = generator.next()
            buffer[index] = UInt32(truncatingIfNeeded: bits) < limit ? 0 : kept
            if index + 1 < count { buffer[index + 1] = UInt32(bits >> 32) < limit ? 0 : kept }
            index += 2
          }
          filled = count
        }
        return try Tensor(mask, shape)
      })
  }

  // MARK: Gradients

  /// Computes the gradients of a sum of losses with respect to the weights.
  ///
  /// - Parameters:
  ///   - losses: one number for each micro-batch.
  ///   - onGradient: told of the gradient of each weight tensor (numbered as in ``NetworkParameters/weightTensors``) and micro-batch, once, on the
  ///     calling thread, as soon as it is known; what does not enter the loss has gradient 0 and comes last.
  /// - Throws: ``ComputeError``, and what `onGradient` and the exchange throw.
  public func gradients(
    of losses: Batch,
    _ onGradient: (_ tensor: Int, _ microBatch: Int, _ values: UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    guard isTraining, losses.tensors.count == keys.count, let first = losses.tensors.first else {
      throw ComputeError.torch(call: "gradients", text: "there is not one loss for each micro-batch")
    }
    try withoutActuallyEscaping(onGradient) { onGradient in
      let receiver = GradientReceiver(parameters.weightTensors.count, keys.count, onGradient)
      for (number, place) in parameters.weightTensors.enumerated() {
        for (part, tensor) in tensors[place].tensors.enumerated() {
          let tag = Int64(number * keys.count + part)
          guard ctorch_on_gradient(tensor.handle, GradientReceiver.callback, receiver.pointer, tag) == 0 else {
            throw Tensor.failure("gradients")
          }
        }
      }
      let total = try losses.tensors.dropFirst().reduce(first) { try $0.adding($1) }
      let status = ctorch_backward(total.handle)
      let text = status == 0 ? nil : Tensor.failure("backward")
      if let error = receiver.error { throw error }
      if let error = exchange.takeError() { throw error }
      if let text { throw text }
      try receiver.tellRest { parameters.layout[parameters.weightTensors[$0]].count }
    }
  }
}

extension Batch {
  /// The same numbers in the precision of another batch.
  func matching(_ other: Batch) throws -> Batch {
    other.tensors.first?.isDouble == true ? try map { try $0.inDoublePrecision() } : self
  }
}

/// Carries sums from libtorch to an exchange, and its errors back past libtorch.
private final class Exchange {
  private let exchange: any SumExchange
  private var error: (any Error)?
  /// Whether the last sums were over any samples at all: the last number counts them.
  private(set) var hadSamples = false

  init(_ exchange: any SumExchange) { self.exchange = exchange }

  var pointer: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  func takeError() -> (any Error)? {
    defer { error = nil }
    return error
  }

  static let callback: CTorchExchange = { context, values, count in
    guard let context, let values else { return 1 }
    let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    let numbers = UnsafeMutableBufferPointer(start: values, count: Int(count))
    do {
      try exchange.exchange.sum(numbers)
      exchange.hadSamples = (numbers.last ?? 0) > 0
      return 0
    } catch {
      exchange.error = error
      return 1
    }
  }
}

/// Carries gradients from libtorch to whoever wants them.
private final class GradientReceiver {
  private let onGradient: (Int, Int, UnsafeBufferPointer<Float>) throws -> Void
  private let parts: Int
  private var told: [Bool]
  private(set) var error: (any Error)?

  init(_ tensors: Int, _ parts: Int, _ onGradient: @escaping (Int, Int, UnsafeBufferPointer<Float>) throws -> Void) {
    self.onGradient = onGradient
    self.parts = parts
    told = [Bool](repeating: false, count: tensors * parts)
  }

  var pointer: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  static let callback: CTorchGradientHook = { context, tag, values, count in
    guard let context, let values else { return 1 }
    let receiver = Unmanaged<GradientReceiver>.fromOpaque(context).takeUnretainedValue()
    return receiver.take(Int(tag), UnsafeBufferPointer(start: values, count: Int(count))) ? 0 : 1
  }

  private func take(_ tag: Int, _ values: UnsafeBufferPointer<Float>) -> Bool {
    do {
      told[tag] = true
      try onGradient(tag / parts, tag % parts, values)
      return true
    } catch {
      self.error = error
      return false
    }
  }

  /// Tells gradient 0 for what no gradient came of.
  func tellRest(_ count: (Int) -> Int) throws {
    for tag in told.indices where !told[tag] {
      let zeros = [Float](repeating: 0, count: count(tag / parts))
      try zeros.withUnsafeBufferPointer { try onGradient(tag / parts, tag % parts, $0) }
    }
  }
}
