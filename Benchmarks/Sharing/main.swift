import Coordinator
import Foundation
import MPI
import SeismicFormats

// What sharing out units costs; see docs/scaling.md.
//   simulate             a cluster of 4 to 1,024 ranks whose time is only counted, with costs of heavy tails
//   coordinator [UNITS]  units that take nothing through the real coordinator, under mpirun: units a second, memory
//   ledger FOLDER [UNITS] [MS]    units that write a small file and keep the processor busy for some ms, under mpirun: what the ledger takes, and
//                                 how soon a second run knows that all are done
//   busy [UNITS] [MS]    units of tenfold different length that keep the processor busy, under mpirun: how idle the ranks are

let arguments = Array(CommandLine.arguments.dropFirst())

func fixed(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(decimals)f", value) }

func seconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Random numbers that are the same everywhere (SplitMix64; Steele, Lea and Flood, 2014).
struct Draw: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func normal() -> Double {
    let (u, v) = (Double.random(in: 1e-300..<1, using: &self), Double.random(in: 0..<1, using: &self))
    return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
  }
}

enum Costs: String, CaseIterable {
  case lognormal, pareto, tenfold

  /// Seconds of units of 2 s on average.
  func seconds(_ count: Int, _ draw: inout Draw) -> [Double] {
    let raw = (0..<count).map { _ -> Double in
      switch self {
      case .lognormal: exp(draw.normal())
      // A tail so heavy that it has no variance, cut at a hundred times the least.
      case .pareto: min(pow(Double.random(in: 1e-12..<1, using: &draw), -1 / 1.5), 100)
      case .tenfold: Double.random(in: 1...10, using: &draw)
      }
    }
    let mean = raw.reduce(0, +) / Double(count)
    return raw.map { 2 * $0 / mean }
  }
}

func simulate() {
  print("100 units a rank, 2 s on average; estimates wrong by a factor with sigma 0.5; polls every 50 ms")
  print("costs      ranks  efficiency  of best  idlest  rank 0 did   static  no polls   only coordinating   all known")
  for costs in Costs.allCases {
    for ranks in [4, 16, 64, 256, 512, 1024] {
      var draw = Draw(state: UInt64(ranks))
      let own = costs.seconds(100 * ranks, &draw)
      let estimates = own.map { $0 * exp(0.5 * draw.normal()) }
      let cluster = SimulatedCluster(ranks: ranks, seconds: own, estimates: estimates)
      var silent = cluster
      silent.times.poll = .infinity
      var apart = cluster
      apart.root = .never
      let known = SimulatedCluster(ranks: ranks, seconds: own, estimates: own)
      let (usual, fixedly) = (cluster.run(), cluster.runStatic())
      func percent(_ value: Double) -> String {
        String(repeating: " ", count: max(0, 7 - fixed(100 * value, 1).count)) + fixed(100 * value, 1)
      }
      print(
        costs.rawValue.padding(toLength: 10, withPad: " ", startingAt: 0), String(format: "%5d", ranks),
        "  ", percent(usual.efficiency), percent(usual.ofBest), percent(usual.idlest),
        String(format: "%10d", usual.rootUnits), percent(fixedly.efficiency), "  ", percent(silent.run().efficiency),
        "          ", percent(apart.run().efficiency), "    ", percent(known.run().efficiency))
    }
  }
}

func memory() -> Int { MemoryPlan.peak() >> 10 }

func coordinator(_ units: Int) throws {
  let world = try MPIEnvironment.initialize()
  let payload = [UInt8](repeating: 7, count: 64)
  for rootWorks in [true, false] where rootWorks || world.size > 1 {
    var settings = SharingSettings()
    settings.rootWorks = rootWorks
    var (own, told) = (0, 0)
    try world.barrier()
    let start = seconds()
    try UnitSharing(costs: [Double](repeating: 1, count: units), settings: settings, over: world).run(
      work: { _, _ in
        own += 1
        return payload
      }, onResult: { _, bytes in told += bytes.count })
    let elapsed = try world.allreduce(seconds() - start, .maximum)
    let most = try world.allreduce(memory(), .maximum)
    let counts = try world.gatherv([own])
    if world.isRoot {
      print(
        "\(units) units at \(world.size) ranks, rank 0 \(rootWorks ? "may work" : "only coordinates"): \(fixed(elapsed, 3)) s, \(fixed(Double(units) / elapsed, 0)) units/s; by rank \(counts.map { $0[0] }); at most \(most) KiB a rank; all told: \(told == units * payload.count)"
      )
    }
  }
  MPIEnvironment.finalize(exitCode: 0)
}

