public import SeismicFormats

/// A summary of what is in a catalog.
public struct CatalogInspection: Sendable {
  /// The file.
  public var file: String
  /// Its format.
  public var format: CatalogFormat
  /// Its size in bytes.
  public var byteCount = 0
  /// How many there are of each kind of thing, in a fixed order.
  public private(set) var counts: [(what: String, count: Int)] = []
  /// The earliest and latest time.
  public private(set) var timeSpan: (first: UTCTime, last: UTCTime)?
  /// Ranges of numbers, by name, in a fixed order.
  public private(set) var ranges: [(what: String, low: Double, high: Double)] = []
  /// Event types and how often they come.
  public private(set) var types: [String: Int] = [:]
  /// Distinct stations with picks.
  public private(set) var stationCount = 0
  /// Identifiers that come more than once.
  public private(set) var repeatedIDs = 0
  /// Elements, attributes and columns that the value types do not know, by name; they are kept.
  public private(set) var unknown: [String: Int] = [:]
  /// What could not be used.
  public private(set) var problems = 0
  /// The first of it.
  public private(set) var firstProblem: Problem?

  /// Reads the whole file.
  ///
  /// - Parameter onProgress: told how many bytes of how many are read.
  /// - Throws: ``FormatError``.
  public init(_ path: String, onProgress: (_ done: Int, _ of: Int) -> Void = { _, _ in }) throws {
    file = path
    // A folder of S-files has none.
    byteCount = (try? FileInput(path).size) ?? 0
    let problemCount = ProblemCount()
    let (format, reader) = try CatalogFormat.open(path, onProblem: problemCount.add)
    self.format = format
    var tally = Tally()
    while let event = try reader.next() {
      tally.add(event)
      onProgress(reader.position, byteCount)
    }
    tally.add(reader.header.extras)
    counts = [
      ("events", tally.events), ("origins", tally.origins), ("magnitudes", tally.magnitudes), ("picks", tally.picks),
      ("arrivals", tally.arrivals), ("amplitudes", tally.amplitudes),
      ("station_magnitudes", tally.stationMagnitudes), ("focal_mechanisms", tally.focalMechanisms),
      ("comments", tally.comments), ("events_without_origin", tally.withoutOrigin),
    ]
    timeSpan = tally.firstTime.flatMap { first in tally.lastTime.map { (first, $0) } }
    ranges = [
      ("latitude", tally.latitude), ("longitude", tally.longitude), ("depth_km", tally.depth),
      ("magnitude", tally.magnitude), ("pick_probability", tally.probability),
    ].compactMap { name, range in range.map { (name, $0.low, $0.high) } }
    types = tally.types
    stationCount = tally.stations.count
    repeatedIDs = tally.repeatedIDs
    unknown = tally.unknown
    problems = problemCount.count
    firstProblem = problemCount.first
  }

  private struct Range {
    var low: Double
    var high: Double
  }

  private struct Tally {
    var events = 0
    var origins = 0
    var magnitudes = 0
    var picks = 0
    var arrivals = 0
    var amplitudes = 0
    var stationMagnitudes = 0
    var focalMechanisms = 0
    var comments = 0
    var withoutOrigin = 0
    var firstTime: UTCTime?
    var lastTime: UTCTime?
    var latitude: Range?
    var longitude: Range?
    var depth: Range?
    var magnitude: Range?
    var probability: Range?
    var types: [String: Int] = [:]
    var stations: Set<UInt64> = []
    var ids: Set<UInt64> = []
    var repeatedIDs = 0
    var unknown: [String: Int] = [:]

