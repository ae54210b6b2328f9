import Foundation
import MPI

/// Tries out the folder for results: whether it can be written, how fast, whether what one node writes is seen by the others, and whether
/// files can be locked.
///
/// What it writes begins with `.hsdl-mpi-doctor` and is removed again.
struct FolderTrial {
  /// The folder that was asked for.
  let path: String
  /// How much is written to measure the speed, in bytes.
  var size = 16 << 20
  /// How long the other ranks wait for a file to be seen, in s.
  var patience = 30.0

  /// What rank 0 measured.
  private struct Measured {
    var bytesPerSecond = 0.0
    var secondsPerUnit = 0.0
    var lockError: Int32 = 0
    var clockOffset = 0.0
  }

  /// Tries the folder.
  ///
  /// Collective.
  ///
  /// - Returns: the findings on rank 0; nothing elsewhere.
  /// - Throws: ``CommunicatorError``.
  func run(over communicator: any Communicator) throws -> [Finding] {
    // One name for all: their numbers as processes differ.
    let name = ".hsdl-mpi-doctor-\(try communicator.broadcast(getpid()))"
    var (place, failure, measured) = ("", "", Measured())
    if communicator.isRoot {
      place = Self.existing(path)
      do { measured = try write("\(place)/\(name)") } catch let error as Failed { failure = error.text }
    }
    place = try communicator.broadcast(place)
    failure = try communicator.broadcast(failure)
    let file = "\(place)/\(name)"
    defer { if communicator.isRoot { unlink(file) } }
    if !failure.isEmpty {
      guard communicator.isRoot else { return [] }
      return [
        Finding(
          "output", .wrong, "\(place) cannot be written: \(failure)",
          remedy: "check permissions, quota and whether it is mounted for writing, or give another --output")
      ]
    }
    // Every rank, as a folder may be mounted on some of the nodes only.
    let delay = wait(for: file)
    let own = "\(file)-\(communicator.rank)"
    let canWrite = touch(own) ? 1.0 : 0.0
    unlink(own)
    let hosts = try communicator.gatherv(Array(RankReport.hostName.utf8)).map { String(decoding: $0, as: UTF8.self) }
    let answers = try communicator.gatherv([delay ?? -1, canWrite])
    guard communicator.isRoot else { return [] }
    return findings(place, measured, zip(hosts, answers).map { ($0, $1[0], $1[1] == 1) })
  }

  private func findings(
    _ place: String, _ measured: Measured, _ ranks: [(host: String, delay: Double, canWrite: Bool)]
  ) -> [Finding] {
    var all: [Finding] = []
    let blind = ranks.filter { $0.delay < 0 }.map(\.host)
    let barred = ranks.filter { $0.delay >= 0 && !$0.canWrite }.map(\.host)
    func distinct(_ hosts: [String]) -> String { NodeFindings.names(Array(Set(hosts)).sorted()) }
    if !blind.isEmpty {
      all.append(
        Finding(
          "output", .wrong,
          "what rank 0 writes to \(place) is not seen on \(distinct(blind)) within \(Int(patience)) s",
          remedy: "give a folder on a file system that all nodes share"))
    } else if !barred.isEmpty {
      all.append(
        Finding(
          "output", .wrong, "\(place) cannot be written on \(distinct(barred))", remedy: "check how it is mounted there"
        ))
    } else {
      let slowest = ranks.map(\.delay).max() ?? 0
      let seen =
        ranks.count == 1
        ? "" : ", seen by all ranks" + (slowest < 0.1 ? " at once" : String(format: " after %.1f s", slowest))
      all.append(Finding("output", .fine, "\(place) can be written\(seen)"))
    }
    let speed =
      "\(byteText(Int(measured.bytesPerSecond)))/s written and synced; \(String(format: "%.1f", measured.secondsPerUnit * 1000)) ms to write, sync and rename a small file"
    if measured.bytesPerSecond < 10e6 || measured.secondsPerUnit > 0.2 {
      all.append(
        Finding(
          "output speed", .notice, speed,
          remedy: "a parallel or local file system is faster; results can be moved later"
        ))
    } else {
      all.append(Finding("output speed", .fine, speed))
    }
    if measured.lockError != 0 {
      all.append(
        Finding(
          "file locks", .notice,
          "they do not work in \(place) (\(String(cString: strerror(measured.lockError))))",
          remedy: "take care that no two jobs write to one folder (Lustre: mount with -o flock)"))
    } else {
      all.append(Finding("file locks", .fine, "they work in \(place)"))
    }
    if abs(measured.clockOffset) > ClockComparison.tolerance {
      all.append(
        Finding(
          "file times", .wrong,
          "the clock of the file system in \(place) differs by \(String(format: "%.1f", measured.clockOffset)) s from the node's",
          remedy: "have the clocks of the file servers and nodes set"))
    }
    if let space = FileSystemSpace(place) {
      let found = "\(byteText(space.free)) of \(byteText(space.total)) free in \(place)"
      all.append(
        space.free < 1 << 30
          ? Finding("room", .notice, found, remedy: "`--dry-run` of a command says how much it will write")
          : Finding("room", .fine, found))
    }
    return all
  }