func busy(_ units: Int, milliseconds: Double) throws {
  let world = try MPIEnvironment.initialize()
  var draw = Draw(state: 1)
  let lengths = Costs.tenfold.seconds(units, &draw).map { $0 / 2 * milliseconds / 1000 }
  let estimates = lengths.map { $0 * exp(0.5 * draw.normal()) }
  var worked = 0.0
  try world.barrier()
  let start = seconds()
  try UnitSharing(costs: estimates, over: world).run(
    work: { unit, poll in
      // A length of time, not of work: other load on the machine does not count.
      let begin = seconds()
      while seconds() - begin < lengths[unit] {
        usleep(useconds_t(min(5000, 1e6 * max(0, lengths[unit] - (seconds() - begin)))))
        try poll()
      }
      worked += seconds() - begin
      return []
    }, onResult: { _, _ in })
  let own = seconds() - start
  let elapsed = try world.allreduce(own, .maximum)
  let all = try world.gatherv([worked])
  if world.isRoot {
    let shares = all.map { $0[0] / elapsed }
    print(
      "\(units) units of \(fixed(milliseconds, 0)) ms on average at \(world.size) ranks: \(fixed(elapsed, 3)) s; idle, of the least busy rank: \(fixed(100 * (1 - (shares.min() ?? 0)), 2)) %; busy by rank \(shares.map { fixed(100 * $0, 2) })"
    )
  }
  MPIEnvironment.finalize(exitCode: 0)
}

func ledger(_ folder: String, _ units: Int, milliseconds: Double) throws {
  let world = try MPIEnvironment.initialize()
  let text = [UInt8](repeating: 65, count: 2000)
  for turn in ["first", "second"] {
    try world.barrier()
    let start = seconds()
    var identity = JobIdentity(command: "benchmark", version: "1")
    identity.add("units", units)
    let report = Reporter(rank: 1)
    guard
      let work = try WorkFolder.open(
        in: folder, for: identity, limits: RunLimits(), overwrites: false, over: world, report: report)
    else { break }
    let course = try UnitCourse(
      (0..<units).map { UInt64($0) &* 0x9E37_79B9_7F4A_7C15 }, costs: [Double](repeating: 1, count: units), in: work,
      over: world, report: report)
    var (worked, done) = (0.0, 0)
    try course.run(
      work: { unit, poll in
        let begin = seconds()
        let path = "\(work.path)/unit-\(unit)"
        let file = try FileOutput(path, isDurable: false)
        try file.write(text.withUnsafeBufferPointer { $0 })
        try file.commit()
        while seconds() - begin < milliseconds / 1000 { try poll() }
        worked += seconds() - begin
        done += 1
        return UnitProduct(payload: "unit \(unit)", files: [path])
      }, onResult: { _, _ in })
    let elapsed = try world.allreduce(seconds() - start, .maximum)
    let busy = try world.allreduce(worked, .sum)
    let count = try world.allreduce(done, .sum)
    let most = try world.allreduce(memory(), .maximum)
    if world.isRoot {
      let rest = elapsed * Double(world.size) - busy
      print(
        "\(turn) run, \(units) units at \(world.size) ranks: \(count) done in \(fixed(elapsed, 3)) s, beside the work \(fixed(1e6 * rest / Double(max(units, 1)), 1)) µs of a rank for a unit; at most \(most) KiB a rank"
      )
    }
  }
  MPIEnvironment.finalize(exitCode: 0)
}

switch arguments.first {
case "ledger" where arguments.count > 1:
  try ledger(
    arguments[1], arguments.count > 2 ? Int(arguments[2]) ?? 100_000 : 100_000,
    milliseconds: arguments.count > 3 ? Double(arguments[3]) ?? 0 : 0)
case "coordinator": try coordinator(arguments.count > 1 ? Int(arguments[1]) ?? 100_000 : 100_000)
case "busy":
  try busy(
    arguments.count > 1 ? Int(arguments[1]) ?? 400 : 400,
    milliseconds: arguments.count > 2 ? Double(arguments[2]) ?? 20 : 20)
default: simulate()
}
