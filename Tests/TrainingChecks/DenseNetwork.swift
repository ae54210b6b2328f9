public import HSDLCompute

/// Samples of the network of the checks.
public struct DenseBatch: Sendable {
  /// Sample by sample.
  public var inputs: [Float]
  /// Sample by sample.
  public var targets: [Float]
  /// One for each sample.
  public var weights: [Double]
  /// One for each sample.
  public var names: [String]

  /// Creates a batch.
  public init(inputs: [Float], targets: [Float], weights: [Double], names: [String]) {
    self.inputs = inputs
    self.targets = targets
    self.weights = weights
    self.names = names
  }
}

/// A small network in plain Swift, to check trainers with.
///
/// Dense layers with batch normalisation, rectifiers and dropout, and a linear output with half the squared error. Its
/// gradients are written out by hand.
public final class DenseNetwork: TrainableModel {
  public let parameters: NetworkParameters
  public let metricNames = ["close"]
  let sizes: [Int]
  let dropout: Float
  private let momentum: Float = 0.1
  private let epsilon = 1e-5
  /// Called at the end of ``gradients(of:totalWeight:seed:keys:exchange:onGradient:)``, for checks that break something.
  public var afterGradients: () -> Void = {}
  /// Repeats the work of the passes, to make a network of the same size that takes longer.
  public var repetitions = 1

  /// Makes a network with random weights.
  ///
  /// - Parameter sizes: inputs, hidden units of each layer, outputs.
  public init(_ sizes: [Int], dropout: Float = 0, seed: UInt64 = 1) {
    self.sizes = sizes
    self.dropout = dropout
    var layout: [TensorSpecification] = []
    for layer in 0..<sizes.count - 2 {
      layout += [
        TensorSpecification("\(layer).weight", [sizes[layer + 1], sizes[layer]]),
        TensorSpecification("\(layer).norm.weight", [sizes[layer + 1]]),
        TensorSpecification("\(layer).norm.bias", [sizes[layer + 1]]),
        TensorSpecification("\(layer).norm.mean", [sizes[layer + 1]], .statistic),
        TensorSpecification("\(layer).norm.variance", [sizes[layer + 1]], .statistic),
      ]
    }
    layout += [
      TensorSpecification("output.weight", [sizes[sizes.count - 1], sizes[sizes.count - 2]]),
      TensorSpecification("output.bias", [sizes[sizes.count - 1]]),
    ]
    parameters = NetworkParameters(layout)
    var random = SplitMix64(seed: seed)
    for (index, tensor) in layout.enumerated() {
      let values = parameters.values(index)
      if tensor.shape.count == 2 {
        let scale = (2 / Double(tensor.shape[1])).squareRoot()
        for place in values.indices { values[place] = Float(random.normal() * scale) }
      } else if tensor.name.hasSuffix("norm.weight") || tensor.name.hasSuffix("variance") {
        for place in values.indices { values[place] = 1 }
      }
    }
  }

  private var hidden: Int { sizes.count - 2 }
  private var inputs: Int { sizes[0] }
  private var outputs: Int { sizes[sizes.count - 1] }

  private struct Layer {
    var input: [Float]
    var normal: [Float] = []
    /// What the rectifier and dropout let through.
    var gate: [Float] = []
  }

