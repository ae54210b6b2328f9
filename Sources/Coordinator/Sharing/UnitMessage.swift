/// What a rank reports of units that it has done or could not do, in one message.
///
/// Layout, all numbers little-endian: seconds of work (8 bytes), seconds of waiting (8), then for each unit its number (4),
/// its exit code (4), the length of what follows (4), and the result, or the error's words.
struct UnitReport {
  /// What is said of one unit.
  struct Entry: Equatable {
    var unit: Int
    /// 0 for a unit that was done, ``UnitReport/givenBack`` for one that was not begun.
    var exitCode: Int32
    var payload: [UInt8]
  }

  /// Instead of an exit code: the unit was not begun.
  static let givenBack: Int32 = -1

  /// How long the units took together, in s.
  private(set) var workedSeconds = 0.0
  /// How long the rank had waited for them, in s.
  private(set) var waitedSeconds = 0.0
  private var content: [UInt8] = []
  /// How many units it speaks of.
  private(set) var count = 0

  /// An empty report.
  init() {}

  /// Whether there is nothing to be told.
  var isEmpty: Bool { count == 0 }

  /// About the length of the message.
  var byteCount: Int { 16 + content.count }

  mutating func waited(_ seconds: Double) { waitedSeconds += seconds }

  mutating func add(_ entry: Entry, seconds: Double) {
    workedSeconds += seconds
    count += 1
    withUnsafeBytes(of: Int32(truncatingIfNeeded: entry.unit).littleEndian) { content.append(contentsOf: $0) }
    withUnsafeBytes(of: entry.exitCode.littleEndian) { content.append(contentsOf: $0) }
    withUnsafeBytes(of: UInt32(truncatingIfNeeded: entry.payload.count).littleEndian) { content.append(contentsOf: $0) }
    content.append(contentsOf: entry.payload)
  }

  /// The message.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount)
    for seconds in [workedSeconds, waitedSeconds] {
      withUnsafeBytes(of: seconds.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
    return bytes + content
  }

  /// Hands out the units of a message.
  ///
  /// - Returns: seconds of work and of waiting, and the number of units; nil when the message is not one.
  static func read(
    _ bytes: [UInt8], _ body: (Entry) throws -> Void
  ) rethrows -> (worked: Double, waited: Double, count: Int)? {
    guard bytes.count >= 16 else { return nil }
    func number<T: FixedWidthInteger>(_ place: Int, _ type: T.Type) -> T {
      bytes.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: T.self)) }
    }
    var place = 16
    var count = 0
    while place < bytes.count {
      guard bytes.count - place >= 12 else { return nil }
      let length = Int(number(place + 8, UInt32.self))
      guard bytes.count - place - 12 >= length else { return nil }
      try body(
        Entry(
          unit: Int(number(place, Int32.self)), exitCode: number(place + 4, Int32.self),
          payload: Array(bytes[place + 12..<place + 12 + length])))
      place += 12 + length
      count += 1
    }
    return (
      Double(bitPattern: number(0, UInt64.self)), Double(bitPattern: number(8, UInt64.self)), count
    )
  }
}