    mutating func add(_ event: Event) {
      events += 1
      if !ids.insert(stableHash(event.publicID)).inserted { repeatedIDs += 1 }
      origins += event.origins.count
      magnitudes += event.magnitudes.count
      picks += event.picks.count
      amplitudes += event.amplitudes.count
      stationMagnitudes += event.stationMagnitudes.count
      focalMechanisms += event.focalMechanisms.count
      comments += event.comments.count
      if let type = event.type { types[type, default: 0] += 1 }
      if event.origins.isEmpty { withoutOrigin += 1 }
      if let time = event.time {
        firstTime = firstTime.map { min($0, time) } ?? time
        lastTime = lastTime.map { max($0, time) } ?? time
      }
      if let origin = event.preferredOrigin {
        Self.widen(&latitude, origin.latitude.value)
        Self.widen(&longitude, origin.longitude.value)
        if let depth = origin.depth?.value { Self.widen(&self.depth, depth / 1000) }
      }
      if let value = event.preferredMagnitude?.mag.value { Self.widen(&magnitude, value) }
      for pick in event.picks {
        let stream = pick.waveformID
        stations.insert(stableHash("\(stream.networkCode).\(stream.stationCode)"))
        if let value = pick.probability { Self.widen(&probability, value) }
        add(pick.extras)
      }
      for origin in event.origins {
        arrivals += origin.arrivals.count
        add(origin.extras)
        for arrival in origin.arrivals { add(arrival.extras) }
      }
      for magnitude in event.magnitudes { add(magnitude.extras) }
      for amplitude in event.amplitudes { add(amplitude.extras) }
      for description in event.descriptions { add(description.extras) }
      for column in event.columns { unknown["column \(column.name)", default: 0] += 1 }
      add(event.extras)
    }

    mutating func add(_ extras: Extras?) {
      guard let extras else { return }
      func name(_ prefix: String?, _ name: String) -> String { prefix.map { "\($0):\(name)" } ?? name }
      for attribute in extras.attributes {
        unknown["attribute \(name(attribute.prefix, attribute.name))", default: 0] += 1
      }
      for element in extras.elements { unknown["element <\(name(element.prefix, element.name))>", default: 0] += 1 }
    }

    private static func widen(_ range: inout Range?, _ value: Double) {
      if let old = range {
        range = Range(low: min(old.low, value), high: max(old.high, value))
      } else {
        range = Range(low: value, high: value)
      }
    }
  }

  /// The summary as JSON.
  public var json: JSONValue {
    var pairs: [(String, JSONValue)] = [
      ("file", .string(file)), ("format", .string(format.rawValue)), ("format_name", .string(format.name)),
      ("bytes", .integer(byteCount)),
    ]
    pairs += counts.map { ($0.what, .integer($0.count)) }
    pairs.append(("stations", .integer(stationCount)))
    pairs.append(("repeated_ids", .integer(repeatedIDs)))
    pairs.append(
      ("time_span", timeSpan.map { .array([.string($0.first.description), .string($0.last.description)]) } ?? .null))
    pairs += ranges.map { ($0.what, .array([.number($0.low), .number($0.high)])) }
    pairs.append(("event_types", .object(types.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })))
    pairs.append(("unknown", .object(unknown.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })))
    pairs.append(("problems", .integer(problems)))
    if let firstProblem { pairs.append(("first_problem", .string(firstProblem.error.description))) }
    return .object(pairs)
  }

  /// The summary for a person.
  public var lines: [String] {
    var lines = ["\(file): \(format.name), \(byteCount) bytes"]
    let found = counts.filter { $0.count > 0 }.map { counted($0.count, $0.what) }
    lines.append(found.isEmpty ? "no events" : found.joined(separator: ", "))
    var facts: [(name: String, value: String)] = []
    if let timeSpan { facts.append(("time", "\(timeSpan.first) to \(timeSpan.last)")) }
    for range in ranges {
      facts.append((quantityName(range.what), "\(Self.short(range.low)) to \(Self.short(range.high))"))
    }
    if stationCount > 0 { facts.append(("stations with picks", "\(stationCount)")) }
    if repeatedIDs > 0 { facts.append(("identifiers given more than once", "\(repeatedIDs)")) }
    for (type, count) in types.sorted(by: { $0.key < $1.key }) { facts.append(("type '\(type)'", "\(count)")) }
    lines += factLines(facts)
    for (name, count) in unknown.sorted(by: { $0.key < $1.key }) {
      lines.append("kept as it stands: \(name), \(count == 1 ? "once" : "\(count) times")")
    }
    if problems > 0 {
      lines.append("\(problems) could not be understood, first: \(firstProblem?.error.description ?? "")")
    }
    return lines
  }

  static func short(_ value: Double) -> String {
    let rounded = (value * 10_000).rounded() / 10_000
    return rounded == rounded.rounded() && abs(rounded) < 1e9 ? "\(Int(rounded))" : "\(rounded)"
  }
}
