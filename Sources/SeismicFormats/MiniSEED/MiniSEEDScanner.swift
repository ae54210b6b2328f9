#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Goes through a file from record to record and reads their headers.
///
/// Records may be of any version, length and byte order, in any mixture. What is no record is passed over, up to the
/// next byte where one begins, and is told of as one problem.
///
/// The file is read with `pread` into memory of its own, not mapped: a file that a live archiver makes shorter meanwhile
/// is then a problem to tell of, and not a signal that ends the process.
final class MiniSEEDScanner {
  private let file: FileInput
  private let streams: MiniSEEDStreams
  private let memory: UnsafeMutableRawBufferPointer
  /// Where in the file the memory begins, and how much of it is filled.
  private var base = 0
  private var filled = 0
  /// Where the next record is looked for.
  private var position = 0
  /// Where the file ends.
  private var end: Int
  /// The length of the last record that did not say how long it is.
  private var unstatedLength = 0

  /// A header with its blockettes or extra headers is no longer.
  private static let lookAhead = 1 << 17
  /// How far the next header is searched for behind a record that does not say how long it is.
  private static let longestUnstated = 1 << 18

  init(_ file: FileInput, streams: MiniSEEDStreams) {
    self.file = file
    self.streams = streams
    end = file.size
    // A small file is read at once.
    let size = min(max(file.size, 64), 1 << 19)
    memory = .allocate(byteCount: size, alignment: 16)
  }

  deinit { memory.deallocate() }

  /// The bytes from a place in the file on: at least so many as wanted, unless the file or the memory ends.
  @inline(__always)
  private func bytes(at offset: Int, wanted: Int) throws -> Bytes {
    if offset < base || offset + wanted > base + filled, base + filled < end || offset < base {
      try load(offset)
    }
    let start = offset - base
    guard start >= 0, start < filled, let pointer = memory.baseAddress else { return Bytes(start: nil, count: 0) }
    return Bytes(start: (pointer + start).assumingMemoryBound(to: UInt8.self), count: filled - start)
  }

  private func load(_ offset: Int) throws {
    let kept = offset >= base && offset < base + filled ? base + filled - offset : 0
    if kept > 0, let pointer = memory.baseAddress { memmove(pointer, pointer + (offset - base), kept) }
    base = offset
    let wanted = min(memory.count, end - offset) - kept
    filled = kept
    guard wanted > 0 else { return }
    let count = try file.read(
      at: offset + kept, into: UnsafeMutableRawBufferPointer(rebasing: memory[kept..<(kept + wanted)]))
    filled += count
    if count < wanted { end = base + filled }
  }

  /// The next record with samples; nil at the end of the file.
  ///
  /// - Throws: ``FormatError`` with `inputOutput`, and what `onProblem` throws.
  func next(_ onProblem: ProblemHandler) throws -> MiniSEEDRecord? {
    while position < end {
      let start = position
      let bytes = try bytes(at: start, wanted: Self.lookAhead)
      guard !bytes.isEmpty else { break }
      if MiniSEEDHeader.isVersion2(bytes) {
        if let record = try version2(bytes, onProblem) { return record }
      } else if MiniSEEDHeader.isVersion3(bytes) {
        if let record = try version3(bytes, onProblem) { return record }
      } else {
        try passOver(from: start, nil, onProblem)
      }
    }
    if end < file.size, position < .max {
      position = .max
      try onProblem(
        Problem(
          file: file.path, byte: end, found: "the file became shorter while it was read",
          expected: "\(file.size) bytes", action: "what was there was read"))
    }
    return nil
  }

  /// Reads the record at the present place and steps behind it; nil where it gives nothing.
  @inline(__always)
  private func version2(_ bytes: Bytes, _ onProblem: ProblemHandler) throws -> MiniSEEDRecord? {
    var details = MiniSEEDHeaderDetails()
    var record = MiniSEEDHeader.version2(bytes, &details)
    record.offset = position
    if details.hasLength, position + Int(record.length) <= end, !details.isChainBroken,
      record.dataOffset >= 48, record.dataOffset < record.length, details.claimedCount > 0
    {
      record.dataLength = record.length - record.dataOffset
      let capacity = record.encoding.capacity(bytes: Int(record.dataLength))
      if details.claimedCount <= capacity {
        record.sampleCount = Int32(truncatingIfNeeded: details.claimedCount)
        record.stream = streams.number(header: bytes)
        position += Int(record.length)
        return record
      }
    }
    return try oddVersion2(record, details, bytes, onProblem)
  }

