import Foundation
import MPI

/// A communicator of one rank that can be used on the thread that asks for it.
///
/// glibc gives threads other than the first memory from smaller heaps, so a training on a thread of its own is slower than one under `mpirun -n 1`.
func aloneOnThisThread() throws -> any Communicator {
  final class Place: @unchecked Sendable { var communicator: InProcessCommunicator? }
  let place = Place()
  let ready = DispatchSemaphore(value: 0)
  Thread.detachNewThread {
    _ = try? InProcessCommunicator.run(ranks: 1) { alone in
      place.communicator = alone
      ready.signal()
      // The communicator is valid as long as this has not returned: to the end of the process.
      DispatchSemaphore(value: 0).wait()
    }
  }
  ready.wait()
  guard let communicator = place.communicator else { throw CommunicatorError.invalidArgument("no rank came up") }
  return communicator
}
