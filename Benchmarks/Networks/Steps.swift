import HSDLCompute

/// Training steps with all windows, cut into micro-batches; prints windows a second.
func steps(
  _ architecture: any PickerArchitecture, _ parameters: NetworkParameters, _ windows: [Float], targets: [Float],
  microBatch size: Int
) throws {
  let training = try PickerTraining(architecture, parameters)
  let length = architecture.description.windowLength
  let outputs = architecture.description.outputs.count
  let count = windows.count / (3 * length)
  let batches = stride(from: 0, to: count - size + 1, by: size).map { first in
    PickerMicroBatch(
      count: size, length: length, windows: Array(windows[first * 3 * length..<(first + size) * 3 * length]),
      targets: Array(targets[first * outputs * length..<(first + size) * outputs * length]),
      weights: [Float](repeating: 1, count: size), arrivals: [(p: Float, s: Float)](repeating: (-1, -1), count: size),
      names: [String](repeating: "", count: size))
  }
  var gradient = [Double](repeating: 0, count: parameters.weights.count)
  var first = [Float](repeating: 0, count: parameters.weights.count)
  var second = first
  var loss = 0.0
  var step = 0
  let seconds = try leastSeconds(runs: 4) {
    step += 1
    for place in gradient.indices { gradient[place] = 0 }
    loss = try training.gradients(
      of: batches, totalWeight: Double(batches.count * size), seed: UInt64(step), keys: Array(batches.indices),
      exchange: NoExchange()
    ) { tensor, values in
      let offset = parameters.offsets[parameters.weightTensors[tensor]]
      for (place, value) in values.enumerated() { gradient[offset + place] += Double(value) }
    }
    let rate = 1e-4 * Float((1 - 0.999.power(step)).squareRoot() / (1 - 0.9.power(step)))
    for place in gradient.indices {
      let value = Float(gradient[place])
      first[place] += 0.1 * (value - first[place])
      second[place] += 0.001 * (value * value - second[place])
      parameters.weights[place] -= rate * first[place] / (second[place].squareRoot() + 1e-8)
    }
  }
  print("step \(Double(batches.count * size) / seconds) windows/s, loss \(loss / Double(batches.count * size))")
}

extension Double {
  fileprivate func power(_ exponent: Int) -> Double { (0..<exponent).reduce(1) { product, _ in product * self } }
}