  public func gradients(
    of microBatches: [DenseBatch], totalWeight: Double, seed: UInt64, keys: [Int], exchange: any SumExchange,
    onGradient: (_ tensor: Int, _ values: UnsafeBufferPointer<Float>) throws -> Void
  ) throws -> Double {
    let count = microBatches.count
    var layers: [[Layer]] = microBatches.map { [Layer(input: $0.inputs)] }
    var inverses: [[Float]] = []
    var sampleTotals: [Double] = []

    for layer in 0..<hidden {
      let width = sizes[layer + 1]
      var products: [[Float]] = []
      var rows = [Double](repeating: 0, count: count * (1 + 2 * width))
      for (place, batch) in microBatches.enumerated() {
        var product: [Float] = []
        for _ in 0..<max(repetitions, 1) {
          product = multiply(layers[place][layer].input, weight(layer), sizes[layer], width)
        }
        let base = place * (1 + 2 * width)
        for sample in batch.weights.indices where batch.weights[sample] != 0 {
          rows[base] += 1
          for unit in 0..<width {
            let value = Double(product[sample * width + unit])
            rows[base + 1 + unit] += value
            rows[base + 1 + width + unit] += value * value
          }
        }
        products.append(product)
      }
      try rows.withUnsafeMutableBufferPointer { try exchange.sum($0, rowCount: count) }
      let total = max(rows[0], 1)
      sampleTotals.append(total)
      var means = [Float](repeating: 0, count: width)
      var inverse = [Float](repeating: 0, count: width)
      let runningMean = parameters.values(layer * 5 + 3)
      let runningVariance = parameters.values(layer * 5 + 4)
      for unit in 0..<width {
        let mean = rows[1 + unit] / total
        let variance = max(rows[1 + width + unit] / total - mean * mean, 0)
        means[unit] = Float(mean)
        inverse[unit] = Float(1 / (variance + epsilon).squareRoot())
        runningMean[unit] += momentum * (Float(mean) - runningMean[unit])
        runningVariance[unit] += momentum * (Float(variance) - runningVariance[unit])
      }
      let (scale, shift) = (parameters.values(layer * 5 + 1), parameters.values(layer * 5 + 2))
      for place in 0..<count {
        var random = SplitMix64(seed: seed, stream: UInt64(keys[place]), UInt64(layer))
        var output = products[place]
        var gate = [Float](repeating: 0, count: output.count)
        for index in output.indices {
          let unit = index % width
          let normal = (output[index] - means[unit]) * inverse[unit]
          products[place][index] = normal
          let value = scale[unit] * normal + shift[unit]
          let isKept = dropout == 0 || Float(random.uniform()) >= dropout
          gate[index] = value > 0 && isKept ? 1 / (1 - dropout) : 0
          output[index] = value * gate[index]
        }
        layers[place][layer].normal = products[place]
        layers[place][layer].gate = gate
        layers[place].append(Layer(input: output))
      }
      inverses.append(inverse)
    }
    return try backward(
      microBatches, totalWeight, layers, inverses, sampleTotals, exchange: exchange, onGradient: onGradient)
  }

