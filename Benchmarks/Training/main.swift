import Foundation
import HSDLCompute
import MPI
import TrainingChecks
import Worker

// What a training over ranks costs; see docs/scaling.md. Under mpirun, with no more ranks than cores.
//   allreduce            seconds of a sum of doubles over the ranks, by its length; latency and bandwidth
//   steps [EPOCHS]       the parts of a step of a network of 409,000 weights, with and without overlap
//   phasenet [PAIRS] [STEPS] [WINDOWS], eqtransformer [PAIRS] [STEPS] [WINDOWS]
//                        all ranks together against each on its own, side by side; windows a step and rank;
//                        with one-bucket gradients are summed when the backward pass has ended

let world = try MPIEnvironment.initialize()
let arguments = Array(CommandLine.arguments.dropFirst())

func say(_ text: String) {
  if world.isRoot { print(text) }
}

func padded(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(width - text.count, 0)) + text
}

func fixed(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(decimals)f", value) }

/// Processor time of this process, the system's part included.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func seconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// The least and the middle of the times of a sum of so many doubles: on a machine that does other work the least is nearest to what the library takes.
func allreduce(_ count: Int, repeats: Int) throws -> (least: Double, median: Double) {
  var times: [Double] = []
  let buffer = MessageBuffer<Double>(count: count)
  for _ in 0..<repeats {
    try world.barrier()
    let start = seconds()
    try world.iallreduce(buffer, .sum).wait()
    times.append(try world.allreduce(seconds() - start, .maximum))
  }
  times.sort()
  return (times[0], times[times.count / 2])
}

func measureReductions() throws {
  say("sum of doubles over \(world.size) ranks: least and median of its time on the slowest rank")
  say("       bytes   least µs  median µs      GB/s")
  var points: [(bytes: Double, time: Double)] = []
  for power in 0...21 {
    let count = 1 << power
    let (least, median) = try allreduce(count, repeats: power < 14 ? 200 : 40)
    points.append((Double(count * 8), least))
    let rate = Double(count * 8) / least / 1e9
    say(
      padded("\(count * 8)", 12) + padded(fixed(least * 1e6, 1), 11) + padded(fixed(median * 1e6, 1), 11)
        + padded(fixed(rate, 2), 10))
  }
  // Straight lines through what a bucket may have, and through what it should not: beyond the caches.
  let latency = points[0].time
  func bandwidth(_ range: ClosedRange<Double>) -> Double {
    let part = points.filter { range.contains($0.bytes) }
    return part.reduce(0) { $0 + $1.bytes * $1.bytes } / part.reduce(0) { $0 + ($1.time - latency) * $1.bytes }
  }
  let near = fixed(bandwidth(0x1p16...0x1p20) * 1e-9, 2)
  let far = fixed(bandwidth(0x1p22...0x1p24) * 1e-9, 2)
  say(
    "time = latency + bytes / bandwidth: latency \(fixed(latency * 1e6, 1)) µs, bandwidth \(near) GB/s to 1 MiB, \(far) GB/s from 4 MiB"
  )
}

func measureSteps(epochs: Int) throws {
  var training = ToyTraining()
  training.sizes = [256, 560, 384, 128, 8]
  training.count = 640
  training.globalBatch = 64
  training.microBatch = 8
  training.settings.epochs = epochs
  training.settings.averaging = nil
  let weights = training.network().parameters.layout.filter { $0.role == .weight }.reduce(0) { $0 + $1.count }
  say(
    "\(weights) weights, 64 samples a step in 8 micro-batches, \(world.size) ranks; ms a step, epoch with the least of \(epochs)"
  )
  say("                    step   compute      wait  exposed sums  statistics    data")
  for (name, first, others) in [("overlapped", 1 << 16, 1 << 20), ("one bucket at the end", 1 << 30, 1 << 30)] {
    training.settings.firstBucketBytes = first
    training.settings.bucketBytes = others
    let outcome = try training.run(over: world).outcome
    let parts = outcome.epochs.dropFirst().map { epoch in
      let times = epoch.times
      return [times.compute, times.wait, times.allreduce, times.statistics, times.data].map { $0 / 10 * 1000 }
    }
    guard let best = parts.min(by: { $0.reduce(0, +) < $1.reduce(0, +) }) else { continue }
    say(
      "\(name)\n" + padded(fixed(best.reduce(0, +), 2), 24) + padded(fixed(best[0], 2), 10)
        + padded(fixed(best[1], 2), 10) + padded(fixed(best[2], 2), 14) + padded(fixed(best[3], 2), 12)
        + padded(fixed(best[4], 2), 8))
  }
}

do {
  switch arguments.first {
  case "steps": try measureSteps(epochs: arguments.count > 1 ? Int(arguments[1]) ?? 6 : 6)
  case "allreduce": try measureReductions()
  case "phasenet", "eqtransformer":
    let numbers = arguments.dropFirst().compactMap { Int($0) }
    try measurePicker(
      arguments[0], pairs: numbers.first ?? 8, steps: numbers.dropFirst().first ?? 6,
      share: numbers.count > 2 ? numbers[2] : nil, inOneBucket: arguments.contains("one-bucket"))
  default: say("give allreduce, steps, phasenet or eqtransformer; see docs/scaling.md")
  }
  MPIEnvironment.finalize(exitCode: 0)
} catch {
  FileHandle.standardError.write(Data("rank \(world.rank): \(error)\n".utf8))
  MPIEnvironment.abort(exitCode: 70)
}
