import Foundation
import HSDLCompute
import MPI
import TrainingChecks
import Worker

// Run under mpirun. Trains the toy network and prints a number for all bits of the outcome.
//   SHARING [FOLDER [EPOCHS [STEP]]]   in a folder: goes on from the checkpoint there, up to so many epochs; the last rank
//                                      is killed before that step

let world = try MPIEnvironment.initialize()
let arguments = Array(CommandLine.arguments.dropFirst())
do {
  var training = ToyTraining()
  training.sharing = arguments.first.flatMap(Sharing.init) ?? .even
  if arguments.count > 2, let epochs = Int(arguments[2]) { training.settings.epochs = epochs }
  var callbacks = TrainingCallbacks()
  if arguments.count > 3, let end = Int(arguments[3]), world.rank == world.size - 1 {
    var step = 0
    callbacks.shouldStop = {
      step += 1
      if step == end { kill(getpid(), SIGKILL) }
      return false
    }
  }
  let result = try training.run(over: world, folder: arguments.count > 1 ? arguments[1] : nil, callbacks: callbacks)
  let hashes = try world.allgather(result.hash)
  guard hashes.allSatisfy({ $0 == hashes[0] }) else {
    throw JobError(.internalError, "the ranks end with different numbers: \(hashes)")
  }
  if world.isRoot { print("\(String(result.hash, radix: 16)) after \(result.outcome.epochs.count) epochs") }
  MPIEnvironment.finalize(exitCode: 0)
} catch {
  FileHandle.standardError.write(Data("rank \(world.rank): \(error)\n".utf8))
  MPIEnvironment.abort(exitCode: (error as? any ExitCoded)?.exitCode ?? 70)
}
