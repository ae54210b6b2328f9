import Foundation

/// The `mpirun` that started this process, where it is on the same host.
///
/// When a host is gone, `mpirun` waits for its own daemon there, for ever, even after all ranks within reach have ended.
public enum JobStarter {
  /// The process among the ancestors of this one that is an `mpirun`; nil where there is none, as under `srun`.
  public static func find() -> Int32? {
    var process = getppid()
    // Shells and daemons stand between, but not many.
    for _ in 0..<16 where process > 1 {
      guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { return nil }
      func field(_ name: String) -> Substring? {
        status.split(separator: "\n").first { $0.hasPrefix(name + ":") }?
          .split(whereSeparator: { $0 == "\t" || $0 == " " }).last
      }
      if let name = field("Name"), name.hasPrefix("mpirun") || name.hasPrefix("mpiexec") { return process }
      guard let parent = field("PPid").flatMap({ Int32($0) }) else { return nil }
      process = parent
    }
    return nil
  }

  /// Asks `mpirun` to end if it is still there after so many seconds, by which time this process may be gone.
  public static func end(after seconds: Int) {
    guard let process = find() else { return }
    // The name is looked at again: the number may have gone to another process.
    let script = "sleep \(seconds); case $(cat /proc/\(process)/comm) in mpirun*|mpiexec*) kill -TERM \(process);; esac"
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
    let arguments: [String] = ["/bin/sh", "-c", script]
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    var child: pid_t = 0
    posix_spawn(&child, "/bin/sh", &actions, &attributes, &words, environ)
  }
}
