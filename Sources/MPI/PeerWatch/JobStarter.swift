import Foundation

/// The `mpirun` that started this process, where it is on the same host, and its daemon here.
///
/// When a host is gone, `mpirun` waits for its own daemon there, for ever, even after all ranks within reach have ended; and the daemon there
/// waits for `mpirun`.
public enum JobStarter {
  /// The processes among the ancestors of this one that are an `mpirun` or a daemon of one, the nearest first; none under `srun`.
  public static func find() -> [Int32] {
    var found: [Int32] = []
    var process = getppid()
    // Shells stand between, but not many.
    for _ in 0..<16 where process > 1 {
      guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { break }
      func field(_ name: String) -> Substring? {
        status.split(separator: "\n").first { $0.hasPrefix(name + ":") }?
          .split(whereSeparator: { $0 == "\t" || $0 == " " }).last
      }
      if let name = field("Name"), ["mpirun", "mpiexec", "hydra_"].contains(where: { name.hasPrefix($0) }) {
        found.append(process)
      }
      guard let parent = field("PPid").flatMap({ Int32($0) }) else { break }
      process = parent
    }
    return found
  }

  /// Asks them to end if they are still there after so many seconds, by which time this process may be gone; five seconds later they are killed.
  public static func end(after seconds: Int) {
    let processes = find()
    guard !processes.isEmpty else { return }
    // On SIGTERM mpirun asks all ranks to end, and waits for those on the host that is gone.
    let numbers = processes.map { "\($0)" }.joined(separator: " ")
    // The name is looked at again: the number may have gone to another process.
    func tell(_ signal: String) -> String {
      "for p in \(numbers); do case $(cat /proc/$p/comm) in mpirun*|mpiexec*|hydra_*) kill -\(signal) $p;; esac; done"
    }
    let script = "sleep \(seconds); \(tell("TERM")); sleep 5; \(tell("KILL"))"
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor: Int32 in 0...2 {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Apart from this process's group, which is ended as a whole.
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    // Among them is the socket to mpirun's daemon, which would wait for its end.
    for descriptor: Int32 in 3..<1024 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    let arguments: [String] = ["/bin/sh", "-c", script]
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    var child: pid_t = 0
    posix_spawn(&child, "/bin/sh", &actions, &attributes, &words, environ)
  }
}