  private func backward(
    _ microBatches: [DenseBatch], _ totalWeight: Double, _ layers: [[Layer]], _ inverses: [[Float]],
    _ sampleTotals: [Double], exchange: any SumExchange,
    onGradient: (_ tensor: Int, _ values: UnsafeBufferPointer<Float>) throws -> Void
  ) throws -> Double {
    let count = microBatches.count
    var loss = 0.0
    var slopes: [[Float]] = []
    let output = hidden
    for (place, batch) in microBatches.enumerated() {
      let input = layers[place][output].input
      var slope = multiply(input, weight(output), sizes[output], outputs)
      let bias = parameters.values(output * 5 + 1)
      var own: Float = 0
      for index in slope.indices {
        let sample = index / outputs
        let error = slope[index] + bias[index % outputs] - batch.targets[index]
        own += Float(batch.weights[sample]) * error * error / 2
        slope[index] = Float(batch.weights[sample] / totalWeight) * error
      }
      loss += Double(own)
      var sums = [Float](repeating: 0, count: outputs)
      for index in slope.indices { sums[index % outputs] += slope[index] }
      try sums.withUnsafeBufferPointer { try onGradient(output * 3 + 1, $0) }
      let gradient = outer(slope, input, outputs, sizes[output])
      try gradient.withUnsafeBufferPointer { try onGradient(output * 3, $0) }
      slopes.append(back(slope, weight(output), outputs, sizes[output]))
    }
    for layer in (0..<hidden).reversed() {
      let width = sizes[layer + 1]
      var rows = [Double](repeating: 0, count: count * 2 * width)
      for place in 0..<count {
        let state = layers[place][layer]
        let base = place * 2 * width
        for index in slopes[place].indices {
          slopes[place][index] *= state.gate[index]
          let unit = index % width
          rows[base + unit] += Double(slopes[place][index])
          rows[base + width + unit] += Double(slopes[place][index] * state.normal[index])
        }
        let shift = (0..<width).map { Float(rows[base + $0]) }
        let scale = (0..<width).map { Float(rows[base + width + $0]) }
        try shift.withUnsafeBufferPointer { try onGradient(layer * 3 + 2, $0) }
        try scale.withUnsafeBufferPointer { try onGradient(layer * 3 + 1, $0) }
      }
      try rows.withUnsafeMutableBufferPointer { try exchange.sum($0, rowCount: count) }
      let scale = parameters.values(layer * 5 + 1)
      let meanSlope = (0..<width).map { Float(rows[$0] / sampleTotals[layer]) }
      let meanMoment = (0..<width).map { Float(rows[width + $0] / sampleTotals[layer]) }
      for place in 0..<count {
        let state = layers[place][layer]
        for index in slopes[place].indices {
          let unit = index % width
          let slope = slopes[place][index] - meanSlope[unit] - state.normal[index] * meanMoment[unit]
          let takesPart = microBatches[place].weights[index / width] != 0
          slopes[place][index] = takesPart ? scale[unit] * inverses[layer][unit] * slope : 0
        }
        var gradient: [Float] = []
        for _ in 0..<max(repetitions, 1) { gradient = outer(slopes[place], state.input, width, sizes[layer]) }
        try gradient.withUnsafeBufferPointer { try onGradient(layer * 3, $0) }
        if layer > 0 { slopes[place] = back(slopes[place], weight(layer), width, sizes[layer]) }
      }
    }
    afterGradients()
    return loss
  }

  public func evaluate(_ microBatch: DenseBatch) throws -> [Double] {
    var values = microBatch.inputs
    for layer in 0..<hidden {
      let width = sizes[layer + 1]
      values = multiply(values, weight(layer), sizes[layer], width)
      let tensors = (1...4).map { parameters.values(layer * 5 + $0) }
      for index in values.indices {
        let unit = index % width
        let normal = (values[index] - tensors[2][unit]) / (tensors[3][unit] + Float(epsilon)).squareRoot()
        values[index] = max(tensors[0][unit] * normal + tensors[1][unit], 0)
      }
    }
    values = multiply(values, weight(hidden), sizes[hidden], outputs)
    let bias = parameters.values(hidden * 5 + 1)
    var sums = [0.0, 0, 0]
    for (sample, weight) in microBatch.weights.enumerated() {
      var error = 0.0
      for unit in 0..<outputs {
        let index = sample * outputs + unit
        let difference = Double(values[index] + bias[unit] - microBatch.targets[index])
        error += difference * difference / 2
      }
      sums[0] += weight * error
      sums[1] += weight
      sums[2] += error < 0.1 ? weight : 0
    }
    return sums
  }

  public func score(_ sums: [Double]) -> Double { -sums[0] / sums[1] }

  public func weight(of microBatch: DenseBatch) -> Double { microBatch.weights.reduce(0, +) }

  public func empty(like microBatch: DenseBatch) -> DenseBatch {
    DenseBatch(
      inputs: microBatch.inputs.map { _ in 0 }, targets: microBatch.targets.map { _ in 0 },
      weights: microBatch.weights.map { _ in 0 }, names: microBatch.names.map { _ in "" })
  }

  public func firstNonFinite(in microBatch: DenseBatch) -> String? {
    microBatch.names.indices.first { !isFinite(microBatch, $0) }.map { microBatch.names[$0] }
  }

