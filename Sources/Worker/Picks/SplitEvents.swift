public import MPI
public import SeismicFormats

/// Events whose rows do not stand together in the tables.
///
/// Ranks read their units without knowing of each other's, so an event that comes in several places comes in several groups.
/// Afterwards they find out which events those are, read their rows again and bring them together. The usual table has
/// none, and then only the hashes of the identifiers travel.
public struct SplitEvents {
  /// The hashes of identifiers that came in more than one group, sorted; the same on all ranks.
  public let hashes: [UInt64]
  private let set: Set<UInt64>
  /// The units in which each of them was seen.
  public let units: [UInt64: Set<Int>]

  /// At most this many events are brought together at a time, so that memory stays bounded.
  static let batchSize = 20_000
  /// About so many groups of a rank are compared with the others' at a time.
  public static let turnSize = 50_000

  /// Finds the events that came more than once.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - seen: the groups that this rank has read.
  ///   - turnSize: about so many of them are compared with the other ranks' at a time.
  /// - Throws: ``AgreedFailure`` when what a rank has seen cannot be read again; ``CommunicatorError``.
  public init(_ seen: SeenEvents, turnSize: Int = turnSize, over communicator: any Communicator) throws {
    var repeated: [UInt64] = []
    // A part of all hashes at a time, so that what travels and is compared stays small however many there are.
    let turns = Turns(of: try communicator.allreduce(seen.count, .maximum), turnSize: turnSize)
    for turn in 0..<turns.count {
      let parts = try communicator.agree {
        var parts = [[UInt64]](repeating: [], count: communicator.size)
        for part in turns.parts(of: turn) {
          try seen.forEach(ofPart: part) { hash, unit in
            guard turns.has(turn, hash) else { return }
            parts[Int(hash % UInt64(communicator.size))].append(hash)
            parts[Int(hash % UInt64(communicator.size))].append(unit)
          }
        }
        return parts
      }
      let received = try communicator.alltoallv(parts)
      let found = Self.repeatedHashes(received)
      guard !found.isEmpty else { continue }
      for part in received {
        for place in stride(from: 0, to: part.count - 1, by: 2) where found.contains(part[place]) {
          repeated.append(contentsOf: [part[place], part[place + 1]])
        }
      }
    }
    let all = try communicator.allgatherFlat(repeated).values
    var units: [UInt64: Set<Int>] = [:]
    for place in stride(from: 0, to: all.count - 1, by: 2) {
      units[all[place], default: []].insert(Int(all[place + 1]))
    }
    self.units = units
    hashes = units.keys.sorted()
    set = Set(hashes)
  }

  /// How the hashes are compared in several turns: some parts of ``SeenEvents`` at a time, or some of the hashes of one part.
  private struct Turns {
    /// The number of turns; a whole number of them for each part, or of parts for each of them.
    var count: Int
    private var perPart: Int

    init(of hashCount: Int, turnSize: Int) {
      let wanted = (hashCount + turnSize - 1) / turnSize
      perPart = max(1, (wanted + SeenEvents.parts - 1) / SeenEvents.parts)
      self.count = 1
      while self.count < min(wanted, SeenEvents.parts) { self.count *= 2 }
      self.count *= perPart
    }

    func parts(of turn: Int) -> Range<Int> {
      guard perPart == 1 else { return turn / perPart..<turn / perPart + 1 }
      return turn * SeenEvents.parts / count..<(turn + 1) * SeenEvents.parts / count
    }

    func has(_ turn: Int, _ hash: UInt64) -> Bool { hash >> 40 % UInt64(perPart) == UInt64(turn % perPart) }
  }

  /// The hashes that come more than once, in pairs of hash and unit.
  private static func repeatedHashes(_ parts: [[UInt64]]) -> Set<UInt64> {
    let count = parts.reduce(0) { $0 + $1.count / 2 }
    // Twice the room keeps the way to a free place short; zero marks one.
    let bits = Int.bitWidth - (2 * count).leadingZeroBitCount
    let mask = (1 << bits) - 1
    var table = [UInt64](repeating: 0, count: mask + 1)
    var found: Set<UInt64> = []
    table.withUnsafeMutableBufferPointer { table in
      for part in parts {
        for index in stride(from: 0, to: part.count - 1, by: 2) {
          let hash = part[index]
          let key = hash == 0 ? 1 : hash
          // All hashes here have the same remainder by the number of ranks, so the low bits alone would crowd.
          var place = Int(truncatingIfNeeded: key >> 8) & mask
          while table[place] != 0 && table[place] != key { place = (place + 1) & mask }
          if table[place] == key { found.insert(hash) }
          table[place] = key
        }
      }
    }
    return found
  }

  /// Whether an event came in more than one group.
  public func contains(_ hash: UInt64) -> Bool { set.contains(hash) }

