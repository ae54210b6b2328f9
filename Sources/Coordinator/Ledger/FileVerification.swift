import Foundation
import Synchronization

/// Holds files against the sizes and checksums that a ledger has of them.
///
/// Nearly all of the time goes into waiting for the file system, to open, read and close each file. So no more is asked of it than these three,
/// and several threads wait.
final class FileVerification: Sendable {
  /// So many files are waited for at the same time; where they lie on another machine that helps with one processor, too.
  private static let threads = 4
  /// A thread takes so many entries at a time.
  private static let share = 128
  /// Files are read in pieces of this size.
  private static let pieceSize = 1 << 16

  private let entries: [[LedgerEntry.File]]
  /// The folder from which the paths start, open.
  private let folder: Int32
  private let next = Atomic<Int>(0)
  private let found: Mutex<(areWhole: [Bool], left: Int)>
  private let isDone = DispatchSemaphore(value: 0)

  private init(_ entries: [[LedgerEntry.File]], in folder: Int32) {
    self.entries = entries
    self.folder = folder
    found = Mutex(([Bool](repeating: false, count: entries.count), entries.count))
  }

  /// Whether all files of each entry are what they were.
  ///
  /// - Parameter folder: what their paths start from.
  static func areWhole(_ entries: [[LedgerEntry.File]], in folder: String) -> [Bool] {
    guard !entries.isEmpty else { return [] }
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
    guard descriptor >= 0 else { return [Bool](repeating: false, count: entries.count) }
    defer { close(descriptor) }
    let verification = FileVerification(entries, in: descriptor)
    for _ in 1..<max(1, min(threads, entries.count / share)) {
      Thread.detachNewThread { verification.work() }
    }
    // This thread takes its share too, and all of them if the others do not come to it.
    verification.work()
    verification.isDone.wait()
    return verification.found.withLock { $0.areWhole }
  }

  private func work() {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 64)
    defer { room.deallocate() }
    while true {
      let start = next.add(Self.share, ordering: .relaxed).oldValue
      guard start < entries.count else { return }
      let range = start..<min(start + Self.share, entries.count)
      let own = entries[range].map { files in files.allSatisfy { isWhole($0, room) } }
      let isLast = found.withLock { found in
        found.areWhole.replaceSubrange(range, with: own)
        found.left -= own.count
        return found.left == 0
      }
      if isLast { isDone.signal() }
    }
  }

  private func isWhole(_ file: LedgerEntry.File, _ room: UnsafeMutableRawBufferPointer) -> Bool {
    // Without waiting: what has become a named pipe would hold the program.
    let descriptor = openat(folder, file.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var checksum = Checksum()
    var size = 0
    while let base = room.baseAddress {
      let count = read(descriptor, base, room.count)
      if count < 0 {
        if errno == EINTR { continue }
        return false
      }
      size += count
      guard size <= file.size else { return false }
      checksum.add(UnsafeRawBufferPointer(rebasing: room[..<count]))
      // Less than was asked for comes at the end alone.
      if count < room.count { break }
    }
    return size == file.size && checksum.value == file.checksum
  }
}
