/// Reads the samples of records and joins them.
final class MiniSEEDSampleReader {
  private let file: FileInput
  private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  /// Where in the file the memory begins, and how much of it is filled.
  private var base = 0
  private var filled = 0

  /// So much is read at once of records that stand together.
  private static let block = 1 << 18

  init(_ file: FileInput) { self.file = file }

  deinit { memory.deallocate() }

  /// Reads pieces that continue each other, and adds the trace that they make.
  ///
  /// A piece with fewer samples than its record says ends the trace; the next one begins another.
  func read(
    _ pieces: [MiniSEEDPiece], _ id: StreamID, into traces: inout [Trace], _ onProblem: ProblemHandler
  ) throws {
    guard let kind = pieces.first?.record.encoding.kind else { return }
    var next = 0
    while next < pieces.count {
      let first = next
      let samples: Samples
      switch kind {
      case .int32: samples = .int32(try join(pieces, &next, id, onProblem, MiniSEEDDecoder.integers))
      case .float32: samples = .float32(try join(pieces, &next, id, onProblem, MiniSEEDDecoder.floats))
      case .float64: samples = .float64(try join(pieces, &next, id, onProblem, MiniSEEDDecoder.doubles))
      case .text: samples = .text(try join(pieces, &next, id, onProblem, MiniSEEDDecoder.characters))
      }
      guard samples.count > 0 else { continue }
      traces.append(
        Trace(id: id, start: pieces[first].start, samplingRate: pieces[first].record.samplingRate, samples: samples))
    }
  }

  private typealias Decode<Sample> = (
    UnsafeRawBufferPointer, MiniSEEDEncoding, Bool, Int, UnsafeMutablePointer<Sample>
  ) -> (count: Int, flaw: MiniSEEDDecoder.Flaw?)

  /// Decodes pieces from `next` on, up to and with the first that is not whole.
  private func join<Sample: BitwiseCopyable>(
    _ pieces: [MiniSEEDPiece], _ next: inout Int, _ id: StreamID, _ onProblem: ProblemHandler, _ decode: Decode<Sample>
  ) throws -> [Sample] {
    var total = Steim.slack
    // Nothing is claimed here that the bytes of the records have no room for.
    for piece in pieces[next...] { total += max(piece.count, 0) }
    var count = 0
    let samples = try [Sample](unsafeUninitializedCapacity: total) { buffer, initialized in
      guard let output = buffer.baseAddress else { return }
      defer { initialized = count }
      while next < pieces.count {
        let piece = pieces[next]
        let payload = try payload(of: next, pieces, onProblem)
        next += 1
        guard let payload else { return }
        let decoded: Int
        let stated = Int(piece.record.sampleCount)
        if piece.count == stated {
          let outcome = decode(
            payload, piece.record.encoding, piece.record.isBigEndian, stated, output + count)
          if let flaw = outcome.flaw { try report(flaw, piece.record, outcome.count, id, onProblem) }
          decoded = outcome.count
          count += decoded
        } else {
          var part: [Sample] = []
          let outcome = decodeApart(piece, payload, decode, &part)
          if let flaw = outcome.flaw { try report(flaw, piece.record, outcome.count, id, onProblem) }
          decoded = outcome.count
          let end = min(piece.skipped + piece.count, part.count)
          for index in min(piece.skipped, end)..<end {
            output[count] = part[index]
            count += 1
          }
        }
        if decoded < stated { return }
      }
    }
    // A piece that broke off may have left most of the memory unused.
    return samples.capacity > 2 * samples.count + 1024 ? Array(samples[...]).map { $0 } : samples
  }

  /// Decodes the whole of a record of which only a part is wanted.
  private func decodeApart<Sample: BitwiseCopyable>(
    _ piece: MiniSEEDPiece, _ payload: UnsafeRawBufferPointer, _ decode: Decode<Sample>, _ part: inout [Sample]
  ) -> (count: Int, flaw: MiniSEEDDecoder.Flaw?) {
    var outcome: (count: Int, flaw: MiniSEEDDecoder.Flaw?) = (0, .short)
    let stated = Int(piece.record.sampleCount)
    part = [Sample](unsafeUninitializedCapacity: stated + Steim.slack) { buffer, initialized in
      guard let output = buffer.baseAddress else { return }
      outcome = decode(payload, piece.record.encoding, piece.record.isBigEndian, stated, output)
      initialized = outcome.count
    }
    return outcome
  }

  /// The payload of a piece's record; nil, and a problem, where the file does not reach so far any more.
  private func payload(
    of index: Int, _ pieces: [MiniSEEDPiece], _ onProblem: ProblemHandler
  ) throws -> UnsafeRawBufferPointer? {
    let record = pieces[index].record
    let start = record.offset
    let end = start + Int(record.length)
    if start < base || end > base + filled { try load(index, pieces) }
    guard start >= base, end <= base + filled else {
      try onProblem(
        Problem(
          file: file.path, byte: start, found: "the file became shorter while it was read",
          expected: "a record of \(record.length) bytes", action: "the record was passed over"))
      return nil
    }
    let place = start - base + Int(record.dataOffset)
    return UnsafeRawBufferPointer(rebasing: memory[place..<(place + Int(record.dataLength))])
  }

  /// Reads a record, and those behind it that are wanted too and stand near.
  private func load(_ index: Int, _ pieces: [MiniSEEDPiece]) throws {
    let start = pieces[index].record.offset
    var end = start + Int(pieces[index].record.length)
    for piece in pieces[(index + 1)...] {
      let record = piece.record
      // What stands between is read as well; it should not be more than what is wanted.
      guard record.offset >= end, record.offset - end <= Int(record.length),
        record.offset + Int(record.length) - start <= Self.block
      else { break }
      end = record.offset + Int(record.length)
    }
    if end - start > memory.count {
      memory.deallocate()
      memory = .allocate(byteCount: end - start, alignment: 16)
    }
    base = start
    filled = 0
    filled = try file.read(at: start, into: UnsafeMutableRawBufferPointer(rebasing: memory[..<(end - start)]))
  }

  private func report(
    _ flaw: MiniSEEDDecoder.Flaw, _ record: MiniSEEDRecord, _ count: Int, _ id: StreamID, _ onProblem: ProblemHandler
  ) throws {
    let name = record.encoding.name
    let found: String
    let expected: String
    var action = "the \(count) samples before were kept"
    switch flaw {
    case .short:
      found = "\(count) samples (\(name)) of \(id)"
      expected = "\(record.sampleCount), as the record says"
      action = "they were kept"
    case .invalidWord(let word):
      found = "word \(word) of the samples of \(id), which \(name) does not have"
      expected = "\(record.sampleCount) samples"
    case .lastSample(let last, let stated):
      found = "a last sample of \(last) (\(name)) of \(id)"
      expected = "\(stated), as the record says"
      action = "the samples were kept; one of them is wrong"
    case .otherWordOrder:
      found = "samples of \(id) with the \(record.isBigEndian ? "lowest" : "highest") byte first"
      expected = "the order that the record says"
      action = "they were read in the order in which the last one is right"
    case .invalidGain(let sample):
      found = "sample \(sample) of \(id) with a gain that \(name) does not have"
      expected = "\(record.sampleCount) samples"
    }
    try onProblem(
      Problem(file: file.path, byte: record.offset, found: found, expected: expected, action: action))
  }
}
