import Foundation
import HSDLCompute
import Testing

/// Adds numbers over ranks that are threads, in the order of the ranks.
private final class ThreadExchange: @unchecked Sendable {
  private let ranks: Int
  let condition = NSCondition()
  private var parts: [Int: [Double]] = [:]
  private var sums: [Double] = []
  private var round = 0

  init(ranks: Int) { self.ranks = ranks }

  final class Rank: SumExchange {
    let exchange: ThreadExchange
    let rank: Int
    init(_ exchange: ThreadExchange, _ rank: Int) { (self.exchange, self.rank) = (exchange, rank) }
    func sum(_ values: UnsafeMutableBufferPointer<Double>) { exchange.sum(values, rank) }
  }

  private func sum(_ values: UnsafeMutableBufferPointer<Double>, _ rank: Int) {
    // The rank has the turn; while it waits another one has it.
    let mine = round
    parts[rank] = Array(values)
    if parts.count == ranks {
      sums = [Double](repeating: 0, count: values.count)
      for rank in 0..<ranks { for (index, value) in (parts[rank] ?? []).enumerated() { sums[index] += value } }
      parts = [:]
      round += 1
      condition.broadcast()
    }
    while round == mine { condition.wait() }
    for index in values.indices { values[index] = sums[index] }
  }
}

/// Gradients by tensor and key, the loss and the statistics of one rank.
private struct Step: Sendable {
  var gradients: [Int: [[Float]]] = [:]
  var loss = 0.0
  var statistics: [Float] = []
}

@Suite("Training pickers")
struct PickerTrainingTests {
  private static func step(
    _ architecture: AnyPickerArchitecture, _ batches: [PickerMicroBatch], keys: [Int], exchange: any SumExchange
  ) throws -> Step {
    let model = try PickerTraining(architecture.architecture, GradientTests.parameters(architecture.architecture))
    var step = Step()
    step.loss = try model.gradients(of: batches, totalWeight: 7, seed: 1, keys: keys, exchange: exchange) {
      step.gradients[$0, default: []].append(Array($1))
    }
    step.statistics = Array(model.parameters.statistics)
    return step
  }

  @Test("a step gives the same bits on one, two and three ranks", arguments: GradientTests.smallNetworks)
  func ranks(architecture: AnyPickerArchitecture) throws {
    let description = architecture.architecture.description
    let batches = (0..<4).map {
      GradientTests.microBatch(description, count: 2, seed: UInt64($0), weights: [1, $0 == 2 ? 0 : 1])
    }
    let alone = try Self.step(architecture, batches, keys: [0, 1, 2, 3], exchange: NoExchange())
    for shares in [[[0, 1], [2, 3]], [[0], [1, 2], [3]]] {
      let exchange = ThreadExchange(ranks: shares.count)
      let results = ResultBox()
      let threads = shares.enumerated().map { rank, share in
        let thread = Thread {
          // One rank at a time: the serial OpenBLAS is not made for several threads at once, and ranks are processes.
          exchange.condition.lock()
          defer { exchange.condition.unlock() }
          let step = Result {
            try Self.step(
              architecture, share.map { batches[$0] }, keys: share, exchange: ThreadExchange.Rank(exchange, rank))
          }
          results.put(rank, step)
        }
        thread.stackSize = 8 << 20
        return thread
      }
      threads.forEach { $0.start() }
      let steps = try results.wait(for: shares.count).map { try $0.get() }
      #expect(steps.allSatisfy { $0.statistics == alone.statistics })
      let sum = steps.reduce(0) { $0 + $1.loss }
      #expect(abs(sum - alone.loss) <= 1e-14 * abs(alone.loss))
      for tensor in alone.gradients.keys.sorted() {
        // Micro-batches may be told in any order.
        func sorted(_ lists: [[Float]]) -> [[UInt32]] {
          lists.map { $0.map(\.bitPattern) }.sorted { $0.lexicographicallyPrecedes($1) }
        }
        let together = steps.flatMap { $0.gradients[tensor] ?? [] }
        let isSame = sorted(together) == sorted(alone.gradients[tensor] ?? [])
        #expect(isSame, "tensor \(tensor)")
      }
    }
  }

  @Test("samples of weight 0 change nothing")
  func empty() throws {
    let architecture = AnyPickerArchitecture.phaseNet(PhaseNet(windowLength: 257))
    let description = architecture.architecture.description
    let full = GradientTests.microBatch(description, count: 2, seed: 1)
    let model = try PickerTraining(architecture.architecture, GradientTests.parameters(architecture.architecture))
    let alone = try Self.step(architecture, [full], keys: [0], exchange: NoExchange())
    let with = try Self.step(architecture, [full, model.empty(like: full)], keys: [0, 1], exchange: NoExchange())
    #expect(Bool(with.statistics == alone.statistics))
    #expect(with.loss == alone.loss)
    for (tensor, values) in alone.gradients {
      let others = with.gradients[tensor] ?? []
      #expect(others.count == 2)
      #expect(others.contains(values[0]) && others.contains { $0.allSatisfy { $0 == 0 } }, "tensor \(tensor)")
    }
    let nothing = try Self.step(architecture, [model.empty(like: full)], keys: [0], exchange: NoExchange())
    #expect(nothing.loss == 0)
    #expect(Bool(nothing.statistics == Array(model.parameters.statistics)))
  }

