/// Reads a pick table as a catalog of events that have picks and no origin.
public final class PickTableReader: CatalogReader {
  public let header = CatalogHeader()
  public private(set) var position: Int

  private let table: PickTable
  private let network: String
  private let handleProblem: ProblemHandler
  private var segments: [Range<Int>]
  private var nextSegment = 0
  private var linesBefore = 1
  private var queue: [Event] = []
  private var queueStart = 0
  private var seen: Set<UInt64> = []
  /// What ended the reading, told when the events before it have been returned.
  private var failure: (any Error)?

  /// Opens a table.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - network: the network code of stations whose code does not say it.
  ///   - onProblem: told of what could not be used.
  /// - Throws: ``FormatError``.
  public init(_ path: String, network: String = "", onProblem: @escaping ProblemHandler = { _ in }) throws {
    table = try PickTable(path)
    self.network = network
    handleProblem = onProblem
    position = table.body.lowerBound
    segments = table.segments(ofSize: 1 << 18)
  }

  public func next() throws -> Event? {
    while queueStart == queue.count {
      queue.removeAll(keepingCapacity: true)
      queueStart = 0
      if let failure { throw failure }
      guard nextSegment < segments.count else { return nil }
      do {
        try read(segments[nextSegment])
      } catch {
        failure = error
      }
      nextSegment += 1
    }
    defer { queueStart += 1 }
    return queue[queueStart]
  }

  private func read(_ segment: Range<Int>) throws {
    let summary = try table.read(
      segment,
      onProblem: { problem in
        var problem = problem
        problem.line = problem.line.map { $0 + linesBefore + 1 }
        try handleProblem(problem)
      },
      onGroup: { group in
        guard seen.insert(stableHash(group.idBytes)).inserted else {
          throw FormatError(
            .badData, file: table.path, found: "the rows of event \(quoted(group.eventName)) do not stand together",
            expected: "a table in which they do", remedy: "sort it by event_id")
        }
        queue.append(group.event(network: network))
      })
    linesBefore += summary.lineCount
    position = segment.upperBound
  }
}

/// Writes events as a pick table: one row for each P pick that has a probability, with the S pick of its station.
public final class PickTableWriter: CatalogWriter {
  /// How many things of each kind were left out.
  public private(set) var leftOut: [String: Int] = [:]

  private let output: FileOutput
  private let path: String
  private let sink = TextSink(capacity: 1 << 21)

  /// Starts a table.
  ///
  /// - Throws: ``FormatError`` with `cannotCreate`.
  public init(_ path: String) throws {
    self.path = path
    output = try FileOutput(path)
    sink.append("event_id,station,p_t,p_prob,s_t,s_prob\n")
  }

  public func write(_ event: Event) throws {
    func add(_ name: String, _ count: Int) { if count > 0 { leftOut[name, default: 0] += count } }
    let phases = event.picks.map { pick in pick.phaseHint ?? phase(of: pick, in: event) }
    func code(_ pick: Pick) -> String {
      let stream = pick.waveformID
      return stream.networkCode.isEmpty ? stream.stationCode : "\(stream.networkCode).\(stream.stationCode)"
    }
    var usedS: Set<Int> = []
    for (index, pick) in event.picks.enumerated() where phases[index]?.uppercased().hasPrefix("P") ?? false {
      guard let probability = pick.probability else {
        throw FormatError(
          .badData, file: path, found: "event \(quoted(event.publicID)) has a P pick without a probability",
          expected: "picks of a picker that gives one", remedy: "a pick table cannot be made of this catalog")
      }
      let own = code(pick)
      // In a catalog made of a pick table the S pick stands right behind its P pick.
      let candidates = event.picks.indices.filter {
        !usedS.contains($0) && phases[$0]?.uppercased().hasPrefix("S") ?? false && code(event.picks[$0]) == own
          && event.picks[$0].probability != nil
      }
      let partner =
        candidates.first { $0 == index + 1 }
        ?? candidates.first { follower in
          // Only if no other P pick of the station lies right before it.
          follower == 0 || !(phases[follower - 1]?.uppercased().hasPrefix("P") ?? false)
            || code(event.picks[follower - 1]) != own
        }
      sink.append(csv: event.tableID)
      sink.append(byte: 44)
      sink.append(csv: own)
      sink.append(byte: 44)
      append(pick.time.value)
      sink.append(byte: 44)
      sink.append(probability)
      sink.append(byte: 44)
      if let partner, let sProbability = event.picks[partner].probability {
        usedS.insert(partner)
        append(event.picks[partner].time.value)
        sink.append(byte: 44)
        sink.append(sProbability)
      } else {
        sink.append("no pick,no pick")
      }
      sink.append(byte: 10)
    }
    let rows = phases.filter { $0?.uppercased().hasPrefix("P") ?? false }.count
    add("events without a P pick", rows == 0 ? 1 : 0)
    add("picks without a P pick of their station", event.picks.count - rows - usedS.count)
    add("location codes", event.picks.count { !($0.waveformID.locationCode ?? "").isEmpty })
    add("channel codes", event.picks.count { !($0.waveformID.channelCode ?? "").isEmpty })
    add("origins", event.origins.count)
    add("magnitudes", event.magnitudes.count)
    if sink.count > 1 << 20 { try output.write(sink) }
  }

  private func phase(of pick: Pick, in event: Event) -> String? {
    event.preferredOrigin?.arrivals.first { $0.pickID == pick.publicID }?.phase
  }

  private func append(_ time: UTCTime) {
    let text = time.formatted(fractionDigits: time.nanoseconds % 1000 == 0 ? 6 : 9)
    sink.append(text: text.dropLast().replacing("T", with: " "))
  }

  public func finish(header: CatalogHeader) throws {
    try output.write(sink)
    try output.commit()
  }
}

extension Substring {
  fileprivate func replacing(_ old: Character, with new: Character) -> String {
    String(map { $0 == old ? new : $0 })
  }
}
