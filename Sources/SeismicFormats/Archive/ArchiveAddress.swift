/// Where waveforms are, as it is given on the command line: `sds:PATH`, `files:PATH`, `stead:FILE.hdf5`, `seisbench:DIR`.
public enum ArchiveAddress: Hashable, Sendable {
  /// A tree in the SeisComP Data Structure.
  case sds(String)
  /// Any tree of miniSEED and SAC files, or one file.
  case files(String)
  /// An HDF5 file in the form of STEAD.
  case stead(String)
  /// A folder with a data set of SeisBench.
  case seisBench(String)

  /// Reads an address; for a path alone it is guessed what it is.
  ///
  /// - Parameters:
  ///   - text: the address.
  ///   - onProblem: told of what was guessed.
  /// - Throws: ``FormatError`` for a kind that there is not, and for a path alone where there is nothing.
  public init(_ text: String, onProblem: ProblemHandler) throws {
    if let colon = text.firstIndex(of: ":"), colon > text.startIndex {
      let path = String(text[text.index(after: colon)...])
      let kind = text[..<colon].lowercased()
      if ["sds", "files", "stead", "seisbench"].contains(kind), path.isEmpty {
        throw FormatError(.missing, file: text, found: "there is no path behind the colon", expected: "\(kind):PATH")
      }
      switch kind {
      case "sds": self = .sds(path)
      case "files": self = .files(path)
      case "stead": self = .stead(path)
      case "seisbench": self = .seisBench(path)
      default:
        guard FolderListing.status(text) != nil else {
          throw FormatError(
            .unsupported, file: text, found: "an archive of the kind \(quoted(kind))",
            expected: "sds:PATH, files:PATH, stead:FILE.hdf5 or seisbench:DIR")
        }
        self = try Self.guess(text, onProblem)
      }
      return
    }
    self = try Self.guess(text, onProblem)
  }

  private static func guess(_ path: String, _ onProblem: ProblemHandler) throws -> ArchiveAddress {
    guard let status = FolderListing.status(path) else {
      throw FormatError(
        .missing, file: path, found: "there is no such file or folder",
        expected: "sds:PATH, files:PATH, stead:FILE.hdf5 or seisbench:DIR", remedy: "check the path")
    }
    let address: ArchiveAddress
    if status.isFile {
      let isHDF5 = try FileInput(path).prefix(4).elementsEqual([0x89, 0x48, 0x44, 0x46])
      address = isHDF5 ? .stead(path) : .files(path)
    } else {
      let entries = try FolderListing.entries(path)
      func isYear(_ name: String) -> Bool { name.utf8.count == 4 && name.utf8.allSatisfy { (48...57).contains($0) } }
      if entries.contains(where: { $0.name.hasPrefix("metadata") && $0.name.hasSuffix(".csv") }),
        entries.contains(where: { $0.name.hasPrefix("waveforms") && $0.name.hasSuffix(".hdf5") })
      {
        address = .seisBench(path)
      } else if entries.contains(where: { $0.isFolder && isYear($0.name) }),
        (try? SDSIndex.scan(path, onProblem: { _ in })) != nil
      {
        address = .sds(path)
      } else {
        address = .files(path)
      }
    }
    try onProblem(
      Problem(
        file: path, found: "the kind of the archive is not given",
        expected: "sds:PATH, files:PATH, stead:FILE.hdf5 or seisbench:DIR", action: "taken as \(address)"))
    return address
  }

  /// The path.
  public var path: String {
    switch self {
    case .sds(let path), .files(let path), .stead(let path), .seisBench(let path): path
    }
  }
}

extension ArchiveAddress: CustomStringConvertible {
  public var description: String {
    switch self {
    case .sds(let path): "sds:\(path)"
    case .files(let path): "files:\(path)"
    case .stead(let path): "stead:\(path)"
    case .seisBench(let path): "seisbench:\(path)"
    }
  }
}

extension ArchiveAddress {
  /// The files that an index is made of, for one rank to list and all to share; empty where a listing of folders is the index, or there is none.
  ///
  /// - Throws: ``FormatError`` when there is no such archive.
  public func indexedFiles() throws -> [String] {
    if case .files(let path) = self { try FileArchive.paths(in: path) } else { [] }
  }

