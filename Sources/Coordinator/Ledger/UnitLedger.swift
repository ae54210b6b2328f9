import Dispatch
import Foundation
package import SeismicFormats
import Synchronization
import Worker

/// The list of the units of a job that are done, in a file to which lines are only ever added.
///
/// Its head holds the job's ``JobIdentity``. A line that is torn or damaged is left out, and its unit is done again. Rank 0 alone has
/// one. Lines are handed to the system at once, or with those of the next twentieth of a second, and are brought to the disk about once a
/// second, beside the work.
package final class UnitLedger {
  /// The path.
  package let path: String
  /// The job that it belongs to.
  package let identity: JobIdentity
  /// The units that were in it when it was opened, by their names.
  package private(set) var entries: [UInt64: LedgerEntry] = [:]
  /// Lines that were torn or damaged when it was opened.
  package private(set) var damagedLineCount = 0
  /// How often the job was started, this time included.
  package private(set) var startCount = 0
  /// Seconds that were spent on writing it.
  package private(set) var seconds = 0.0
  /// Whether any unit is in it.
  package var hasUnits: Bool { !entries.isEmpty || recordedCount > 0 }

  private var recordedCount = 0
  private let descriptor: Int32
  private let sink = TextSink(capacity: 1 << 16)
  private var lastWrite = 0.0
  private var lastSync = 0.0
  private var isDirty = false
  private let disk = DispatchQueue(label: "ledger")
  private let isSyncing = Syncing()

  /// Whether the disk is at work on the ledger.
  private final class Syncing: Sendable {
    let flag = Atomic<Bool>(false)
  }

  /// What a ledger's file holds.
  package typealias Content = LedgerContent

  /// Reads a ledger's file.
  ///
  /// - Returns: nil where there is none.
  /// - Throws: ``FormatError`` when it cannot be read.
  package static func content(_ path: String) throws -> Content? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let input = try FileInput(path)
    let bytes = try input.prefix(input.size)
    return bytes.withUnsafeBufferPointer { Content($0) }
  }

  /// Opens a ledger, or begins one.
  ///
  /// - Parameters:
  ///   - content: what it holds, if it goes on; it must belong to the job. nil begins anew.
  ///   - start: what is noted of this start: when, where, how many ranks.
  /// - Throws: ``FormatError``.
  package init(_ path: String, identity: JobIdentity, continuing content: Content?, start: [String]) throws {
    self.path = path
    self.identity = identity
    if content == nil {
      let head = try FileOutput(path)
      LedgerLine.append(
        [LedgerContent.signature, Checksum.text(identity.hash), "\(identity.parts.count)"], lineTo: sink)
      for part in identity.parts { LedgerLine.append(["part", part.name, part.value], lineTo: sink) }
      try head.write(sink)
      try head.commit()
    }
    descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FormatError(
        .cannotCreate, file: path, found: "it cannot be written to (\(String(cString: strerror(errno))))",
        remedy: "check its permissions")
    }
    entries = content?.entries ?? [:]
    damagedLineCount = content?.damagedLineCount ?? 0
    startCount = (content?.startCount ?? 0) + 1
    // A line that was torn must not take the next one with it.
    if let content, !content.endsWithLine { sink.append(byte: 10) }
    LedgerLine.append(["start"] + start, lineTo: sink)
    try flush()
  }

  deinit { close(descriptor) }

  /// Forgets a unit whose files are not what the ledger says.
  package func forget(_ name: UInt64) { entries[name] = nil }

  /// Adds the line of a unit that is done.
  ///
  /// - Throws: ``FormatError`` with `inputOutput`.
  package func record(_ line: Bytes) throws {
    let begin = monotonicSeconds()
    sink.append(line)
    recordedCount += 1
    try write(at: begin)
    seconds += monotonicSeconds() - begin
  }

  /// Hands on what waits, if it is time.
  ///
  /// - Throws: ``FormatError`` with `inputOutput`.
  package func tick() throws {
    guard sink.count > 0 || isDirty else { return }
    let begin = monotonicSeconds()
    try write(at: begin)
    seconds += monotonicSeconds() - begin
  }

  private func write(at now: Double) throws {
    if now - lastWrite >= 0.05 || sink.count >= 1 << 16 {
      lastWrite = now
      try writeOut()
    }
    guard isDirty, now - lastSync >= 1, !isSyncing.flag.load(ordering: .relaxed) else { return }
    lastSync = now
    isDirty = false
    isSyncing.flag.store(true, ordering: .relaxed)
    disk.async { [descriptor, isSyncing] in
      fsync(descriptor)
      isSyncing.flag.store(false, ordering: .relaxed)
    }
  }

  private func writeOut() throws {
    guard sink.count > 0 else { return }
    let code = FileOutput.writeFault?() ?? 0
    var done = 0
    while done < sink.count, let base = sink.bytes.baseAddress {
      let count = code != 0 ? -1 : Foundation.write(descriptor, base + done, sink.count - done)
      if count < 0, code == 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw FormatError(
          .inputOutput, file: path, found: "writing failed (\(String(cString: strerror(code != 0 ? code : errno))))",
          remedy: "check the space that is left")
      }
      done += count
    }
    sink.removeAll()
    isDirty = true
  }

  /// Brings all lines to the disk, and waits until they are there.
  ///
  /// - Throws: ``FormatError`` with `inputOutput`.
  package func flush() throws {
    let begin = monotonicSeconds()
    defer { seconds += monotonicSeconds() - begin }
    try writeOut()
    disk.sync {}
    guard isDirty else { return }
    isDirty = false
    lastSync = begin
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw FormatError(
        .inputOutput, file: path, found: "it could not be brought to the disk (\(String(cString: strerror(errno))))")
    }
  }
}
