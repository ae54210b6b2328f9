import CMPI
import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The life of MPI in this process.
public enum MPIEnvironment {
  /// Starts MPI.
  ///
  /// Must be called once, from the thread that will communicate.
  ///
  /// - Returns: a communicator of all ranks, apart from MPI's own, so that no other library's messages get into it.
  /// - Throws: ``CommunicatorError``.
  public static func initialize() throws -> MPICommunicator {
    // Our own line says what happened; MPICH's would be a second one.
    setenv("MPIR_CVAR_SUPPRESS_ABORT_MESSAGE", "1", 0)
    var provided: Int32 = 0
    try MPICommunicator.check(MPI_Init_thread(nil, nil, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread")
    return try MPICommunicator(duplicating: CMPI_COMM_WORLD())
  }

  /// Ends MPI.
  ///
  /// All ranks must call it; nothing may be communicated afterwards. MPI waits there for all other ranks, without end for one that has died
  /// when its work was done; so where it takes too long the process ends itself: there is nothing left to do.
  ///
  /// - Parameters:
  ///   - exitCode: the code with which the process ends then.
  ///   - seconds: how long MPI may take.
  public static func finalize(exitCode: Int32, within seconds: Double = 60) {
    var finalized: Int32 = 0
    MPI_Finalized(&finalized)
    guard finalized == 0 && isInitialized else { return }
    let deadline = Thread {
      Thread.sleep(forTimeInterval: seconds)
      if Thread.current.isCancelled { return }
      fflush(nil)
      // It would wait for that rank's host, too.
      JobStarter.end(after: 10)
      _exit(exitCode)
    }
    deadline.start()
    MPI_Finalize()
    deadline.cancel()
  }

  /// Whether MPI was started in this process.
  public static var isInitialized: Bool {
    var flag: Int32 = 0
    MPI_Initialized(&flag)
    return flag != 0
  }

  /// Ends the whole job, all ranks, with an exit code.
  ///
  /// Never returns.
  ///
  /// What MPI itself would print is left out: the caller has said why.
  public static func abort(exitCode: Int32) -> Never {
    fflush(nil)
    // What was written is on its way through mpirun, which stops listening when it hears of the end.
    usleep(250_000)
    let nowhere = open("/dev/null", O_WRONLY)
    if nowhere >= 0 { dup2(nowhere, 2) }
    MPI_Abort(CMPI_COMM_WORLD(), exitCode)
    _exit(exitCode)
  }

  /// What the MPI library calls itself, in one line.
  public static var libraryVersion: String {
    var text = [CChar](repeating: 0, count: Int(MPI_MAX_LIBRARY_VERSION_STRING))
    var length: Int32 = 0
    MPI_Get_library_version(&text, &length)
    let bytes = text.prefix(Int(length)).prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
