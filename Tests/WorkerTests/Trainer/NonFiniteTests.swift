import Foundation
import HSDLCompute
import MPI
import Testing
import TrainingChecks
import Worker

@Suite("Numbers that are not finite in a training")
struct NonFiniteTests {
  @Test("samples that hold them are left out and counted, the same on any number of ranks", arguments: 1...3)
  func samples(ranks: Int) throws {
    var training = ToyTraining()
    training.settings.epochs = 2
    training.sharing = .uneven
    let names = Names()
    let found = try train(
      training, ranks: ranks,
      callbacks: { _ in
        var callbacks = TrainingCallbacks()
        callbacks.onSkipped = { names.add($0) }
        return callbacks
      },
      change: { _, _, samples in
        samples.training.inputs[17 * 6 + 2] = .nan
        samples.training.targets[100 * 2] = -.infinity
      })
    #expect(names.sorted == ["sample-100", "sample-100", "sample-17", "sample-17"])
    #expect(found.outcome.epochs.map(\.skipped) == [2, 2])
    let without = try train(
      training, ranks: 1,
      change: { _, _, samples in
        samples.training.weights[17] = 0
        samples.training.weights[100] = 0
      })
    let isSame = zip(found.numbers, without.numbers).allSatisfy { $0 == $1 }
    #expect(isSame, "as if they had no weight")
  }

  @Test("a step without weights changes nothing")
  func weightless() throws {
    var training = ToyTraining()
    training.settings.averaging = nil
    training.settings.epochs = 1
    let result = try train(
      training, ranks: 2,
      change: { _, _, samples in
        for index in samples.training.weights.indices { samples.training.weights[index] = 0 }
      })
    let network = training.network()
    let isSame = withExtendedLifetime(network) {
      Array(network.parameters.weights) + Array(network.parameters.statistics) == result.numbers
    }
    #expect(isSame)
    #expect(result.outcome.epochs[0].trainingLoss == nil)
    #expect(result.outcome.epochs[0].steps == 10)
  }

  @Test("a loss that is none ends the training on all ranks, and keeps the samples", arguments: 1...3)
  func loss(ranks: Int) throws {
    let folder = try TrainingFolder()
    var training = ToyTraining()
    training.settings.schedule = LearningRateSchedule(baseRate: 1e30, scaling: .none)
    training.settings.optimizer = OptimizerSettings(.sgd)
    training.settings.largestNorm = nil
    training.settings.averaging = nil
    let copy = training
    let failures = Failures()
    #expect(throws: AgreedFailure.self) {
      try InProcessCommunicator.run(ranks: ranks) { communicator in
        do {
          _ = try copy.run(over: communicator, folder: folder.path)
        } catch {
          failures.add(error)
          throw error
        }
      }
    }
    #expect(failures.texts.count == ranks)
    #expect(Set(failures.texts).count == 1)
    #expect(failures.exitCodes.allSatisfy { $0 == 65 })
    let text = failures.texts[0]
    #expect(
      text.contains("is not finite; the samples of the step are in \(folder.path)/nonfinite-epoch1-step"), "\(text)")
    let file = try #require(folder.names.first { $0.hasPrefix("nonfinite-") })
    let data = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(file)")))
    let length = data[..<8].enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
    let header = try #require(try JSONSerialization.jsonObject(with: Data(data[8..<8 + length])) as? [String: Any])
    let entry = try #require(header["0/inputs"] as? [String: Any] ?? header["1/inputs"] as? [String: Any])
    #expect(entry["shape"] as? [Int] == [4, 6])
    #expect(entry["dtype"] as? String == "F32")
    let ends = header.values.compactMap { (($0 as? [String: Any])?["data_offsets"] as? [Int])?.last }
    #expect(ends.max() == data.count - 8 - length)
  }

  @Test("a rank's gradient that is none is found too", arguments: 0..<2)
  func gradient(rank: Int) throws {
    #expect(throws: AgreedFailure.self) {
      try train(
        ranks: 2,
        change: { own, network, _ in
          guard own == rank else { return }
          // The next forward pass of this rank alone goes wrong.
          network.afterGradients = { network.parameters.values(10)[0] = .infinity }
        })
    }
  }
}

final class Names: @unchecked Sendable {
  private let lock = NSLock()
  private var names: [String] = []

  func add(_ name: String) {
    lock.lock()
    names.append(name)
    lock.unlock()
  }

  var sorted: [String] {
    lock.lock()
    defer { lock.unlock() }
    return names.sorted()
  }
}
