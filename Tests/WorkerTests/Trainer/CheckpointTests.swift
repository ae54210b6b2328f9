import Foundation
import HSDLCompute
import MPI
import SeismicFormats
import TestSupport
import Testing
import TrainingChecks
import Worker

@Suite("Checkpoints of a training")
struct CheckpointTests {
  static let whole = Result { try train(ranks: 1) }

  @Test(
    "a training that ends after any epoch goes on as if nothing had happened, on another number of ranks",
    arguments: 1...4, [(1, 3), (2, 1), (3, 2), (4, 4)])
  func epochs(after: Int, ranks: (Int, Int)) throws {
    let folder = try TrainingFolder()
    var training = ToyTraining()
    training.settings.epochs = after
    _ = try train(training, ranks: ranks.0, folder: folder.path)
    training.settings.epochs = 5
    training.sharing = .uneven
    let isSame = try train(training, ranks: ranks.1, folder: folder.path).isSame(as: Self.whole.get())
    #expect(isSame)
    #expect(folder.names == ["best.checkpoint", "history.csv", "last.checkpoint"])
    let table = try String(contentsOfFile: folder.path + "/history.csv", encoding: .utf8).split(separator: "\n")
    #expect(table.count == 6)
    #expect(
      table[0]
        == "epoch,steps,samples,learning_rate,train_loss,validation_loss,score,close,gradient_norm,skipped,seconds_compute,seconds_wait,seconds_allreduce,seconds_statistics,seconds_data,seconds"
    )
    #expect(table.dropFirst().map { $0.split(separator: ",").first ?? "" } == ["1", "2", "3", "4", "5"])
  }

  @Test("one that is asked to stop at any step does too", arguments: [0, 1, 7, 10, 11, 25, 49])
  func stopped(at step: Int) throws {
    let folder = try TrainingFolder()
    let part = try train(ranks: 2, folder: folder.path) { communicator in
      // One rank alone is told.
      var callbacks = TrainingCallbacks()
      let count = Counter()
      callbacks.shouldStop = { communicator.rank == 1 && count.next() > step }
      return callbacks
    }
    #expect(part.outcome.ending == .stopped)
    #expect(part.outcome.epochs.count == step / 10)
    let isSame = try train(ranks: 3, folder: folder.path).isSame(as: Self.whole.get())
    #expect(isSame)
  }

  @Test("one that is killed between checkpoints goes on from the last", arguments: [3, 9, 24])
  func killed(at step: Int) throws {
    let folder = try TrainingFolder()
    var training = ToyTraining()
    training.settings.checkpointSteps = 4
    let copy = training
    #expect(throws: AgreedFailure.self) {
      try InProcessCommunicator.run(ranks: 2) { communicator in
        let samples = FailingSamples(copy.samples(communicator), failsAt: step)
        let trainer = try Trainer(
          copy.network(), samples, settings: copy.settings, folder: folder.path, over: communicator)
        _ = try trainer.run()
      }
    }
    #expect(folder.names.contains("last.checkpoint") == (step > 4))
    // How often checkpoints are written is no part of the result.
    training.settings.checkpointSteps = nil
    let isSame = try train(training, ranks: 3, folder: folder.path).isSame(as: Self.whole.get())
    #expect(isSame)
  }

  @Test("a training that is done is not done again; more epochs may be asked for")
  func done() throws {
    let folder = try TrainingFolder()
    let first = try train(ranks: 2, folder: folder.path)
    let steps = Counter()
    let second = try train(ranks: 1, folder: folder.path) { _ in
      var callbacks = TrainingCallbacks()
      callbacks.onStep = { _, _ in _ = steps.next() }
      return callbacks
    }
    #expect(steps.value == 0)
    let isSame = second.isSame(as: first)
    #expect(isSame)
  }

  @Test("a file that is cut off anywhere, or changed anywhere, is refused")
  func damaged() throws {
    let folder = try TrainingFolder()
    var training = ToyTraining()
    training.settings.epochs = 1
    training.sizes = [3, 2, 1]
    let after = try train(training, ranks: 1, folder: folder.path)
    let path = folder.path + "/last.checkpoint"
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    func attempt(_ bytes: [UInt8]) throws -> ToyTraining.Result {
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      return try train(training, ranks: 1, folder: folder.path)
    }
    var accepted: [String] = []
    for length in stride(from: 0, to: bytes.count, by: 7) {
      if (try? attempt(Array(bytes[..<length]))) != nil { accepted.append("length \(length)") }
    }
    for place in stride(from: 0, to: bytes.count, by: 11) {
      var changed = bytes
      changed[place] ^= 0x10
      if (try? attempt(changed)) != nil { accepted.append("byte \(place)") }
    }
    #expect(accepted == [])
    do {
      _ = try attempt(Array(bytes.dropLast(100)))
      Issue.record("accepted")
    } catch let error as AgreedFailure {
      #expect(error.exitCode == 65)
      #expect(error.description.contains("do not agree with their hash"), "\(error)")
      #expect(error.description.hasPrefix(path))
    }
    let isSame = try attempt(bytes).isSame(as: after)
    #expect(isSame, "the undamaged one is taken")
  }

  @Test("one of another training is refused, and what differs is said")
  func otherTraining() throws {
    let folder = try TrainingFolder()
    var training = ToyTraining()
    training.settings.epochs = 1
    _ = try train(training, ranks: 1, folder: folder.path)
    let changes: [(name: String, change: (inout ToyTraining) -> Void)] = [
      ("schedule.baseRate is 0.01 there and 0.02 here", { $0.settings.schedule.baseRate = 0.02 }),
      ("seed is 1 there and 2 here", { $0.settings.seed = 2 }),
      ("patience is not set there and 4 here", { $0.settings.patience = 4 }),
      ("averaging is 0.9 there and not set here", { $0.settings.averaging = nil }),
      ("optimizer.method is adamw there and adam here", { $0.settings.optimizer.method = .adam }),
      ("data: samples is 230 there and 231 here", { $0.count = 231 }),
      ("data: micro-batch is 4 there and 6 here", { $0.microBatch = 6 }),
      ("tensor 0.weight [16, 6] there is 0.weight [17, 6] here", { $0.sizes[1] = 17 }),
      ("the network has 12 tensors there and 17 here", { $0.sizes = [6, 16, 12, 2, 2] }),
    ]
    for (text, change) in changes {
      var other = training
      change(&other)
      do {
        _ = try train(other, ranks: 2, folder: folder.path)
        Issue.record("accepted: \(text)")
      } catch let error as AgreedFailure {
        if text.hasPrefix("the network has") {
          #expect(error.description.contains("tensor "), "\(error)")
        } else {
          #expect(error.description.contains(text), "\(error)")
        }
        #expect(error.exitCode == 65)
      }
    }
  }

  @Test("processes: any number of ranks, as threads, and after an end at any epoch", arguments: 1...4)
  func processes(ranks: Int) throws {
    let expected = String(try Self.whole.get().hash, radix: 16)
    let all = try Program.run("training-checks", [ranks == 1 ? "even" : "lastEmpty"], ranks: ranks, timeout: 60)
    #expect(all.errorOutput == "")
    #expect(all.output == "\(expected) after 5 epochs\n")
    let folder = try TrainingFolder()
    let begun = try Program.run("training-checks", ["even", folder.path, "\(ranks)"], ranks: 5 - ranks, timeout: 60)
    #expect(begun.exitCode == 0)
    let ended = try Program.run("training-checks", ["uneven", folder.path, "5"], ranks: ranks, timeout: 60)
    #expect(ended.errorOutput == "")
    #expect(ended.output == "\(expected) after 5 epochs\n")
  }

  @Test(
    "a process that is killed in the middle of an epoch, and another number of them",
    arguments: [(1, 2), (2, 3), (3, 1)])
  func killedProcess(ranks: (Int, Int)) throws {
    let expected = String(try Self.whole.get().hash, radix: 16)
    let folder = try TrainingFolder()
    let killed = try Program.run("training-checks", ["even", folder.path, "5", "27"], ranks: ranks.0, timeout: 60)
    #expect(killed.exitCode != 0)
    #expect(folder.names == ["best.checkpoint", "history.csv", "last.checkpoint"])
    let table = try String(contentsOfFile: folder.path + "/history.csv", encoding: .utf8).split(separator: "\n")
    #expect(table.count == 3, "two epochs were done")
    let ended = try Program.run("training-checks", ["uneven", folder.path, "5"], ranks: ranks.1, timeout: 60)
    #expect(ended.errorOutput == "")
    #expect(ended.output == "\(expected) after 5 epochs\n")
  }
}

/// Counts calls from several threads.
final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0

  func next() -> Int {
    lock.lock()
    defer { lock.unlock() }
    count += 1
    return count
  }

  var value: Int {
    lock.lock()
    defer { lock.unlock() }
    return count
  }
}
