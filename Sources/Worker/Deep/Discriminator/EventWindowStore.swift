public import HSDLCompute
import SeismicFormats

/// Windows of events in one file or several, from which any event can be read at once.
///
/// The index is held in memory, the windows are read when they are asked for and checked against their checksum. An object belongs to one thread.
public final class EventWindowStore {
  /// The events, in the order of time and identifier.
  public let entries: [EventWindowEntry]
  /// A number that tells whether two stores hold the same.
  public let checksum: UInt64
  /// A number that tells which labels are others than in the files; 0 for none.
  public let labelChecksum: UInt64
  /// The hash of the picker that was asked about the windows; empty for none.
  public let picker: String
  private let files: [String]
  private let places: [(file: Int, start: Int, checksum: UInt64)]
  private var inputs: [FileInput?]
  private var buffer: [UInt8] = []

  /// The number of events.
  public var count: Int { entries.count }

  /// Opens a store and reads its index.
  ///
  /// - Throws: ``FormatError`` when it is no store, one of another version, or damaged.
  public convenience init(_ path: String) throws { try self.init(joining: [path]) }

  /// Opens several stores as one.
  ///
  /// What comes out does not depend on the order of the files unless they have events of the same time and identifier.
  ///
  /// - Parameter labels: what events are known to be, by identifier, whatever the files say.
  /// - Throws: ``FormatError`` when one is no store, one of another version, or damaged.
  public init(joining paths: [String], labels: [String: Label] = [:]) throws {
    let indexes = try paths.map { try Index($0) }
    picker = indexes.first?.picker ?? ""
    for (path, index) in zip(paths, indexes) where index.picker != picker {
      throw FormatError(
        .badData, file: path, found: "another picker was asked about its windows than about those of \(paths[0])",
        expected: "one picker for all", remedy: "write them again with the same --picker")
    }
    var order: [(file: Int, place: Int)] = []
    for (file, index) in indexes.enumerated() {
      order += index.entries.indices.map { (file, $0) }
    }
    if indexes.count > 1 {
      order.sort { left, right in
        let (a, b) = (indexes[left.file].entries[left.place], indexes[right.file].entries[right.place])
        if EventWindowWriter.precedes(a, b) { return true }
        if EventWindowWriter.precedes(b, a) { return false }
        return (left.file, left.place) < (right.file, right.place)
      }
    }
    var changes: UInt64 = 0
    entries = order.map { place in
      var entry = indexes[place.file].entries[place.place]
      if let label = labels[entry.id], label != entry.label {
        entry.label = label
        changes &+= mixed(stableHash(entry.id) ^ UInt64(Label.allCases.firstIndex(of: label) ?? 0))
      }
      return entry
    }
    labelChecksum = changes
    places = order.map { item in
      let place = indexes[item.file].places[item.place]
      return (item.file, place.start, place.checksum)
    }
    let sums = indexes.map(\.checksum).sorted()
    checksum = sums.count == 1 ? sums[0] : sums.reduce(0) { mixed($0 ^ $1) }
    files = paths
    inputs = paths.map { _ in nil }
  }

  /// What the index of a file says.
  fileprivate struct Index {
    var entries: [EventWindowEntry]
    var places: [(start: Int, checksum: UInt64)]
    var checksum: UInt64
    var picker: String
  }
}

