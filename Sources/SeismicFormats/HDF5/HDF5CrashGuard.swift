import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Says which file it was when the HDF5 library itself crashes.
///
/// The library checks little of what a file says of itself: there are damaged files at which it reads where nothing is. A process cannot go
/// on after that, but it can end with the name of the file and the code of bad data, so that the file can be found among thousands
/// and left out. Everything that can be checked from outside is checked before; see ``HDF5File`` and ``HDF5Dataset``.
enum HDF5CrashGuard {
  /// What is said of a file, ready to be written by a signal's handler.
  final class Message: @unchecked Sendable {
    fileprivate let text: UnsafeMutablePointer<CChar>?

    init(_ path: String) {
      text = strdup(
        "hsdl-mpi: error: \(path): the HDF5 library crashed while it read this file; it is damaged; leave it out, or copy it again\n"
      )
    }

    deinit { free(text) }
  }

  /// The address of what is said if the process crashes now; 0 while the library is not at work.
  private static let current = Atomic<UInt>(0)
  /// The code of bad data, as in `sysexits.h`.
  private static let exitCode: Int32 = 65
  private static let signals = [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT]
  /// What other libraries do at the same signals.
  nonisolated(unsafe) private static var earlier: [sigaction] = .init(repeating: .init(), count: 5)

  /// Calls the library for a file; under its lock.
  static func watching<Result>(_ message: Message?, _ body: () throws -> Result) rethrows -> Result {
    let outer = current.exchange(UInt(bitPattern: message?.text), ordering: .relaxed)
    defer {
      current.store(outer, ordering: .relaxed)
      withExtendedLifetime(message) {}
    }
    return try body()
  }

  /// Installs the handlers; once, before the library is at work.
  static func install() {
    // Handlers must not be the first to touch these.
    _ = (current.load(ordering: .relaxed), exitCode)
    // A stack that has run over can hold no handler.
    let size = 1 << 16
    if let memory = malloc(size) {
      var stack = stack_t()
      stack.ss_sp = memory
      stack.ss_size = size
      sigaltstack(&stack, nil)
    }
    for (place, number) in signals.enumerated() {
      var action = sigaction()
      #if canImport(Darwin)
        action.__sigaction_u.__sa_handler = onCrash
      #else
        action.__sigaction_handler.sa_handler = onCrash
      #endif
      action.sa_flags = Int32(SA_ONSTACK)
      sigaction(number, &action, &earlier[place])
    }
  }

  fileprivate static func crash(_ number: Int32) {
    if let text = UnsafePointer<CChar>(bitPattern: current.load(ordering: .relaxed)) {
      _ = write(2, text, strlen(text))
      _exit(exitCode)
    }
    // Not the library's: the instruction is tried again, and meets whoever was here before.
    for place in signals.indices where signals[place] == number { sigaction(number, &earlier[place], nil) }
    if number == SIGABRT { raise(number) }
  }
}

private func onCrash(_ number: Int32) { HDF5CrashGuard.crash(number) }