  @Test("scores count what is there, found and hit")
  func scores() throws {
    let network = PhaseNet(windowLength: 257)
    let parameters = network.freshParameters(seed: 1)
    let model = try PickerTraining(network, parameters)
    let batch = GradientTests.microBatch(network.description, count: 3, seed: 1, weights: [1, 2, 0])
    let sums = try model.evaluate(batch)
    #expect(model.metricNames == ["p_true", "p_found", "p_hit", "s_true", "s_found", "s_hit"])
    #expect(sums.count == 8 && sums[1] == 3 && sums[2] == 2 && sums[5] == 2)
    #expect(sums[0] > 0)
    #expect(model.score([6, 3, 2, 2, 1, 2, 2, 2]) == 0.75)
    #expect(model.score([6, 3, 2, 0, 0, 2, 0, 0]) == -2)
    #expect(try model.evaluate(model.empty(like: batch)) == [0, 0, 0, 0, 0, 0, 0, 0])
    var bad = batch
    bad.windows[257 * 3 + 5] = .nan
    #expect(model.firstNonFinite(in: bad) == "window 1")
    #expect(model.firstNonFinite(in: batch) == nil)
    bad.windows.removeLast()
    #expect(throws: ComputeError.self) { try model.evaluate(bad) }
  }

  @Test("errors of the exchange and of who takes the gradients come through")
  func errors() throws {
    struct Stop: Error {}
    final class Failing: SumExchange {
      var left: Int
      init(_ left: Int) { self.left = left }
      func sum(_ values: UnsafeMutableBufferPointer<Double>) throws {
        left -= 1
        if left < 0 { throw Stop() }
      }
    }
    let network = PhaseNet(windowLength: 257)
    let batch = GradientTests.microBatch(network.description, count: 2, seed: 1)
    for count in [0, 3, 20, 30] {
      let model = try PickerTraining(network, network.freshParameters(seed: 1))
      #expect(throws: Stop.self, "exchange \(count)") {
        try model.gradients(of: [batch], totalWeight: 2, seed: 1, keys: [0], exchange: Failing(count)) { _, _ in }
      }
    }
    let model = try PickerTraining(network, network.freshParameters(seed: 1))
    #expect(throws: Stop.self) {
      try model.gradients(of: [batch], totalWeight: 2, seed: 1, keys: [0], exchange: NoExchange()) { _, _ in
        throw Stop()
      }
    }
  }

  @Test(
    "what comes out for a window does not depend on its neighbours or its place", arguments: GradientTests.smallNetworks
  )
  func independence(architecture: AnyPickerArchitecture) throws {
    let parameters = GradientTests.parameters(architecture.architecture)
    let length = architecture.architecture.description.windowLength
    let window = scattered(3 * length, seed: 1)
    let alone = try NetworkReferenceTests.probabilities(architecture.architecture, parameters, window, batchSize: 4)
    for place in 0..<6 {
      var windows = scattered(6 * 3 * length, seed: UInt64(place + 2), scale: 100)
      windows.replaceSubrange(place * 3 * length..<(place + 1) * 3 * length, with: window)
      let all = try NetworkReferenceTests.probabilities(architecture.architecture, parameters, windows, batchSize: 4)
      let stride = alone.count
      let isSame = Array(all[place * stride..<(place + 1) * stride]) == alone
      #expect(isSame, "place \(place)")
    }
  }

  @Test("fresh weights are the same every time, and those of other seeds differ")
  func fresh() throws {
    for architecture in GradientTests.smallNetworks.map(\.architecture) {
      func weights(_ seed: UInt64) -> [Float] {
        let parameters = architecture.freshParameters(seed: seed)
        return withExtendedLifetime(parameters) { Array(parameters.weights) }
      }
      let isRepeated = weights(1) == weights(1)
      let isOther = weights(1) != weights(2)
      let isFinite = weights(1).allSatisfy { $0.isFinite }
      #expect(isRepeated && isOther && isFinite)
    }
    #expect(EQTransformer().layout.filter { $0.role == .weight }.reduce(0) { $0 + $1.count } == 376_935)
    #expect(PhaseNet().layout.filter { $0.role == .weight }.reduce(0) { $0 + $1.count } == 268_443)
    #expect(EQCCT(phases: [.p]).layout.filter { $0.role == .weight }.reduce(0) { $0 + $1.count } == 211_312)
    #expect(EQCCT(phases: [.s]).layout.filter { $0.role == .weight }.reduce(0) { $0 + $1.count } == 636_592)
  }

  @Test("numbers of another layout are refused, naming the first tensor that differs")
  func layouts() throws {
    #expect {
      try LibtorchPicker(PhaseNet(), NetworkParameters(PhaseNet(filterFactor: 2).layout))
    } throws: {
      "\($0)".contains("'inc.weight' [16, 3, 7]") && "\($0)".contains("[8, 3, 7]")
    }
    #expect {
      try LibtorchPicker(EQTransformer(), NetworkParameters(EQTransformer(recurrentBlocks: 2).layout))
    } throws: {
      "\($0)".contains("bi_lstm_stack.members.2")
    }
  }
}

/// Results of threads.
private final class ResultBox: @unchecked Sendable {
  let condition = NSCondition()
  private var results: [Int: Result<Step, any Error>] = [:]

  func put(_ rank: Int, _ result: Result<Step, any Error>) {
    condition.lock()
    results[rank] = result
    condition.broadcast()
    condition.unlock()
  }

  func wait(for count: Int) -> [Result<Step, any Error>] {
    condition.lock()
    defer { condition.unlock() }
    let limit = Date(timeIntervalSinceNow: 60)
    while results.count < count, condition.wait(until: limit) {}
    return (0..<count).map { results[$0] ?? .failure(CocoaError(.fileReadUnknown)) }
  }
}
