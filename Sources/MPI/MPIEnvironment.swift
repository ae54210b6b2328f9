import CMPI

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
  /// All ranks must call it; nothing may be communicated afterwards.
  public static func finalize() {
    var finalized: Int32 = 0
    MPI_Finalized(&finalized)
    if finalized == 0 && isInitialized { MPI_Finalize() }
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