  private func isFinite(_ batch: DenseBatch, _ sample: Int) -> Bool {
    batch.inputs[sample * inputs..<(sample + 1) * inputs].allSatisfy(\.isFinite)
      && batch.targets[sample * outputs..<(sample + 1) * outputs].allSatisfy(\.isFinite)
  }

  public func cleaned(_ microBatch: DenseBatch) -> (microBatch: DenseBatch, skipped: [String]) {
    var batch = microBatch
    var skipped: [String] = []
    for sample in batch.names.indices where !isFinite(microBatch, sample) {
      for index in sample * inputs..<(sample + 1) * inputs { batch.inputs[index] = 0 }
      for index in sample * outputs..<(sample + 1) * outputs { batch.targets[index] = 0 }
      batch.weights[sample] = 0
      skipped.append(batch.names[sample])
    }
    return (batch, skipped)
  }

  public func dump(_ microBatch: DenseBatch) -> [(name: String, shape: [Int], values: [Float])] {
    let count = microBatch.names.count
    return [
      ("inputs", [count, inputs], microBatch.inputs), ("targets", [count, outputs], microBatch.targets),
      ("weights", [count], microBatch.weights.map { Float($0) }),
    ]
  }

  // MARK: Products of matrices that lie row by row.

  private func weight(_ layer: Int) -> UnsafeMutableBufferPointer<Float> { parameters.values(layer * 5) }

  /// Rows of `a` (each `inner` long) times the rows of `b` (as long).
  private func multiply(_ a: [Float], _ b: UnsafeMutableBufferPointer<Float>, _ inner: Int, _ width: Int) -> [Float] {
    let rows = a.count / max(inner, 1)
    return a.withUnsafeBufferPointer { a in
      [Float](unsafeUninitializedCapacity: rows * width) { result, count in
        guard let left = a.baseAddress, let right = b.baseAddress else { return }
        for row in 0..<rows {
          for column in 0..<width {
            var lanes = SIMD8<Float>.zero
            var index = 0
            while index + 8 <= inner {
              lanes +=
                UnsafeRawPointer(left + row * inner + index).loadUnaligned(as: SIMD8<Float>.self)
                * UnsafeRawPointer(right + column * inner + index).loadUnaligned(as: SIMD8<Float>.self)
              index += 8
            }
            var sum = lanes.sum()
            while index < inner {
              sum += a[row * inner + index] * b[column * inner + index]
              index += 1
            }
            result[row * width + column] = sum
          }
        }
        count = rows * width
      }
    }
  }

  /// The sum over samples of slope times input: `width` rows of `inner`.
  private func outer(_ slopes: [Float], _ inputs: [Float], _ width: Int, _ inner: Int) -> [Float] {
    var result = [Float](repeating: 0, count: width * inner)
    result.withUnsafeMutableBufferPointer { result in
      inputs.withUnsafeBufferPointer { inputs in
        for sample in 0..<slopes.count / max(width, 1) {
          for unit in 0..<width {
            let slope = slopes[sample * width + unit]
            for index in 0..<inner { result[unit * inner + index] += slope * inputs[sample * inner + index] }
          }
        }
      }
    }
    return result
  }

  /// Slopes times the weights: the slopes of the layer before.
  private func back(
    _ slopes: [Float], _ weights: UnsafeMutableBufferPointer<Float>, _ width: Int, _ inner: Int
  ) -> [Float] {
    let samples = slopes.count / max(width, 1)
    var result = [Float](repeating: 0, count: samples * inner)
    result.withUnsafeMutableBufferPointer { result in
      for sample in 0..<samples {
        for unit in 0..<width {
          let slope = slopes[sample * width + unit]
          for index in 0..<inner { result[sample * inner + index] += slope * weights[unit * inner + index] }
        }
      }
    }
    return result
  }
}