  /// As ``version2``, for a record with something uncommon about it.
  @inline(never)
  private func oddVersion2(
    _ header: MiniSEEDRecord, _ details: MiniSEEDHeaderDetails, _ bytes: Bytes, _ onProblem: ProblemHandler
  ) throws -> MiniSEEDRecord? {
    var record = header
    let start = position
    if !details.hasLength {
      guard let length = try unstatedLength(from: start) else {
        try passOver(
          from: start, "a record that does not say how long it is, with no other behind it", onProblem)
        return nil
      }
      record.length = Int32(truncatingIfNeeded: length)
    }
    guard start + Int(record.length) <= end else {
      let found =
        "a record of \(record.length) bytes of which \(end - start) are there"
      try passOver(from: start, found, onProblem)
      return nil
    }
    position = start + Int(record.length)
    if details.isChainBroken {
      // Without blockette 1000 nobody can tell how the samples are stored.
      try onProblem(
        problem(
          start, "blockettes that do not follow each other inside the record", "offsets that lead forward",
          details.hasEncoding ? "the blockettes before that were used" : "the record was passed over"))
      guard details.hasEncoding else { return nil }
    }
    guard try bounded(&record, details, onProblem) else { return nil }
    // The search for the next header may have moved what is in memory.
    let header = try self.bytes(at: start, wanted: 48)
    guard header.count >= 48 else { return nil }
    record.stream = streams.number(header: header)
    return record
  }

  /// Sets the number of samples to what there is room for, and says so; false where there are none.
  private func bounded(
    _ record: inout MiniSEEDRecord, _ details: MiniSEEDHeaderDetails, _ onProblem: ProblemHandler
  ) throws -> Bool {
    // Records that carry only a header are common: logs of events, states of health.
    guard details.claimedCount > 0 else { return false }
    if record.version == 2 {
      guard record.dataOffset >= 48, record.dataOffset < record.length else {
        try onProblem(
          problem(
            record.offset, "samples that begin at byte \(record.dataOffset) of a record of \(record.length)",
            "a place inside the record behind its header", "the record was passed over"))
        return false
      }
      record.dataLength = record.length - record.dataOffset
    }
    guard record.encoding.kind != nil else {
      try onProblem(
        problem(
          record.offset, "samples stored as \(record.encoding.name)", "an encoding that is read here",
          "the record was passed over"))
      return false
    }
    let capacity = record.encoding.capacity(bytes: Int(record.dataLength))
    if details.claimedCount > capacity {
      try onProblem(
        problem(
          record.offset, "\(details.claimedCount) samples (\(record.encoding.name)) in \(record.dataLength) bytes",
          "\(capacity) at most", "the samples that are there were read"))
    }
    record.sampleCount = Int32(truncatingIfNeeded: min(details.claimedCount, capacity))
    return record.sampleCount > 0
  }

  /// Finds out the length of a record of version 2 that does not say it: up to the next header, or the file's end.
  private func unstatedLength(from start: Int) throws -> Int? {
    var length = MiniSEEDHeader.shortest
    while start + length < end, length <= Self.longestUnstated {
      let bytes = try bytes(at: start + length, wanted: 48)
      // The step goes through what is in memory.
      var place = 0
      while place + 48 <= bytes.count, length <= Self.longestUnstated {
        if MiniSEEDHeader.isStart(Bytes(rebasing: bytes[place...])) {
          unstatedLength = length
          return length
        }
        place += 64
        length += 64
      }
      if place == 0 { break }
    }
    let rest = end - start
    guard rest >= MiniSEEDHeader.shortest, rest <= Self.longestUnstated else { return nil }
    // The last record is as long as those before; what is left of a shorter one is not whole.
    guard unstatedLength > 0 else { return rest }
    return rest >= unstatedLength ? unstatedLength : nil
  }

