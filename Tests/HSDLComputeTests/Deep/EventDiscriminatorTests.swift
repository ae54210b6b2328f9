import HSDLCompute
import TestSupport
import Testing

@Suite("The event discriminator")
struct EventDiscriminatorTests {
  private var small: DiscriminatorArchitecture {
    var architecture = DiscriminatorArchitecture()
    architecture.channels = [4, 4]
    architecture.kernels = [5, 5]
    architecture.groups = 2
    architecture.attributeWidth = 4
    architecture.width = 8
    architecture.heads = 2
    architecture.feedForward = 8
    architecture.headWidth = 4
    architecture.dropout = 0
    return architecture
  }

  private func batch(_ events: [(EventWindows, Float)], filling: Int = 0) -> EventMicroBatch {
    EventMicroBatch(
      events.enumerated().map { (windows: $1.0, target: $1.1, weight: 1, name: "\($0)") }, filling: filling)
  }

  @Test("it has a few hundred thousand weights, of which no two draws are the same, and the same seed gives the same")
  func size() throws {
    let architecture = DiscriminatorArchitecture()
    let parameters = try architecture.initialParameters(seed: 1)
    #expect((100_000...300_000).contains(parameters.weights.count))
    let (again, other) = (try architecture.initialParameters(seed: 1), try architecture.initialParameters(seed: 2))
    #expect(Array(again.weights) == Array(parameters.weights))
    #expect(Array(other.weights) != Array(parameters.weights))
    var damaged = architecture
    damaged.heads = 7
    #expect(throws: ComputeError.self) { try damaged.initialParameters(seed: 1) }
  }

