#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a folder holds.
enum FolderListing {
  /// An entry of a folder.
  struct Entry {
    var name: String
    var isFolder: Bool
    var isFile: Bool
    /// Whether it is a link to what it is.
    var isLink = false
  }

  /// What makes a file or folder the same under several paths.
  struct Identity: Hashable {
    var device: UInt64
    var number: UInt64
  }

  /// The identity of what a path leads to; nil where there is nothing.
  static func identity(_ path: String) -> Identity? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Identity(
      device: UInt64(truncatingIfNeeded: status.st_dev), number: UInt64(truncatingIfNeeded: status.st_ino))
  }

  /// What a file system says of a file.
  struct Status: Hashable {
    var size: Int
    /// When it was changed last, in nanoseconds since 1970.
    var modified: Int64
    var isFolder: Bool
    var isFile: Bool
  }

  /// The status of a path; nil where there is nothing.
  static func status(_ path: String) -> Status? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    return Status(
      size: Int(status.st_size), modified: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec),
      isFolder: status.st_mode & S_IFMT == S_IFDIR, isFile: status.st_mode & S_IFMT == S_IFREG)
  }

  /// The entries of a folder, sorted by name; those that begin with a dot are left out.
  ///
  /// - Throws: ``FormatError``: `missing` or `unreadable`.
  static func entries(_ path: String) throws -> [Entry] {
    guard let folder = opendir(path) else {
      let code = errno
      throw FormatError(
        code == ENOENT ? .missing : .unreadable, file: path,
        found: code == ENOENT
          ? "there is no such folder" : "the folder cannot be read (\(String(cString: strerror(code))))",
        expected: "a folder", remedy: "check the path and its permissions")
    }
    defer { closedir(folder) }
    var entries: [Entry] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(".") { continue }
      switch Int32(entry.pointee.d_type) {
      case 4: entries.append(Entry(name: name, isFolder: true, isFile: false))
      case 8: entries.append(Entry(name: name, isFolder: false, isFile: true))
      default:
        // A link, or a file system that does not tell.
        let inner = path + "/" + name
        let status = status(inner)
        var own = stat()
        let isLink = lstat(inner, &own) == 0 && own.st_mode & S_IFMT == S_IFLNK
        entries.append(
          Entry(
            name: name, isFolder: status?.isFolder ?? false, isFile: status?.isFile ?? false, isLink: isLink))
      }
    }
    return entries.sorted { $0.name < $1.name }
  }
}
