import HSDLCompute
import Testing

/// Numbers that look random and are always the same.
func scattered(_ count: Int, seed: UInt64, scale: Double = 1) -> [Float] {
  var generator = SplitMix64(seed: seed)
  return (0..<count).map { _ in Float(scale * (2 * generator.uniform() - 1)) }
}

extension Tensor {
  /// The same numbers in the precision of another.
  fileprivate func matching(_ other: Tensor) throws -> Tensor { other.isDouble ? try inDoublePrecision() : self }
}

@Suite("Gradients")
struct GradientTests {
  // MARK: LSTM

  static func sequence(_ count: Int, _ step: Int) -> [Double] { (0..<count).map { Double($0 * step % 17 - 8) / 10 } }

  /// By PyTorch 2.15 in double precision: 2 windows, 4 times, 3 channels, 2 states, numbers (k i mod 17 − 8) / 10.
  @Test("the LSTM layer gives PyTorch's states and gradients")
  func lstmReference() throws {
    let x = try Tensor(doubles: Self.sequence(24, 11), [2, 4, 3])
    let input = try Tensor(doubles: Self.sequence(24, 5), [8, 3])
    let recurrent = try Tensor(doubles: Self.sequence(16, 7), [8, 2])
    let bias = try Tensor(doubles: Self.sequence(8, 3), [8])
    for tensor in [x, input, recurrent, bias] { try tensor.requireGradient() }
    let states = try x.lstm(input, recurrent, bias: bias)
    try states.multiplied(by: Tensor(doubles: Self.sequence(16, 13), [2, 4, 2])).sum([]).backward()
    func close(_ found: Tensor, _ expected: [Double]) throws -> Bool {
      let found = try found.doubles()
      return found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 }
    }
    #expect(try close(states, LSTMReference.states))
    #expect(try close(x.gradient(), LSTMReference.inputGradient))
    #expect(try close(input.gradient(), LSTMReference.inputWeightGradient))
    #expect(try close(recurrent.gradient(), LSTMReference.recurrentWeightGradient))
    #expect(try close(bias.gradient(), LSTMReference.biasGradient))
  }

  @Test("the gradients of the LSTM layer are those of differences", arguments: [false, true], [false, true])
  func lstm(hardGates: Bool, reversed: Bool) throws {
    func doubles(_ count: Int, _ seed: UInt64) -> [Double] { scattered(count, seed: seed).map(Double.init) }
    let shapes = [[2, 5, 3], [12, 3], [12, 3], [12], [2, 5, 3]]
    let values = shapes.enumerated().map { doubles($1.reduce(1, *), UInt64($0 + 1)) }
    let mask = try Tensor(doubles: [1, 0, 2, 2, 1, 0], [2, 3])
    func loss(_ values: [[Double]]) throws -> (loss: Tensor, tensors: [Tensor]) {
      let tensors = try zip(values, shapes).map { try Tensor(doubles: $0, $1) }
      for tensor in tensors.prefix(4) { try tensor.requireGradient() }
      let states = try tensors[0].lstm(
        tensors[1], tensors[2], bias: tensors[3], mask: mask, hardGates: hardGates, reversed: reversed)
      return (try states.multiplied(by: tensors[4]).sum([]), tensors)
    }
    let (total, tensors) = try loss(values)
    try total.backward()
    for tensor in 0..<4 {
      let gradient = try tensors[tensor].gradient().doubles()
      for index in values[tensor].indices {
        var (up, down) = (values, values)
        up[tensor][index] += 1e-6
        down[tensor][index] -= 1e-6
        let slope = try (loss(up).loss.doubles()[0] - loss(down).loss.doubles()[0]) / 2e-6
        #expect(abs(slope - gradient[index]) < 1e-7, "tensor \(tensor), number \(index)")
      }
    }
  }

  /// Gradients that come through other shapes are not contiguous.
  @Test("single precision gives the gradients of double precision through a change of shape")
  func permuted() throws {
    let functions: [(String, (Tensor) throws -> Tensor)] = [
      ("gelu", { try $0.gelu() }), ("relu", { try $0.relu() }), ("tanh", { try $0.tanh() }),
      ("sigmoid", { try $0.sigmoid() }), ("exp", { try $0.exp() }), ("softmax", { try $0.softmax(1) }),
      ("layer norm", { try $0.layerNorm(nil, nil, epsilon: 1e-3) }),
      ("pooling", { try $0.maxPool1d(2, stride: 2) }), ("upsampling", { try $0.upsampled(2) }),
      ("convolution", { try $0.conv1d(Tensor([1, 2, 3], [1, 1, 3]).expand([4, 1, 3]).matching($0), groups: 4) }),
    ]
    for (name, function) in functions {
      func gradient(_ x: Tensor) throws -> [Double] {
        try x.requireGradient()
        let y = try function(x)
        let weights = try Tensor(scattered(y.count, seed: 2), [y.count]).matching(x)
        try y.permute([0, 2, 1]).reshape([y.count]).multiplied(by: weights).sum([]).backward()
        return try x.gradient().doubles()
      }
      let x = scattered(2 * 4 * 30, seed: 1)
      let single = try gradient(Tensor(x, [2, 4, 30]))
      let double = try gradient(Tensor(doubles: x.map(Double.init), [2, 4, 30]))
      let worst = zip(single, double).map { abs($0 - $1) }.max() ?? .infinity
      #expect(worst < 1e-5, "\(name)")
    }
  }

  // MARK: Networks

  /// Labelled windows that mean nothing.
  static func microBatch(
    _ description: PickerDescription, count: Int, seed: UInt64, weights: [Float]? = nil
  ) -> PickerMicroBatch {
    let length = description.windowLength
    let outputs = description.outputs.count
    var targets = scattered(count * outputs * length, seed: seed &+ 100).map { abs($0) }
    if description.outputs.first == .noise {
      for window in 0..<count {
        for sample in 0..<length {
          let places = (0..<outputs).map { (window * outputs + $0) * length + sample }
          let sum = places.reduce(0) { $0 + targets[$1] }
          for place in places { targets[place] /= sum }
        }
      }
    }
    return PickerMicroBatch(
      count: count, length: length, windows: scattered(count * 3 * length, seed: seed, scale: 2), targets: targets,
      weights: weights ?? [Float](repeating: 1, count: count),
      arrivals: (0..<count).map { (p: Float($0 + 1), s: Float($0 + 9)) }, names: (0..<count).map { "window \($0)" })
  }

  static var smallNetworks: [AnyPickerArchitecture] {
    var phaseNet = PhaseNet(windowLength: 257, dropout: 0.1)
    phaseNet.dropout = 0.1
    var eqTransformer = EQTransformer(windowLength: 256, recurrentBlocks: 2)
    eqTransformer.attentionEpsilon = 1e-7
    var hard = EQTransformer(windowLength: 250, recurrentBlocks: 1)
    hard.hardGates = true
    var eqcct = EQCCT(windowLength: 30)
    eqcct.channels = [3, 4, 5]
    eqcct.layers = 2
    return [.phaseNet(phaseNet), .eqTransformer(eqTransformer), .eqTransformer(hard), .eqcct(eqcct)]
  }

  /// Weights that are not what they begin with, so that nothing is 0 or 1 by chance.
  static func parameters(_ architecture: any PickerArchitecture) -> NetworkParameters {
    let parameters = architecture.freshParameters(seed: 3)
    var generator = SplitMix64(seed: 5)
    for index in parameters.weights.indices { parameters.weights[index] += Float(0.1 * (generator.uniform() - 0.5)) }
    return parameters
  }

  @Test("the gradients of small networks are those of differences", arguments: smallNetworks)
  func network(architecture: AnyPickerArchitecture) throws {
    let model = try PickerTraining(architecture.architecture, Self.parameters(architecture.architecture))
    model.usesDoublePrecision = true
    let description = model.architecture.description
    let batches = [
      Self.microBatch(description, count: 2, seed: 1, weights: [1, 0.5]),
      Self.microBatch(description, count: 2, seed: 2, weights: [0, 2]),
    ]
    var gradients = model.parameters.weightTensors.map {
      [Double](repeating: 0, count: model.parameters.layout[$0].count)
    }
    var told = [Int](repeating: 0, count: gradients.count)
    func loss(_ onGradient: (Int, UnsafeBufferPointer<Float>) -> Void) throws -> Double {
      try model.gradients(
        of: batches, totalWeight: 3.5, seed: 7, keys: [4, 9], exchange: NoExchange(), onGradient: onGradient) / 3.5
    }
    _ = try loss { tensor, values in
      told[tensor] += 1
      for index in values.indices { gradients[tensor][index] += Double(values[index]) }
    }
    #expect(told.allSatisfy { $0 == 2 })
    var generator = SplitMix64(seed: 11)
    var worst = (error: 0.0, name: "")
    // One number of every seventeenth tensor, so that the test stays quick. A long step crosses kinks of the network, a short one suffers from the rounding of
    // sums in batch normalisation: the better of the two counts.
    for (tensor, place) in model.parameters.weightTensors.enumerated() where tensor % 17 == 0 {
      let values = model.parameters.values(place)
      let index = Int(generator.next() % UInt64(values.count))
      let before = values[index]
      let errors = try [Float(0x1p-16), 0x1p-20].map { step in
        values[index] = before + step
        let (up, above) = (try loss { _, _ in }, values[index])
        values[index] = before - step
        let (down, below) = (try loss { _, _ in }, values[index])
        values[index] = before
        let slope = (up - down) / (Double(above) - Double(below))
        return abs(slope - gradients[tensor][index]) / (1e-3 + abs(slope))
      }
      let error = errors.min() ?? .infinity
      if error > worst.error { worst = (error, model.parameters.layout[place].name) }
    }
    #expect(worst.error < 1e-3, "\(worst.name) is off by \(worst.error)")
  }
}
