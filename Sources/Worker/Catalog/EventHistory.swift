public import SeismicFormats

/// When and where the events of a catalog were, in the order of time, in a file of its own.
///
/// Features that look at an event's neighbours read from it what lies around a unit, so they do not depend on how the
/// catalog is cut. Layout of an entry, little-endian: seconds (8 bytes), nanoseconds (8), latitude, longitude, depth in
/// km, magnitude (8 each; NaN where not known).
public enum EventHistory {
  static let entrySize = 48

  /// An event of the history.
  public struct Entry: Sendable, Equatable {
    /// Its time.
    public var time: UTCTime
    /// Latitude, in degrees.
    public var latitude: Double
    /// Longitude, in degrees.
    public var longitude: Double
    /// Depth, in km; NaN where it is not known.
    public var depth: Double
    /// Magnitude; NaN where it is not known.
    public var magnitude: Double

    /// The entry of an event; nil without an origin.
    public init?(_ event: Event) {
      guard let origin = event.preferredOrigin else { return nil }
      time = origin.time.value
      latitude = origin.latitude.value
      longitude = origin.longitude.value
      depth = (origin.depth?.value ?? .nan) / 1000
      magnitude = event.preferredMagnitude?.mag.value ?? .nan
    }

    init(_ bytes: UnsafeRawBufferPointer) {
      func number(_ place: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * place, as: UInt64.self))
      }
      time = UTCTime(
        seconds: Int64(bitPattern: number(0)), nanoseconds: Int64(bitPattern: number(1)))
      latitude = Double(bitPattern: number(2))
      longitude = Double(bitPattern: number(3))
      depth = Double(bitPattern: number(4))
      magnitude = Double(bitPattern: number(5))
    }

    /// Adds the entry to a file's content.
    public func append(to sink: TextSink) {
      sink.append(binary: time.seconds.littleEndian)
      sink.append(binary: Int64(time.nanoseconds).littleEndian)
      for value in [latitude, longitude, depth, magnitude] { sink.append(binary: value.bitPattern.littleEndian) }
    }
  }

  /// The entries of a span.
  ///
  /// - Throws: ``FormatError``.
  public static func entries(_ path: String, in span: Range<UTCTime>) throws -> [Entry] {
    let input = try FileInput(path)
    let count = input.size / entrySize
    func read(_ range: Range<Int>) throws -> [Entry] {
      var bytes = [UInt8](repeating: 0, count: range.count * entrySize)
      let length = try bytes.withUnsafeMutableBytes { try input.read(at: range.lowerBound * entrySize, into: $0) }
      return bytes.withUnsafeBytes { bytes in
        (0..<length / entrySize).map {
          Entry(UnsafeRawBufferPointer(rebasing: bytes[$0 * entrySize..<($0 + 1) * entrySize]))
        }
      }
    }
    /// The first entry at or after a time.
    func place(of time: UTCTime) throws -> Int {
      var (low, high) = (0, count)
      while low < high {
        let middle = (low + high) / 2
        guard let entry = try read(middle..<middle + 1).first else { return low }
        if entry.time < time { low = middle + 1 } else { high = middle }
      }
      return low
    }
    let (first, last) = (try place(of: span.lowerBound), try place(of: span.upperBound))
    return first < last ? try read(first..<last) : []
  }
}