  // MARK: On rank 0

  /// Something that could not be done with a file.
  private struct Failed: Error {
    let text: String
    init(_ what: String) { text = "\(what) (\(String(cString: strerror(errno))))" }
  }

  /// The folder, or the nearest one above it that is there.
  static func existing(_ path: String) -> String {
    // Not NSString's way of taking the last part away: of a single name it ends the program.
    var place = path
    while !place.isEmpty {
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: place, isDirectory: &isFolder), isFolder.boolValue { return place }
      while place.hasSuffix("/") { place.removeLast() }
      guard let slash = place.lastIndex(of: "/") else { break }
      place = String(place[...slash])
      if place == "/" { break }
      place.removeLast()
    }
    return path.hasPrefix("/") ? "/" : "."
  }

  private func write(_ file: String) throws -> Measured {
    var measured = Measured()
    let begin = ContinuousClock.now
    try put(file, bytes: size)
    measured.bytesPerSecond = Double(size) / max((ContinuousClock.now - begin).seconds, 1e-9)
    var status = stat()
    if stat(file, &status) == 0 {
      measured.clockOffset =
        Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) * 1e-9 - ClockComparison.now()
    }
    let small = "\(file)-small"
    defer { unlink(small) }
    let rounds = 10
    let start = ContinuousClock.now
    for _ in 0..<rounds { try put(small, bytes: 4096) }
    measured.secondsPerUnit = (ContinuousClock.now - start).seconds / Double(rounds)
    let descriptor = open(file, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failed("it cannot be opened again") }
    defer { close(descriptor) }
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    measured.lockError = fcntl(descriptor, F_SETLK, &lock) == 0 ? 0 : errno
    return measured
  }

  /// Writes a file under another name, syncs it, and gives it its own.
  private func put(_ path: String, bytes: Int) throws {
    let part = "\(path).partial"
    let descriptor = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Failed("a file cannot be created") }
    defer { unlink(part) }
    let block = [UInt8](repeating: 0x5a, count: min(bytes, 1 << 20))
    var done = 0
    while done < bytes {
      let count = Foundation.write(descriptor, block, min(block.count, bytes - done))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let failed = Failed("writing failed")
        close(descriptor)
        throw failed
      }
      done += count
    }
    guard fsync(descriptor) == 0, close(descriptor) == 0 else { throw Failed("syncing failed") }
    guard rename(part, path) == 0 else { throw Failed("renaming failed") }
  }

  // MARK: On all ranks

  /// How long it takes until the file is seen whole, in s; nil where it is not.
  private func wait(for file: String) -> Double? {
    let begin = ContinuousClock.now
    while true {
      var status = stat()
      let passed = (ContinuousClock.now - begin).seconds
      if stat(file, &status) == 0, Int(status.st_size) == size { return passed }
      if passed > patience { return nil }
      usleep(20_000)
    }
  }

  private func touch(_ path: String) -> Bool {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return false }
    close(descriptor)
    return true
  }
}

extension Duration {
  /// The duration in s.
  fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
