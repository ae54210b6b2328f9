import Foundation
import Worker

/// Another program that is run and waited for: started without a shell, with words that are handed over as they are, for a limited time.
struct ExternalProgram {
  /// The program's file.
  let path: String
  /// Where it runs.
  var folder: String
  /// All variables of its environment.
  var environment: [String: String]
  /// How long it may take, in seconds.
  var timeLimit = 120.0

  /// The first executable file of a name in a list of folders, as `PATH` has them.
  static func find(_ name: String, in path: String) -> String? {
    path.split(separator: ":").lazy.map { "\($0)/\(name)" }.first {
      var status = stat()
      return stat($0, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access($0, X_OK) == 0
    }
  }

  /// Says where the program is to run; glibc declares what does it only to C programs that ask for extensions.
  private static func setFolder(_ actions: inout posix_spawn_file_actions_t, _ folder: String) -> Bool {
    typealias Function =
      @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>) -> Int32
    guard let symbol = dlsym(nil, "posix_spawn_file_actions_addchdir_np") else { return false }
    return unsafeBitCast(symbol, to: Function.self)(&actions, folder) == 0
  }

  /// Runs the program; what it writes goes to a file.
  ///
  /// - Parameters:
  ///   - arguments: its words, without its own name.
  ///   - log: the file that takes what it writes to standard output and standard error; in `folder`.
  /// - Throws: ``JobError`` with `unavailable` when it cannot be started, takes too long, or ends with another code than 0.
  func run(_ arguments: [String], log: String) throws {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let call = ([name] + arguments.prefix(1)).joined(separator: " ")
    let logPath = "\(folder)/\(log)"
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, logPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    guard Self.setFolder(&actions, folder) else {
      throw JobError(.unavailable, "\(call) cannot be run in \(folder): this system's C library is too old")
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A group of its own, so that all that it starts can be ended with it; no signal blocked that this program blocks.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    var variables: [UnsafeMutablePointer<CChar>?] =
      environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { variables.forEach { free($0) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, path, &actions, &attributes, &words, &variables)
    guard code == 0 else {
      throw JobError(.unavailable, "\(path) cannot be started (\(String(cString: strerror(code))))")
    }
    let begin = monotonicSeconds()
    var status: Int32 = 0
    var pause: UInt32 = 500
    while true {
      let ended = waitpid(child, &status, WNOHANG)
      if ended == child { break }
      if ended < 0, errno != EINTR {
        throw JobError(.unavailable, "what became of \(call) is not known (\(String(cString: strerror(errno))))")
      }
      if monotonicSeconds() - begin > timeLimit {
        kill(-child, SIGKILL)
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        throw JobError(.unavailable, "\(call) took longer than \(Int(timeLimit)) s and was ended")
      }
      usleep(pause)
      pause = min(20_000, pause * 2)
    }
    // Ended by itself, and with 0.
    guard status == 0 else {
      let said = (try? String(decoding: Data(contentsOf: URL(fileURLWithPath: logPath)), as: UTF8.self)) ?? ""
      let lines = said.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      let line = lines.first { $0.contains("ERROR") || $0.contains("rror:") } ?? lines.last ?? ""
      let end = status & 0x7f == 0 ? "ended with \(status >> 8 & 0xff)" : "was ended by signal \(status & 0x7f)"
      throw JobError(.unavailable, "\(call) \(end)\(line.isEmpty ? "" : ": \(line.prefix(200))")")
    }
  }
}
