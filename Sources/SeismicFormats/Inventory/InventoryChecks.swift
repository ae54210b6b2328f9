/// What readers of station metadata check, whatever the format, and how they say what is wrong.
struct InventoryChecks {
  let file: String
  let handleProblem: ProblemHandler

  /// Tells of something wrong; `subject` is the station or channel.
  func report(_ line: Int?, _ subject: String, _ found: String, _ expected: String, _ action: String) throws {
    try handleProblem(
      Problem(
        file: file, line: line, found: subject.isEmpty ? found : "\(printable(subject)): \(found)", expected: expected,
        action: action))
  }

  /// A latitude, or nil where it cannot be one.
  static func isLatitude(_ value: Double) -> Bool { (-90...90).contains(value) }

  /// A longitude from -180 to 180; one up to 360 is turned into it, others are nil.
  static func longitude(_ value: Double) -> Double? {
    if (-180...180).contains(value) { return value }
    return value > 180 && value <= 360 ? value - 360 : nil
  }

  /// Looks at a station's codes and epochs, and at those of its channels; nothing is changed.
  func examine(_ station: Station, line: Int?, network: Epoch?) throws {
    let name = "station \(station.id)"
    if !station.id.network.isEmpty, !Self.isCode(station.id.network) {
      try report(line, name, "the network code is \(quoted(station.id.network))", Self.codeForm, "kept as it stood")
    }
    if !Self.isCode(station.id.code) {
      try report(line, name, "the station code is \(quoted(station.id.code))", Self.codeForm, "kept as it stood")
    }
    try examine(station.epoch, inside: network, line, name, "the network's")
  }

  /// Looks at a channel's codes, epoch and place; nothing is changed.
  func examine(_ channel: Channel, of station: Station, line: Int?) throws {
    let name = Self.name(channel, station.id)
    if !Self.isCode(channel.code) || channel.code.utf8.count > 3 {
      try report(
        line, name, "the channel code is \(quoted(channel.code))", "three letters or digits", "kept as it stood")
    }
    if channel.location.utf8.count > 8 || !(channel.location.isEmpty || Self.isCode(channel.location, also: "-")) {
      try report(
        line, name, "the location code is \(quoted(channel.location))", "nothing, or letters and digits",
        "kept as it stood")
    }
    try examine(channel.epoch, inside: station.epoch, line, name, "the station's")
    if let azimuth = channel.azimuth, let dip = channel.dip, !Self.fits(channel.code, azimuth: azimuth, dip: dip) {
      try report(
        line, name, "it points to azimuth \(azimuth), dip \(dip)", "the direction that its code names, to 5 degrees",
        "kept as it stood")
    }
    let north = (channel.latitude - station.latitude) * 111.195
    let turn = abs(channel.longitude - station.longitude)
    let east = min(turn, 360 - turn) * 111.195 * cosine(station.latitude)
    let distance = (north * north + east * east).squareRoot()
    if distance > 1 {
      try report(
        line, name, "it is \((distance * 10).rounded() / 10) km from its station", "at most 1 km", "kept as it stood")
    }
    if abs(channel.elevation - station.elevation) > 1000 {
      try report(
        line, name, "its elevation differs from the station's by more than 1 km", "at most 1 km", "kept as it stood")
    }
  }

  private func examine(
    _ epoch: Epoch, inside outer: Epoch?, _ line: Int?, _ name: String, _ whose: String
  ) throws {
    if let start = epoch.start, let end = epoch.end, end < start {
      try report(line, name, "it ends at \(end), before it begins", "an end after the start", "kept as it stood")
    }
    guard let outer else { return }
    let startsEarly = outer.start.map { outerStart in epoch.start.map { $0 < outerStart } ?? false } ?? false
    // Years such as 2500 and 2599 both stand for an end that is not known yet.
    let endsLate =
      outer.end.map { outerEnd in outerEnd < Self.farFuture && epoch.end.map { $0 > outerEnd } ?? false } ?? false
    if startsEarly || endsLate {
      try report(
        line, name, "its epoch \(startsEarly ? "begins before" : "ends after") \(whose)", "one inside \(whose)",
        "kept as it stood")
    }
  }

  /// Tells of epochs of one channel that overlap; the later one is used where both hold.
  func examineOverlaps(_ channels: [(channel: Channel, line: Int)], of station: StationID) throws {
    struct Key: Hashable {
      var location: String
      var code: String
    }
    var seen: [Key: [Epoch]] = [:]
    for (channel, line) in channels {
      let key = Key(location: channel.location, code: channel.code)
      if seen[key, default: []].contains(where: { Self.overlap($0, channel.epoch) }) {
        try report(
          line, Self.name(channel, station), "its epoch overlaps another of the same channel",
          "epochs that follow each other", "both kept; the one that begins later holds")
      }
      seen[key, default: []].append(channel.epoch)
    }
  }

  static func overlap(_ one: Epoch, _ other: Epoch) -> Bool {
    func before(_ end: UTCTime?, _ start: UTCTime?) -> Bool {
      guard let end, let start else { return false }
      return end <= start
    }
    return !before(one.end, other.start) && !before(other.end, one.start)
  }

  static func name(_ channel: Channel, _ station: StationID) -> String {
    "channel \(station).\(channel.location).\(channel.code)"
  }

  /// Whether a seismometer's component points where the last letter of its code says (SEED manual, appendix A).
  private static func fits(_ code: String, azimuth: Double, dip: Double) -> Bool {
    let letters = Array(code.utf8)
    // Instruments H, L, M and N are seismometers and accelerometers.
    guard letters.count == 3, [72, 76, 77, 78].contains(letters[1]) else { return true }
    func isNear(_ angle: Double, _ directions: [Double]) -> Bool { directions.contains { abs(angle - $0) <= 5 } }
    switch letters[2] {
    case 90: return isNear(dip, [-90, 90])
    case 78: return isNear(dip, [0]) && isNear(azimuth, [0, 180, 360])
    case 69: return isNear(dip, [0]) && isNear(azimuth, [90, 270])
    default: return true
    }
  }

  private static let farFuture = UTCTime(seconds: 4_102_444_800)
  private static let codeForm = "one to eight letters or digits"

  private static func isCode(_ text: String, also extra: String = "") -> Bool {
    (1...8).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0 & 0xDF) || $0 == 95 || extra.utf8.contains($0)
      }
  }
}