  /// The share of an archive that a file belongs to: by its path's hash.
  public static func part(ofFile path: String, of parts: Int) -> Int {
    Int(truncatingIfNeeded: stableHash(path) % UInt64(max(parts, 1)))
  }

  /// Makes the index of a share of the archive, as bytes that can be sent and kept.
  ///
  /// A listing that costs little, and what there is in a data set, is made whole by part 0.
  ///
  /// - Parameters:
  ///   - part: 0 ..< `parts`.
  ///   - parts: how many shares there are.
  ///   - paths: the files of the share, where they are known; nil lists the archive and takes those of the share.
  ///   - known: the whole index of an earlier time, of which unchanged files are taken.
  ///   - onProblem: told of files that cannot be read.
  /// - Throws: ``FormatError`` when there is no such archive; what `onProblem` throws.
  public func partialIndex(
    part: Int = 0, of parts: Int = 1, paths: [String]? = nil, reusing known: [UInt8]? = nil, onProblem: ProblemHandler
  ) throws -> [UInt8] {
    switch self {
    case .sds(let path):
      return part == 0 ? try SDSIndex.scan(path, onProblem: onProblem).table : []
    case .files(let path):
      let paths =
        try paths ?? FileArchive.paths(in: path).filter { Self.part(ofFile: $0, of: parts) == part }
      // A table of another version is no reason to stop.
      let index = known.flatMap { try? ArchiveIndex(table: $0, path: path) } ?? ArchiveIndex()
      return try ArchiveIndex.scan(paths: paths, reusing: index, onProblem: onProblem).table
    case .stead(let path):
      return part == 0 ? try STEADFile(path, onProblem: onProblem).contents.bytes : []
    case .seisBench(let path):
      return part == 0 ? try SeisBenchDataset(path, onProblem: onProblem).contents.bytes : []
    }
  }

  /// Puts the shares of an index together, the same bytes however many there were.
  ///
  /// - Throws: ``FormatError`` when a share is damaged, or there is no waveform in any; what `onProblem` throws.
  public func mergedIndex(_ parts: [[UInt8]], onProblem: ProblemHandler) throws -> [UInt8] {
    switch self {
    case .files(let path):
      let index = ArchiveIndex.merged(try parts.filter { !$0.isEmpty }.map { try ArchiveIndex(table: $0, path: path) })
      try FileArchive.check(index, path, onProblem)
      return index.table
    case .sds, .stead, .seisBench:
      return parts.first ?? []
    }
  }

  /// Opens the archive.
  ///
  /// - Parameters:
  ///   - index: what ``mergedIndex(_:onProblem:)`` returned, on this rank or another; nil looks through the archive now.
  ///   - budget: what is kept in memory of what was read.
  ///   - onProblem: told of what cannot be used.
  /// - Throws: ``FormatError`` when there is no such archive; what `onProblem` throws.
  public func open(
    index: [UInt8]? = nil, budget: ArchiveBudget = .usual, onProblem: ProblemHandler
  ) throws -> any WaveformArchive {
    switch self {
    case .sds(let path):
      return try SDSArchive(
        path, index: try index.map { try SDSIndex(table: $0, path: path) }, budget: budget, onProblem: onProblem)
    case .files(let path):
      guard let index else { return try FileArchive(path, budget: budget, onProblem: onProblem) }
      return FileArchive(index: try ArchiveIndex(table: index, path: path), budget: budget)
    case .stead(let path):
      guard let index else { return try STEADFile(path, onProblem: onProblem) }
      return try STEADFile(path, contents: try Self.contents(STEADFile.Contents(bytes: index), path))
    case .seisBench(let path):
      guard let index else { return try SeisBenchDataset(path, onProblem: onProblem) }
      return try SeisBenchDataset(path, contents: try Self.contents(SeisBenchDataset.Contents(bytes: index), path))
    }
  }

  private static func contents<Contents>(_ found: Contents?, _ path: String) throws -> Contents {
    guard let found else {
      throw FormatError(.badData, file: path, found: "an index that is not of this data set", remedy: "make it anew")
    }
    return found
  }
}