  /// Reads the rows of the split events again and hands each event, whole, to one rank.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - input: the tables.
  ///   - onGroup: given each event that falls to this rank, its rows in the order of the tables, and the source of its
  ///     first row.
  /// - Throws: ``FormatError``, on all ranks; ``CommunicatorError``; what `onGroup` throws.
  public func bringTogether(
    _ input: PickInput, over communicator: any Communicator, onGroup: (PickGroup, _ source: Int) throws -> Void
  ) throws {
    let tables = OpenTables(input)
    for start in stride(from: 0, to: hashes.count, by: Self.batchSize) {
      let batch = Set(hashes[start..<min(start + Self.batchSize, hashes.count)])
      var wanted: Set<Int> = []
      for hash in batch { wanted.formUnion(units[hash] ?? []) }
      let mine = wanted.sorted().enumerated().filter { $0.offset % communicator.size == communicator.rank }
      var parts = [[UInt8]](repeating: [], count: communicator.size)
      try communicator.agree {
        for (_, index) in mine {
          let unit = input.units[index]
          try tables.table(of: unit).read(unit.range, onProblem: { _ in }) { group in
            let hash = stableHash(group.idBytes)
            guard batch.contains(hash) else { return }
            group.encode(unit: index, into: &parts[Int(hash % UInt64(communicator.size))])
          }
        }
      }
      var groups: [[UInt8]: [(unit: Int, order: Int, bytes: ArraySlice<UInt8>)]] = [:]
      var order = 0
      for part in try communicator.alltoallv(parts) {
        var rest = part[...]
        while let piece = EncodedGroup(&rest) {
          groups[piece.eventID, default: []].append((piece.unit, order, piece.rows))
          order += 1
        }
      }
      for id in groups.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
        let pieces = (groups[id] ?? []).sorted { ($0.unit, $0.order) < ($1.unit, $1.order) }
        let group = PickGroup()
        id.withUnsafeBufferPointer { group.begin($0) }
        for piece in pieces { EncodedGroup.decodeRows(piece.bytes, into: group) }
        try onGroup(group, pieces.first.map { input.units[$0.unit].source } ?? 0)
      }
    }
  }
}

/// A group on its way to another rank.
private struct EncodedGroup {
  var eventID: [UInt8]
  var unit: Int
  var rows: ArraySlice<UInt8>

  init?(_ bytes: inout ArraySlice<UInt8>) {
    guard !bytes.isEmpty else { return nil }
    unit = Int(bytes.take(UInt64.self))
    let idLength = Int(bytes.take(UInt64.self))
    let rowLength = Int(bytes.take(UInt64.self))
    eventID = Array(bytes.prefix(idLength))
    bytes = bytes.dropFirst(idLength)
    rows = bytes.prefix(rowLength)
    bytes = bytes.dropFirst(rowLength)
  }

  static func decodeRows(_ bytes: ArraySlice<UInt8>, into group: PickGroup) {
    var bytes = bytes
    group.addUnusableRows(Int(bytes.take(UInt64.self)))
    while !bytes.isEmpty {
      let pTime = UTCTime(
        seconds: Int64(bitPattern: bytes.take(UInt64.self)), nanoseconds: Int64(bytes.take(UInt64.self)))
      let pProbability = Double(bitPattern: bytes.take(UInt64.self))
      let sTime = UTCTime(
        seconds: Int64(bitPattern: bytes.take(UInt64.self)), nanoseconds: Int64(bytes.take(UInt64.self)))
      let sProbability = Double(bitPattern: bytes.take(UInt64.self))
      let codeLength = Int(bytes.take(UInt64.self))
      let code = Array(bytes.prefix(codeLength))
      bytes = bytes.dropFirst(codeLength)
      code.withUnsafeBufferPointer {
        group.append(
          station: $0, pTime: pTime, pProbability: pProbability, sTime: sProbability.isNaN ? nil : sTime,
          sProbability: sProbability)
      }
    }
  }
}

extension PickGroup {
  fileprivate func encode(unit: Int, into bytes: inout [UInt8]) {
    var own: [UInt8] = []
    own.put(UInt64(unusableRowCount))
    for row in rows {
      own.put(UInt64(bitPattern: row.pTime.seconds))
      own.put(UInt64(row.pTime.nanoseconds))
      own.put(row.pProbability.bitPattern)
      own.put(UInt64(bitPattern: row.sTime.seconds))
      own.put(UInt64(row.sTime.nanoseconds))
      own.put(row.sProbability.bitPattern)
      let code = Array(stationCode(row).utf8)
      own.put(UInt64(code.count))
      own.append(contentsOf: code)
    }
    bytes.put(UInt64(unit))
    bytes.put(UInt64(eventID.count))
    bytes.put(UInt64(own.count))
    bytes.append(contentsOf: eventID)
    bytes.append(contentsOf: own)
  }
}

extension Array where Element == UInt8 {
  fileprivate mutating func put(_ value: UInt64) {
    Swift.withUnsafeBytes(of: value) { append(contentsOf: $0) }
  }
}

extension ArraySlice where Element == UInt8 {
  fileprivate mutating func take(_ type: UInt64.Type) -> UInt64 {
    let value = withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
    self = dropFirst(8)
    return value
  }
}