extension EventWindowStore.Index {
  init(_ path: String) throws {
    let input = try FileInput(path)
    try input.requireContent(expected: "windows of events")
    let header = try input.prefix(EventWindowLayout.headerSize)
    guard header.starts(with: EventWindowLayout.magic) else {
      throw FormatError(
        .badData, file: path, found: "it does not begin as a file of windows does", expected: "windows of events",
        remedy: "give the file that `features --event-windows` wrote")
    }
    guard header.starts(with: EventWindowLayout.beginning) else {
      throw FormatError(
        .unsupported, file: path, found: "its windows are those of another version",
        expected: "version \(EventWindowLayout.version)", remedy: "write it again with this version")
    }
    picker = String(decoding: header.dropFirst(EventWindowLayout.beginning.count).prefix { $0 != 0 }, as: UTF8.self)
    // Nothing else tells of damage here.
    let rest = header.dropFirst(EventWindowLayout.beginning.count)
    guard
      rest.allSatisfy({ $0 == 0 })
        || rest.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
    else { throw EventWindowStore.damaged(path, EventWindowLayout.beginning.count) }
    let footerPlace = input.size - EventWindowLayout.footerSize
    guard footerPlace >= EventWindowLayout.headerSize else { throw EventWindowStore.damaged(path, input.size) }
    let footer = try EventWindowStore.read(input, footerPlace, EventWindowLayout.footerSize)
    guard footer.suffix(8) == EventWindowLayout.endMagic[...] else {
      throw FormatError(
        .badData, file: path, at: .byte(footerPlace), found: "the end of the file is missing",
        expected: "a whole file of windows", remedy: "write it again")
    }
    func number(_ bytes: [UInt8], _ place: Int) -> UInt64 {
      bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: UInt64.self)) }
    }
    let (start, count, identifiers) = (number(footer, 0), number(footer, 8), number(footer, 16))
    // Sizes are compared with the file's before anything is allocated.
    let room = UInt64(footerPlace)
    guard start >= UInt64(EventWindowLayout.headerSize), start <= room,
      count <= (room - start) / UInt64(EventWindowLayout.entrySize),
      identifiers == room - start - count * UInt64(EventWindowLayout.entrySize)
    else { throw EventWindowStore.damaged(path, footerPlace) }
    let index = try EventWindowStore.read(input, Int(start), Int(room - start))
    checksum = index.withUnsafeBytes(EventWindowLayout.checksum)
    guard checksum == number(footer, 24) else { throw EventWindowStore.damaged(path, Int(start)) }

    var entries: [EventWindowEntry] = []
    var places: [(start: Int, checksum: UInt64)] = []
    entries.reserveCapacity(Int(count))
    places.reserveCapacity(Int(count))
    var name = Int(count) * EventWindowLayout.entrySize
    for entry in 0..<Int(count) {
      let at = entry * EventWindowLayout.entrySize
      let (second, third) = (number(index, at + 8), number(index, at + 32))
      let seconds = Int64(bitPattern: number(index, at))
      let nanoseconds = UInt32(truncatingIfNeeded: second)
      let (label, place) = (Int(second >> 32), number(index, at + 16))
      let (stations, length) = (Int(UInt32(truncatingIfNeeded: third)), Int(third >> 32))
      guard label < Label.allCases.count, nanoseconds < 1_000_000_000, stations <= EventWindows.maximumStations,
        length <= EventWindowLayout.longestID, length <= index.count - name, place <= start,
        UInt64(stations * EventWindowLayout.stationSize) <= start - place
      else { throw EventWindowStore.damaged(path, Int(start) + at) }
      entries.append(
        EventWindowEntry(
          id: String(decoding: index[name..<name + length], as: UTF8.self),
          time: seconds == .max ? nil : UTCTime(seconds: seconds, nanoseconds: Int64(nanoseconds)),
          label: Label.allCases[label], stationCount: stations))
      places.append((Int(place), number(index, at + 24)))
      name += length
    }
    self.entries = entries
    self.places = places
  }
}

extension EventWindowStore {
  fileprivate static func damaged(_ path: String, _ place: Int) -> FormatError {
    FormatError(
      .badData, file: path, at: .byte(place), found: "the file is damaged", expected: "a whole file of windows",
      remedy: "write it again")
  }

  fileprivate static func read(_ input: FileInput, _ place: Int, _ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    guard try bytes.withUnsafeMutableBytes({ try input.read(at: place, into: $0) }) == count else {
      throw damaged(input.path, place)
    }
    return bytes
  }

  func checksum(_ event: Int) -> UInt64 { places[event].checksum }

  /// Calls with the bytes of an event's windows.
  func withRecord<Result>(_ event: Int, _ body: (Bytes) throws -> Result) throws -> Result {
    guard entries.indices.contains(event) else { throw Self.damaged(files.joined(separator: ", "), 0) }
    let (file, start, expected) = places[event]
    let size = entries[event].stationCount * EventWindowLayout.stationSize
    if buffer.count < size { buffer = [UInt8](repeating: 0, count: size) }
    let path = files[file]
    let input = try inputs[file] ?? FileInput(path)
    inputs[file] = input
    return try buffer.withUnsafeMutableBytes { memory in
      let memory = UnsafeMutableRawBufferPointer(rebasing: memory[..<size])
      guard try input.read(at: start, into: memory) == size,
        EventWindowLayout.checksum(UnsafeRawBufferPointer(memory)) == expected
      else { throw Self.damaged(path, start) }
      return try body(Bytes(memory.bindMemory(to: UInt8.self)))
    }
  }

  /// Closes the files; the next event that is read opens its file again.
  func close() { for file in inputs.indices { inputs[file] = nil } }

  /// The windows of an event, by its place in ``entries``.
  ///
  /// - Throws: ``FormatError`` when they cannot be read or are damaged.
  public func windows(_ event: Int) throws -> EventWindows {
    try withRecord(event) { bytes in
      let bytes = UnsafeRawBufferPointer(bytes)
      let stations = entries[event].stationCount
      let attributes = (0..<stations * StationAttribute.count).map {
        Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      }
      let componentPlace = 4 * attributes.count
      let components = Array(bytes[componentPlace..<componentPlace + stations])
      let samplePlace = componentPlace + stations
      let samples = [Int16](unsafeUninitializedCapacity: stations * EventWindows.windowSize) { memory, count in
        count = stations * EventWindows.windowSize
        UnsafeMutableRawBufferPointer(memory).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[samplePlace..<samplePlace + 2 * count]))
        #if _endian(big)
          for index in 0..<count { memory[index] = Int16(littleEndian: memory[index]) }
        #endif
      }
      guard let windows = EventWindows(samples: samples, components: components, attributes: attributes) else {
        throw Self.damaged(files[places[event].file], places[event].start)
      }
      return windows
    }
  }
}
