#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that is being written under another name, and gets its own only when it is whole.
///
/// Whoever looks at the final name sees the old file, no file, or the whole new one; never a part.
public final class FileOutput {
  /// The final path.
  public let path: String
  private let temporaryPath: String
  private let isDurable: Bool
  private var descriptor: Int32
  /// A test aid: asked before each write which code of `errno` it is to fail with; nil, as always in earnest, asks nobody.
  ///
  /// Set it before the first file is written, and never again.
  nonisolated(unsafe) public static var writeFault: (@Sendable () -> Int32?)?
  /// Bytes written so far.
  public private(set) var size = 0

  /// Starts a file.
  ///
  /// - Parameters:
  ///   - path: its final path; the folder must exist.
  ///   - isDurable: whether the file is to outlive the machine; an intermediate file need not.
  /// - Throws: ``FormatError`` with `cannotCreate`.
  public init(_ path: String, isDurable: Bool = true) throws {
    self.path = path
    self.isDurable = isDurable
    temporaryPath = path + ".partial-\(getpid())"
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw FormatError(
        .cannotCreate, file: path,
        found: status.st_mode & S_IFMT == S_IFDIR ? "it is a directory" : "it is not a regular file",
        expected: "a file, or nothing", remedy: "give another name")
    }
    descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw FormatError(
        .cannotCreate, file: path, found: "it cannot be created (\(String(cString: strerror(errno))))",
        remedy: "check that the folder exists and can be written")
    }
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      unlink(temporaryPath)
    }
  }

  /// Adds bytes.
  ///
  /// - Throws: ``FormatError`` with `inputOutput`.
  public func write(_ bytes: Bytes) throws {
    if let code = Self.writeFault?() { throw failure(code) }
    var done = 0
    while done < bytes.count, let base = bytes.baseAddress {
      #if canImport(Glibc)
        let count = Glibc.write(descriptor, base + done, bytes.count - done)
      #elseif canImport(Musl)
        let count = Musl.write(descriptor, base + done, bytes.count - done)
      #else
        let count = Darwin.write(descriptor, base + done, bytes.count - done)
      #endif
      if count < 0 {
        if errno == EINTR { continue }
        throw failure(errno)
      }
      done += count
    }
    size += bytes.count
  }

  private func failure(_ code: Int32) -> FormatError {
    FormatError(
      .inputOutput, file: path, found: "writing failed (\(String(cString: strerror(code))))",
      remedy: "check the space that is left")
  }

  /// Adds what a sink holds, and empties it.
  ///
  /// - Throws: ``FormatError`` with `inputOutput`.
  public func write(_ sink: TextSink) throws {
    try write(sink.bytes)
    sink.removeAll()
  }

  /// Adds text.
  ///
  /// - Throws: ``FormatError`` with `inputOutput`.
  public func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { try write($0) }
  }

  /// Ends the file: brings it to the disk and gives it its name.
  ///
  /// - Throws: ``FormatError``.
  public func commit() throws {
    guard descriptor >= 0 else { return }
    guard !isDurable || fsync(descriptor) == 0 || errno == EINVAL, close(descriptor) == 0 else {
      let reason = String(cString: strerror(errno))
      descriptor = -1
      unlink(temporaryPath)
      throw FormatError(.inputOutput, file: path, found: "it could not be brought to the disk (\(reason))")
    }
    descriptor = -1
    guard rename(temporaryPath, path) == 0 else {
      let reason = String(cString: strerror(errno))
      unlink(temporaryPath)
      throw FormatError(.cannotCreate, file: path, found: "it could not be given its name (\(reason))")
    }
  }
}

/// Makes a folder, and those above it that are not there.
///
/// A folder that is there already is left as it is.
///
/// - Throws: ``FormatError`` with `cannotCreate`.
public func makeFolder(_ path: String) throws {
  var code = path.isEmpty ? ENOENT : 0
  // Each slash ends the name of a folder above.
  for end in path.indices where code == 0 && path[end] == "/" && end > path.startIndex {
    code = makeOneFolder(String(path[..<end]))
  }
  if code == 0 { code = makeOneFolder(path) }
  guard code == 0 else {
    throw FormatError(
      .cannotCreate, file: path, found: "the folder cannot be made (\(String(cString: strerror(code))))",
      remedy: "check the path and the permissions")
  }
}

/// Makes one folder; returns the error code, 0 where the folder is there afterwards.
private func makeOneFolder(_ path: String) -> Int32 {
  if mkdir(path, 0o777) == 0 { return 0 }
  let code = errno
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR ? 0 : code
}
