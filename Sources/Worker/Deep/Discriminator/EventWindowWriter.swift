public import HSDLCompute
import SeismicFormats

/// Writes a store of windows of events: event after event, then the index.
///
/// Memory grows with the index alone, about 100 bytes an event.
public final class EventWindowWriter {
  private let output: FileOutput
  private var entries: [(entry: EventWindowEntry, place: Int, checksum: UInt64)] = []
  private let sink = TextSink(capacity: 1 << 18)

  /// Starts a store.
  ///
  /// - Parameters:
  ///   - picker: the hash of the picker that was asked about the windows; empty for none.
  ///   - isDurable: whether the file is to outlive the machine; a part that is to be merged need not.
  /// - Throws: ``FormatError``.
  public init(_ path: String, picker: String = "", isDurable: Bool = true) throws {
    output = try FileOutput(path, isDurable: isDurable)
    try EventWindowLayout.header(picker: picker).withUnsafeBufferPointer { try output.write($0) }
  }

  /// The number of events so far.
  public var count: Int { entries.count }

  /// Adds an event.
  ///
  /// - Throws: ``FormatError``.
  public func add(_ entry: EventWindowEntry, _ windows: EventWindows) throws {
    sink.removeAll()
    for value in windows.attributes { sink.append(binary: value.bitPattern.littleEndian) }
    windows.components.withUnsafeBufferPointer { sink.append($0) }
    windows.samples.withUnsafeBytes { bytes in
      #if _endian(little)
        sink.append(bytes.bindMemory(to: UInt8.self))
      #else
        for value in windows.samples { sink.append(binary: value.littleEndian) }
      #endif
    }
    try addRecord(entry, stations: windows.stationCount, sink.bytes)
  }

  private func addRecord(_ entry: EventWindowEntry, stations: Int, _ bytes: Bytes) throws {
    var entry = entry
    entry.stationCount = stations
    entries.append((entry, output.size, EventWindowLayout.checksum(UnsafeRawBufferPointer(bytes))))
    try output.write(bytes)
  }

  /// Writes the index and gives the file its name.
  ///
  /// - Throws: ``FormatError``.
  public func finish() throws {
    let start = output.size
    sink.removeAll()
    let order = entries.indices.sorted { EventWindowWriter.precedes(entries[$0].entry, entries[$1].entry) }
    var identifiers = 0
    for index in order {
      let (entry, place, checksum) = entries[index]
      let time = entry.time ?? EventKey.latest
      sink.append(binary: time.seconds.littleEndian)
      sink.append(binary: time.nanoseconds.littleEndian)
      sink.append(binary: UInt32(Label.allCases.firstIndex(of: entry.label) ?? 0).littleEndian)
      sink.append(binary: UInt64(place).littleEndian)
      sink.append(binary: checksum.littleEndian)
      sink.append(binary: UInt32(entry.stationCount).littleEndian)
      sink.append(binary: UInt32(entry.id.utf8.count).littleEndian)
      identifiers += entry.id.utf8.count
    }
    for index in order { sink.append(text: entries[index].entry.id) }
    let checksum = EventWindowLayout.checksum(UnsafeRawBufferPointer(sink.bytes))
    sink.append(binary: UInt64(start).littleEndian)
    sink.append(binary: UInt64(entries.count).littleEndian)
    sink.append(binary: UInt64(identifiers).littleEndian)
    sink.append(binary: checksum.littleEndian)
    EventWindowLayout.endMagic.withUnsafeBufferPointer { sink.append($0) }
    try output.write(sink)
    try output.commit()
  }

  static func precedes(_ left: EventWindowEntry, _ right: EventWindowEntry) -> Bool {
    let (a, b) = (left.time ?? EventKey.latest, right.time ?? EventKey.latest)
    return a != b ? a < b : left.id.utf8.lexicographicallyPrecedes(right.id.utf8)
  }

  /// Brings the stores of several ranks together, events in the order of time and identifier.
  ///
  /// The bytes do not depend on how the events were shared out. An event of a repeated identifier stands as often as it was added.
  ///
  /// - Throws: ``FormatError``.
  public static func merge(_ parts: [String], into path: String, picker: String = "") throws {
    let writer = try EventWindowWriter(path, picker: picker)
    // Entries alone are held; a part is open only while its windows are copied.
    var all: [(entry: EventWindowEntry, part: Int, place: Int)] = []
    var stores: [EventWindowStore] = []
    for (number, part) in parts.enumerated() {
      let store = try EventWindowStore(part)
      for place in 0..<store.count { all.append((store.entries[place], number, place)) }
      stores.append(store)
    }
    all.sort { left, right in
      if precedes(left.entry, right.entry) { return true }
      if precedes(right.entry, left.entry) { return false }
      return stores[left.part].checksum(left.place) < stores[right.part].checksum(right.place)
    }
    var last = -1
    for item in all {
      let store = stores[item.part]
      try store.withRecord(item.place) { bytes in
        try writer.addRecord(item.entry, stations: item.entry.stationCount, bytes)
      }
      if item.part != last {
        if last >= 0 { stores[last].close() }
        last = item.part
      }
    }
    try writer.finish()
  }
}
