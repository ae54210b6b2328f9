/// Stretches of samples that were decoded from last.
///
/// Windows of a swarm overlap, and are read one after the other: without it their samples would be decoded again and again.
/// Samples are decoded in blocks that begin at whole multiples of ten minutes, so that what a window gets does not depend on
/// what was read before it.
struct BlockCache {
  /// The length of a block, in seconds.
  static let length: Int64 = 600
  /// Spans longer than this, in seconds, are read directly.
  static let longestSpan = 3600.0

  /// A block of a stream in a file.
  struct Key: Hashable {
    var path: String
    var stream: StreamID
    var block: Int64
  }

  private struct Entry {
    var traces: [Trace]
    var bytes: Int
    var lastUse: Int
  }

  private let limit: Int
  private var entries: [Key: Entry] = [:]
  private var bytes = 0
  private var clock = 0

  /// - Parameter limit: the most bytes that are kept.
  init(limit: Int) { self.limit = limit }

  /// Traces of a stream in a span: from blocks that are kept, or decoded now.
  mutating func traces(
    _ path: String, _ stream: StreamID, in span: Range<UTCTime>, decode: (Range<UTCTime>) throws -> [Trace]
  ) throws -> [Trace] {
    let length = span.upperBound.timeInterval(since: span.lowerBound)
    guard length <= Self.longestSpan else { return try decode(span) }
    let first = Self.block(span.lowerBound)
    // The upper bound does not belong to the span.
    let last = max(Self.block(span.upperBound.advanced(by: -1e-9)), first)
    var pending: [Trace] = []
    for block in first...last {
      let key = Key(path: path, stream: stream, block: block)
      let start = UTCTime(seconds: block &* Self.length)
      let fresh = try kept(key) ?? decoded(key, start..<UTCTime(seconds: (block &+ 1) &* Self.length), decode)
      pending = block == first ? fresh : Self.joined(pending, fresh, at: start)
    }
    return pending.compactMap { $0.cut(to: span) }
  }

  private static func block(_ time: UTCTime) -> Int64 {
    let quotient = time.seconds / length
    return time.seconds % length < 0 ? quotient - 1 : quotient
  }

  private mutating func kept(_ key: Key) -> [Trace]? {
    guard let entry = entries[key] else { return nil }
    clock += 1
    entries[key]?.lastUse = clock
    return entry.traces
  }

  private mutating func decoded(
    _ key: Key, _ span: Range<UTCTime>, _ decode: (Range<UTCTime>) throws -> [Trace]
  ) throws -> [Trace] {
    let traces = try decode(span)
    let size = traces.reduce(256) { $0 + 256 + $1.count * $1.samples.width }
    guard size <= limit else { return traces }
    clock += 1
    bytes += size
    entries[key] = Entry(traces: traces, bytes: size, lastUse: clock)
    if bytes > limit { shrink() }
    return traces
  }

  /// Drops what was used longest ago, until a quarter of the room is free; so the search for it is rare.
  private mutating func shrink() {
    let uses = entries.values.map { (time: $0.lastUse, bytes: $0.bytes) }.sorted { $0.time < $1.time }
    var lastDropped = Int.min
    // What came last stays, however large it is.
    for use in uses.dropLast() where bytes > limit / 4 * 3 {
      bytes -= use.bytes
      lastDropped = use.time
    }
    entries = entries.filter { $0.value.lastUse > lastDropped }
  }

  /// Forgets what is kept of a file.
  mutating func forget(_ path: String) {
    for (key, entry) in entries where key.path == path {
      bytes -= entry.bytes
      entries[key] = nil
    }
  }

  /// Joins traces that were cut at a border between blocks.
  private static func joined(_ left: [Trace], _ right: [Trace], at border: UTCTime) -> [Trace] {
    var left = left
    var rest: [Trace] = []
    var isTaken = [Bool](repeating: false, count: left.count)
    for trace in right {
      let place = left.indices.first { index in
        guard !isTaken[index], trace.samplingRate > 0 else { return false }
        let before = left[index]
        let interval = 1 / before.samplingRate
        return before.id == trace.id && abs(before.samplingRate - trace.samplingRate) <= 1e-4 * before.samplingRate
          && abs(trace.start.timeInterval(since: before.time(of: before.count))) <= interval / 2
          && abs(trace.start.timeInterval(since: border)) <= interval * 1.5
          && before.samples.isSameType(as: trace.samples)
      }
      if let place {
        isTaken[place] = true
        left[place].samples.append(trace.samples)
      } else {
        rest.append(trace)
      }
    }
    return left + rest
  }
}
