import CommunicatorChecks
import Foundation
import MPI

// Run under mpirun. Without arguments: every check, with every message cut and with the usual limit.
//   long         messages of more than 2^31 bytes
//   fail RANK    one rank throws while the others wait for it
//   agreed RANK  one rank fails where all ranks agree
//   late RANK    one rank comes too late to MPI's end

struct Deliberate: ExitCoded, CustomStringConvertible {
  let exitCode: Int32 = 65
  let description = "a deliberate failure"
}

let world = try MPIEnvironment.initialize()

func fail(_ text: String, _ code: Int32) -> Never {
  FileHandle.standardError.write(Data("rank \(world.rank): \(text)\n".utf8))
  MPIEnvironment.abort(exitCode: code)
}

let arguments = Array(CommandLine.arguments.dropFirst())
do {
  switch arguments.first {
  case "long":
    try longMessages(world)
  case "fail":
    if world.rank == Int(arguments[1]) { throw Deliberate() }
    try world.barrier()
  case "agreed":
    do {
      try world.agree { if world.rank == Int(arguments[1]) { throw Deliberate() } }
    } catch let error as AgreedFailure {
      if world.isRoot { FileHandle.standardError.write(Data("\(error) on rank \(error.rank)\n".utf8)) }
      MPIEnvironment.finalize(exitCode: error.exitCode)
      exit(error.exitCode)
    }
  case "late":
    // The others do not wait for a rank that does not come.
    if world.rank == Int(arguments[1]) { Thread.sleep(forTimeInterval: 5) }
    MPIEnvironment.finalize(exitCode: 3, within: 1)
  default:
    for limit in [MPICommunicator.defaultMessageLimit, 1, 8, 13] {
      let comm = try world.duplicate(messageLimit: limit)
      for check in communicatorChecks {
        do {
          try check.body(comm)
        } catch {
          fail("with a limit of \(limit) bytes: \(check.name): \(error)", 1)
        }
      }
    }
    if world.isRoot { print("\(communicatorChecks.count) checks hold on \(world.size) ranks") }
  }
} catch let error as Deliberate {
  fail(error.description, error.exitCode)
} catch {
  fail("\(error)", 1)
}
MPIEnvironment.finalize(exitCode: 0)

/// More bytes than a 32-bit count can say.
func longMessages(_ comm: MPICommunicator) throws {
  let count = (1 << 31) + 12_345
  func value(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: index &* 2_654_435_761 >> 7) }
  func spots() -> [Int] { [0, 1, (1 << 30) - 1, 1 << 30, (1 << 31) - 1, 1 << 31, count - 1] }
  func check(_ bytes: [UInt8], _ what: String) throws {
    guard bytes.count == count, spots().allSatisfy({ bytes[$0] == value($0) }) else {
      fail("\(what) is wrong", 1)
    }
  }
  var bytes: [UInt8] = []
  if comm.isRoot {
    bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
      for index in 0..<count { buffer[index] = value(index) }
      written = count
    }
  }
  bytes = try comm.broadcast(bytes)
  try check(bytes, "broadcast")
  if comm.size > 1 {
    if comm.rank == 1 { try comm.send(bytes, to: 0, tag: 3) }
    if comm.rank == 0 {
      bytes = []
      bytes = try comm.receive(UInt8.self, from: 1, tag: 3).values
      try check(bytes, "send and receive")
    }
  }
  if comm.isRoot { print("messages of \(count) bytes arrive whole") }
}
