import SeismicFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The groups of rows that a rank has read: the hash of each one's identifier, and the unit in which it began.
///
/// However many they are, no more than ``memoryLimit`` bytes of them are in memory where there is a folder for the others. They are kept in parts
/// by the first bits of the hash, so that those that can be of the same event are found together.
public final class SeenEvents {
  /// The number of parts.
  static let parts = 64
  /// A part goes to the file in blocks of so many numbers, two for a group.
  private static let blockLength = 1 << 11
  /// The most memory that is taken where there is a folder, in bytes.
  public static let memoryLimit = parts * blockLength * 8

  /// The number of groups.
  public private(set) var count = 0
  /// Hashes and units in turn, of each part those that are in no block.
  private var rest = [[UInt64]](repeating: [], count: parts)
  /// The places of each part's blocks in the file, as numbers of blocks.
  private var blocks = [[Int]](repeating: [], count: parts)
  private var blockCount = 0
  private let folder: String?
  private var descriptor: Int32 = -1
  private var canWrite: Bool

  /// Begins with none.
  ///
  /// - Parameter folder: where there may be a file for those that are not in memory; nil keeps all there.
  public init(spillingTo folder: String? = nil) {
    self.folder = folder
    canWrite = folder != nil
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Whether there are none.
  public var isEmpty: Bool { count == 0 }

  /// The groups that are in a file.
  public var spilledCount: Int { blockCount * Self.blockLength / 2 }

  /// Adds groups of a unit, by the hashes of their identifiers.
  public func add(_ hashes: [UInt64], unit: Int) {
    for hash in hashes {
      let part = Int(hash >> 58)
      rest[part].append(hash)
      rest[part].append(UInt64(unit))
      if rest[part].count >= Self.blockLength, canWrite { spill(part) }
    }
    count += hashes.count
  }

  /// Writes a part's block; where that cannot be done all stay in memory.
  private func spill(_ part: Int) {
    if descriptor < 0, let folder {
      var path = Array("\(folder)/seen.partial-XXXXXX".utf8CString)
      descriptor = path.withUnsafeMutableBufferPointer { $0.baseAddress.map { mkstemp($0) } ?? -1 }
      // It goes with this object, whatever becomes of the program.
      if descriptor >= 0 { unlink(path) }
    }
    let length = Self.blockLength * 8
    let isWritten =
      descriptor >= 0
      && rest[part].withUnsafeBytes { bytes in
        pwrite(descriptor, bytes.baseAddress, length, off_t(blockCount * length)) == length
      }
    guard isWritten else {
      canWrite = false
      return
    }
    blocks[part].append(blockCount)
    blockCount += 1
    rest[part].removeAll(keepingCapacity: true)
  }

  /// Calls something with each group of a part, in no particular order.
  ///
  /// - Throws: ``FormatError`` when what was written cannot be read.
  func forEach(ofPart part: Int, _ body: (_ hash: UInt64, _ unit: UInt64) -> Void) throws {
    func visit(_ numbers: [UInt64]) {
      for place in stride(from: 0, to: numbers.count - 1, by: 2) { body(numbers[place], numbers[place + 1]) }
    }
    var numbers = [UInt64](repeating: 0, count: blocks[part].isEmpty ? 0 : Self.blockLength)
    for block in blocks[part] {
      let length = Self.blockLength * 8
      let count = numbers.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, length, off_t(block * length)) }
      guard count == length else {
        throw FormatError(
          .inputOutput, file: folder ?? "", found: "an intermediate file cannot be read",
          expected: "\(length) bytes, not \(count)", remedy: "check the file system")
      }
      visit(numbers)
    }
    visit(rest[part])
  }
}
