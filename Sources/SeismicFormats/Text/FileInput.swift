#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that is open for reading at any place.
public final class FileInput {
  /// The path, as the user gave it.
  public let path: String
  /// The size in bytes when it was opened.
  public let size: Int
  private let descriptor: Int32

  /// Opens a file.
  ///
  /// - Throws: ``FormatError``: `missing`, or `unreadable` for a directory, a device, or without permission.
  public init(_ path: String) throws {
    self.path = path
    // Without waiting: a named pipe would hold the program until somebody writes to it.
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let code = errno
      if code == ENOENT || code == ENOTDIR {
        throw FormatError(.missing, file: path, found: "there is no such file", remedy: "check the path")
      }
      throw FormatError(
        .unreadable, file: path, found: "it cannot be opened (\(String(cString: strerror(code))))",
        remedy: "check its permissions")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      close(descriptor)
      throw FormatError(.inputOutput, file: path, found: String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FormatError(
        .unreadable, file: path,
        found: status.st_mode & S_IFMT == S_IFDIR ? "it is a directory" : "it is not a regular file",
        expected: "a file", remedy: "give the path of a file")
    }
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Reads bytes from a place into memory.
  ///
  /// - Parameters:
  ///   - offset: the place, from the start of the file.
  ///   - memory: where to.
  /// - Returns: how many bytes were read; fewer than there is room for only at the end of the file.
  /// - Throws: ``FormatError`` with `inputOutput`.
  public func read(at offset: Int, into memory: UnsafeMutableRawBufferPointer) throws -> Int {
    var done = 0
    while done < memory.count, let base = memory.baseAddress {
      let count = pread(descriptor, base + done, memory.count - done, off_t(offset + done))
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw FormatError(
          .inputOutput, file: path, at: .byte(offset + done),
          found: "reading failed (\(String(cString: strerror(errno))))")
      }
      done += count
    }
    return done
  }

  /// The first bytes of the file, at most `count`.
  ///
  /// - Throws: ``FormatError``.
  public func prefix(_ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: min(count, size))
    let length = try bytes.withUnsafeMutableBytes { try read(at: 0, into: $0) }
    bytes.removeLast(bytes.count - length)
    return bytes
  }

  /// Says that the file is empty, if it is.
  ///
  /// - Throws: ``FormatError`` with `badData`.
  public func requireContent(expected: String) throws {
    guard size > 0 else {
      throw FormatError(
        .badData, file: path, found: "it is empty", expected: expected, remedy: "check how it was made")
    }
  }
}

extension FileInput {
  /// How many line ends stand before a place.
  ///
  /// - Throws: ``FormatError`` with `inputOutput`.
  public func lineCount(upTo end: Int) throws -> Int {
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    var position = 0
    var lines = 0
    while position < end {
      let count = try bytes.withUnsafeMutableBytes { memory in
        try read(
          at: position, into: UnsafeMutableRawBufferPointer(rebasing: memory[..<min(memory.count, end - position)]))
      }
      if count == 0 { break }
      for byte in bytes[..<count] where byte == 10 { lines += 1 }
      position += count
    }
    return lines
  }
}