  /// Reads the record at the present place and steps behind it; nil where it gives nothing.
  private func version3(_ bytes: Bytes, _ onProblem: ProblemHandler) throws -> MiniSEEDRecord? {
    let start = position
    var details = MiniSEEDHeaderDetails()
    var record = MiniSEEDHeader.version3(bytes, &details)
    record.offset = start
    let length = Int(record.length)
    guard start + length <= end, 40 + Int(bytes[33]) <= bytes.count else {
      try passOver(from: start, "a record of \(length) bytes of which \(end - start) are there", onProblem)
      return nil
    }
    let stated = UnsafeRawBufferPointer(bytes).little32(28)
    let identifier = Bytes(rebasing: bytes[40..<(40 + Int(bytes[33]))])
    let stream = streams.number(identifier: identifier, publication: bytes[32])
    // A long record that nothing follows is rather a damaged length than worth a checksum over everything behind it.
    let isLong = length > 1 << 16
    let isFollowed = isLong ? try isFollowed(start + length) : true
    let computed = isFollowed ? try checksum(from: start, length) : ~stated
    guard computed == stated else {
      let found = "a record of version 3 whose checksum (CRC-32C) is wrong"
      if isLong ? isFollowed : try self.isFollowed(start + length) {
        position = start + length
        try onProblem(problem(start, found, "the checksum that it states", "the record was passed over"))
      } else {
        try passOver(from: start, found, onProblem)
      }
      return nil
    }
    position = start + length
    record.stream = stream
    return try bounded(&record, details, onProblem) ? record : nil
  }

  /// Whether a record, or the end of the file, is at a place.
  private func isFollowed(_ place: Int) throws -> Bool {
    place >= end ? true : MiniSEEDHeader.isStart(try bytes(at: place, wanted: 48))
  }

  /// The checksum of a record of version 3: over all of it, with zeros in the place of the checksum.
  private func checksum(from start: Int, _ length: Int) throws -> UInt32 {
    var checksum: UInt32 = 0
    var done = 0
    while done < length {
      // The first part holds the fixed header whole: memory is never smaller than the file or half a megabyte.
      let wanted = min(length - done, Self.lookAhead)
      let bytes = try bytes(at: start + done, wanted: wanted)
      guard bytes.count >= wanted else { return 0 }
      if done == 0 {
        let zeros: UInt32 = 0
        checksum = CRC32C.update(0, Bytes(rebasing: bytes[..<28]))
        checksum = withUnsafeBytes(of: zeros) {
          CRC32C.update(checksum, $0.bindMemory(to: UInt8.self))
        }
        checksum = CRC32C.update(checksum, Bytes(rebasing: bytes[32..<wanted]))
      } else {
        checksum = CRC32C.update(checksum, Bytes(rebasing: bytes[..<wanted]))
      }
      done += wanted
    }
    return checksum
  }

  /// Steps to the next byte where a record begins and says what was passed over.
  private func passOver(from start: Int, _ found: String?, _ onProblem: ProblemHandler) throws {
    let first = try bytes(at: start, wanted: 48)
    let name: String
    if let found {
      name = found
    } else if MiniSEEDHeader.isBlank(first) {
      name = "a blank record"
    } else if MiniSEEDHeader.isControl(first) {
      name = "control headers of full SEED"
    } else {
      name = "something that is no miniSEED record"
    }
    var place = start + 1
    search: while place < end {
      let bytes = try bytes(at: place, wanted: 64)
      guard bytes.count >= 40 else {
        place = end
        break
      }
      var index = 0
      let isAtEnd = place + bytes.count >= end
      // The last bytes of what is in memory are looked at again with what follows them.
      let limit = isAtEnd ? bytes.count - 40 : bytes.count - 64
      while index <= limit {
        let isCandidate =
          bytes[index + 7] == 32 || bytes[index + 7] == 0 || (bytes[index] == 77 && bytes[index + 1] == 83)
        if isCandidate {
          let rest = Bytes(rebasing: bytes[index...])
          if MiniSEEDHeader.isVersion3(rest) || MiniSEEDHeader.isVersion2(rest) {
            place += index
            break search
          }
        }
        index += 1
      }
      place = isAtEnd ? end : place + index
    }
    position = place
    try onProblem(
      problem(start, name, "a record", "\(place - start) bytes were passed over, up to the next record or the end"))
  }

  private func problem(_ byte: Int, _ found: String, _ expected: String, _ action: String) -> Problem {
    Problem(file: file.path, byte: byte, found: found, expected: expected, action: action)
  }
}