  @Test("the order of stations has no effect", arguments: [2, 9, 17])
  func permutation(stations: Int) throws {
    let architecture = DiscriminatorArchitecture()
    let discriminator = try EventDiscriminator(architecture, architecture.initialParameters(seed: 3))
    let event = SyntheticWindows.event(stations: stations, isReal: true, seed: 5)
    let logit = try discriminator.logit(of: event)
    #expect(logit.isFinite)
    let others = try [Array((0..<stations).reversed()), Array(1..<stations) + [0]].map {
      try discriminator.logit(of: event.selecting($0))
    }
    for other in others { #expect(abs(other - logit) < 1e-5) }
    // And stations do have one.
    let alone = try discriminator.logit(of: event.selecting([0]))
    #expect(abs(alone - logit) > 1e-4)
  }

  @Test("an event's logit has the same bits whatever was scored before")
  func neighbours() throws {
    let architecture = DiscriminatorArchitecture()
    let discriminator = try EventDiscriminator(architecture, architecture.initialParameters(seed: 3))
    let event = SyntheticWindows.event(stations: 5, isReal: true, seed: 5)
    let logit = try discriminator.logit(of: event)
    _ = try discriminator.logit(of: SyntheticWindows.event(stations: 20, isReal: false, seed: 6))
    #expect(try discriminator.logit(of: event).bitPattern == logit.bitPattern)
    #expect(try discriminator.logit(of: EventWindows()).isNaN)
  }

  @Test("what stands in the place of a station that is absent has no effect, to the bit")
  func filling() throws {
    let model = try DiscriminatorTraining(small, small.initialParameters(seed: 3))
    let events = [
      (SyntheticWindows.event(stations: 2, isReal: true, seed: 5), Float(1)),
      (SyntheticWindows.event(stations: 6, isReal: false, seed: 6), Float(0)),
    ]
    var batch = batch(events, filling: 3)
    let logits = try model.logits(batch)
    #expect(logits.count == 3)
    let size = batch.windows.count / batch.absent.count
    let width = batch.attributes.count / batch.absent.count
    for place in batch.absent.indices where batch.absent[place] == 1 {
      for index in 0..<size { batch.windows[place * size + index] = 1e4 * Float(index % 7) }
      for index in 0..<width { batch.attributes[place * width + index] = -1e5 }
    }
    #expect(try model.logits(batch).map(\.bitPattern) == logits.map(\.bitPattern))
    // The fixed shapes of scoring come to the same, but for rounding.
    let discriminator = try EventDiscriminator(small, model.parameters)
    for (event, logit) in zip(events, logits) {
      let scored = try discriminator.logit(of: event.0)
      #expect(abs(scored - Double(logit)) < 1e-5)
    }
  }

  @Test("gradients are those of the loss, by finite differences")
  func gradients() throws {
    let parameters = try small.initialParameters(seed: 4)
    let model = try DiscriminatorTraining(small, parameters)
    let batches = [
      batch([(SyntheticWindows.event(stations: 3, isReal: true, seed: 5), 1)]),
      batch([(SyntheticWindows.event(stations: 2, isReal: false, seed: 6), 0)], filling: 2),
    ]
    var sums = [[Float]](repeating: [], count: parameters.weightTensors.count)
    var told = [Int](repeating: 0, count: sums.count)
    let loss = try model.gradients(
      of: batches, totalWeight: 2, seed: 1, keys: [0, 1], exchange: NoExchange()
    ) { tensor, values in
      told[tensor] += 1
      sums[tensor] = sums[tensor].isEmpty ? Array(values) : zip(sums[tensor], values).map { $0 + $1 }
    }
    #expect(told.allSatisfy { $0 == 2 })
    func total() throws -> Double { try batches.reduce(0) { try $0 + model.evaluate($1)[0] } / 2 }
    let whole = try total()
    var checked = 0
    #expect(abs(loss / 2 - whole) < 1e-5)
    // Along each tensor's gradient, where the slope is its length; a short step, for rectifiers have kinks.
    for (number, tensor) in parameters.weightTensors.enumerated() {
      let values = parameters.values(tensor)
      let before = Array(values)
      let length = sums[number].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      guard length > 1e-2 else { continue }
      checked += 1
      func loss(_ step: Double) throws -> Double {
        for index in before.indices { values[index] = before[index] + Float(step / length) * sums[number][index] }
        return try total()
      }
      let slope = (try loss(0.0005) - loss(-0.0005)) / 0.001
      _ = values.update(fromContentsOf: before)
      #expect(abs(slope / length - 1) < 0.03, "\(parameters.layout[tensor].name)")
    }
    #expect(checked > parameters.weightTensors.count / 2)
  }

  @Test("a few steps down the gradient tell events whose onsets fit from others")
  func learning() throws {
    let parameters = try small.initialParameters(seed: 4)
    let model = try DiscriminatorTraining(small, parameters)
    var events: [(EventWindows, Float)] = []
    for number in 0..<8 {
      let isReal = number % 2 == 0
      events.append((SyntheticWindows.event(stations: 3, isReal: isReal, seed: UInt64(number)), isReal ? 1 : 0))
    }
    let batch = batch(events)
    let before = try model.evaluate(batch)
    // Adam (Kingma and Ba, 2015), without its correction of the first steps.
    var first = [Float](repeating: 0, count: parameters.weights.count)
    var second = first
    for step in 1...80 {
      var gradient = first.map { _ in Float(0) }
      _ = try model.gradients(
        of: [batch], totalWeight: 8, seed: UInt64(step), keys: [0], exchange: NoExchange()
      ) { tensor, values in
        let start = parameters.offsets[parameters.weightTensors[tensor]]
        for index in values.indices { gradient[start + index] = values[index] }
      }
      for index in gradient.indices {
        let slope: Float = gradient[index]
        first[index] = 0.9 * first[index] + 0.1 * slope
        second[index] = 0.99 * second[index] + 0.01 * slope * slope
        let root: Float = second[index].squareRoot() + 1e-6
        parameters.weights[index] -= 0.006 * first[index] / root
      }
    }
    let after = try model.evaluate(batch)
    #expect(after[0] < 0.2 * before[0])
    #expect(model.score(after) > 0.99)
  }

  @Test("the score is the area under the curve; sums of parts are the sum of the whole")
  func score() throws {
    let model = try DiscriminatorTraining(small, small.initialParameters(seed: 4))
    let count = model.metricNames.count / 2
    func sums(_ real: [Int], _ fake: [Int]) -> [Double] {
      var sums = [Double](repeating: 0, count: 2 + 2 * count)
      for bin in real { sums[2 + bin] += 1 }
      for bin in fake { sums[2 + count + bin] += 1 }
      return sums
    }
    #expect(model.score(sums([5, 6], [1, 2])) == 1)
    #expect(model.score(sums([1], [5])) == 0)
    #expect(model.score(sums([3], [3])) == 0.5)
    #expect(model.score(sums([3, 1], [2, 0])) == 0.75)
    #expect(model.score(sums([3], [])).isNaN)
    #expect(model.weight(of: model.empty(like: batch([]))) == 0)
    let whole = try model.evaluate(
      batch([(SyntheticWindows.event(stations: 3, isReal: true, seed: 5), 1)], filling: 2))
    #expect(whole[1] == 1)
    #expect(whole[2...].reduce(0, +) == 1)
  }
}
