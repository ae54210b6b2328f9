#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder of S-files.
enum NordicFolder {
  /// The regular files of a folder, in the order of their names; nil where the path is no folder.
  ///
  /// Files whose name begins with a dot are passed over.
  ///
  /// - Throws: ``FormatError`` when the folder cannot be read or has no file.
  static func files(_ path: String) throws -> [String]? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
    guard let folder = opendir(path) else {
      throw FormatError(
        .unreadable, file: path, found: "it cannot be opened (\(String(cString: strerror(errno))))",
        remedy: "check its permissions")
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    let files = names.sorted().map { "\(path)/\($0)" }.filter { file in
      var status = stat()
      return stat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
    guard !files.isEmpty else {
      throw FormatError(.unreadable, file: path, found: "it is a directory without files", expected: "a catalog")
    }
    return files
  }

  /// Whether bytes at the beginning of a file are of the Nordic format: one of its first lines is a hypocentre or an
  /// identification line.
  static func isNordic(_ bytes: Bytes) -> Bool {
    for line in bytes.split(separator: 10, maxSplits: 32, omittingEmptySubsequences: true).prefix(32) {
      var content = Bytes(rebasing: line)
      if content.last == 13 { content = Bytes(rebasing: content.dropLast()) }
      let line = NordicLine(bytes: content)
      if line.isHypocentre || line.isIdentification { return true }
    }
    return false
  }
}
