import Foundation
import SeismicFormats
import Synchronization
import Worker

/// Keeps two jobs from writing to one folder.
///
/// A file in the folder is held by `flock` as long as the job lives, and a number in it grows every few seconds. A lock that a killed job has
/// left is taken over: at once on its own host, where the hold ends with the process, and for another try of the same Slurm job; otherwise when the number
/// has stood still for a while, since not all network file systems know of holds on other hosts.
package final class OutputLock: Sendable {
  /// The name of the file.
  package static let name = ".hsdl-mpi-lock"
  /// The number grows as often as this, in seconds.
  package static let beat = 5.0
  /// A number that has stood still as long as this belongs to a job that is gone, in seconds.
  package static let patience = 20.0

  /// Who holds a lock.
  package struct Holder: Equatable {
    /// The name of its host.
    package var host: String
    /// Its process.
    package var process: Int
    /// Since when it has the lock, as text.
    package var since: String
    /// Its Slurm job; empty where there is none.
    package var job: String
    /// The number that grows.
    package var beat: Int

    /// This process, from now on.
    package static func current() -> Holder {
      Holder(
        host: hostName(), process: Int(getpid()),
        since: UTCTime(seconds: Int64(Date().timeIntervalSince1970)).description,
        job: ProcessInfo.processInfo.environment["SLURM_JOB_ID"] ?? "", beat: 0)
    }

    /// As the file has it.
    package var text: String {
      // Of one length, so that writing it again leaves nothing behind.
      let number = String(beat)
      return "hsdl-mpi lock 1\nhost \(host)\nprocess \(process)\nsince \(since)\njob \(job)\nbeat "
        + String(repeating: "0", count: max(0, 12 - number.count)) + number + "\n"
    }

    /// Describes a holder.
    package init(host: String, process: Int, since: String, job: String, beat: Int) {
      (self.host, self.process, self.since, self.job, self.beat) = (host, process, since, job, beat)
    }

    /// Reads what ``text`` wrote; nil for anything else.
    package init?(_ text: String) {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      guard lines.count == 7, lines[0] == "hsdl-mpi lock 1" else { return nil }
      func value(_ line: Int, _ name: String) -> String? {
        lines[line].hasPrefix("\(name) ") ? String(lines[line].dropFirst(name.utf8.count + 1)) : nil
      }
      guard let host = value(1, "host"), let process = value(2, "process").flatMap({ Int($0) }),
        let since = value(3, "since"), let job = value(4, "job"), let beat = value(5, "beat").flatMap({ Int($0) })
      else { return nil }
      self.init(host: host, process: process, since: since, job: job, beat: beat)
    }

    /// In words.
    var description: String {
      "host \(host), process \(process), since \(since)" + (job.isEmpty ? "" : ", Slurm job \(job)")
    }
  }

  private let path: String
  private let descriptor: Mutex<Int32>

  /// Takes the lock of a folder.
  ///
  /// - Parameters:
  ///   - own: who takes it.
  ///   - patience: how long a number that stands still is looked at, in seconds.
  /// - Throws: ``FormatError`` with `cannotCreate`: another job has it, or the folder takes no files.
  package init(_ folder: String, own: Holder = .current(), patience: Double = OutputLock.patience) throws {
    path = "\(folder)/\(Self.name)"
    descriptor = Mutex(try Self.take(path, folder, own, patience))
    let thread = Thread { [weak self] in
      var holder = own
      var next = monotonicSeconds() + Self.beat
      while true {
        usleep(200_000)
        guard let self else { return }
        if monotonicSeconds() < next { continue }
        next = monotonicSeconds() + Self.beat
        holder.beat += 1
        let isHeld = self.descriptor.withLock { descriptor in
          if descriptor >= 0 { Self.write(holder, descriptor) }
          return descriptor >= 0
        }
        if !isHeld { return }
      }
    }
    thread.start()
  }

  private static func write(_ holder: Holder, _ descriptor: Int32) {
    var text = holder.text
    text.withUTF8 { _ = pwrite(descriptor, $0.baseAddress, $0.count, 0) }
  }

  private static func holder(_ descriptor: Int32) -> Holder? {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return count > 0 ? Holder(String(decoding: bytes[..<count], as: UTF8.self)) : nil
  }

  private static func take(_ path: String, _ folder: String, _ own: Holder, _ patience: Double) throws -> Int32 {
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
      guard descriptor >= 0 else {
        throw FormatError(
          .cannotCreate, file: folder, found: "no file can be made in it (\(String(cString: strerror(errno))))",
          remedy: "check its permissions")
      }
      var isOurs = false
      defer { if !isOurs { close(descriptor) } }
      var knowsHolds = true
      if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
        guard errno != EWOULDBLOCK else { throw taken(folder, holder(descriptor)) }
        knowsHolds = false
      }
      // The holder may have removed the file between the two calls; then another one counts.
      var (held, there) = (stat(), stat())
      guard fstat(descriptor, &held) == 0, stat(path, &there) == 0, held.st_ino == there.st_ino,
        held.st_dev == there.st_dev
      else { continue }
      if let other = holder(descriptor), other.job.isEmpty || other.job != own.job {
        let isHere = other.host == own.host
        if isHere, !knowsHolds, other.process != own.process, kill(pid_t(truncatingIfNeeded: other.process), 0) == 0 {
          throw taken(folder, other)
        }
        if !isHere {
          let begin = monotonicSeconds()
          while monotonicSeconds() - begin < patience {
            usleep(100_000)
            if let now = holder(descriptor), now != other { throw taken(folder, now) }
          }
        }
      }
      ftruncate(descriptor, 0)
      write(own, descriptor)
      isOurs = true
      return descriptor
    }
  }

  private static func taken(_ folder: String, _ holder: Holder?) -> FormatError {
    FormatError(
      .cannotCreate, file: folder,
      found: "another job is writing to it" + (holder.map { " (\($0.description))" } ?? ""),
      remedy: "wait for its end, or give another --output")
  }

  /// Gives the lock back.
  package func release() {
    descriptor.withLock { descriptor in
      guard descriptor >= 0 else { return }
      // While it is held, so that nobody else's is removed.
      unlink(path)
      close(descriptor)
      descriptor = -1
    }
  }

  deinit { release() }
}

/// The name of this host.
func hostName() -> String {
  var bytes = [CChar](repeating: 0, count: 256)
  guard gethostname(&bytes, bytes.count - 1) == 0 else { return "unknown" }
  return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
