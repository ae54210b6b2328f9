/// The picks of one event from a table of an automatic picker: one P pick and perhaps one S pick a row.
///
/// The object is used again for the next event; what it holds is valid until then.
public final class PickGroup {
  /// One row.
  public struct Row: Sendable {
    /// The station, as a hash of its code.
    public var station: UInt64
    /// P time.
    public var pTime: UTCTime
    /// P probability, 0 to 1.
    public var pProbability: Double
    /// S time; not defined without an S pick.
    public var sTime: UTCTime
    /// S probability, 0 to 1; NaN without an S pick.
    public var sProbability: Double
    fileprivate var codeStart: Int32
    fileprivate var codeEnd: Int32

    /// Whether the row has an S pick.
    @inlinable
    public var hasS: Bool { !sProbability.isNaN }
  }

  /// The event's identifier.
  public private(set) var eventID: [UInt8] = []
  /// The rows in the order of the table.
  public private(set) var rows: ContiguousArray<Row> = []
  /// How many rows of the event could not be used.
  public internal(set) var unusableRowCount = 0
  private var codes: [UInt8] = []

  /// Creates an empty group.
  public init() {}

  /// The event's identifier as text.
  public var eventName: String { String(decoding: eventID, as: UTF8.self) }

  /// The station code of a row.
  public func stationCode(_ row: Row) -> String {
    String(decoding: codes[Int(row.codeStart)..<Int(row.codeEnd)], as: UTF8.self)
  }

  /// Another group with the same content, to be kept when this one is used again.
  public func copy() -> PickGroup {
    let copy = PickGroup()
    copy.eventID = eventID
    copy.rows = rows
    copy.codes = codes
    copy.unusableRowCount = unusableRowCount
    return copy
  }

  /// The earliest P time; nil without rows.
  public var firstTime: UTCTime? { rows.lazy.map(\.pTime).min() }

  /// Begins another event.
  public func begin(_ id: Bytes) {
    eventID.removeAll(keepingCapacity: true)
    eventID.append(contentsOf: id)
    rows.removeAll(keepingCapacity: true)
    codes.removeAll(keepingCapacity: true)
    unusableRowCount = 0
  }

  /// Adds a row.
  public func append(
    station: Bytes, pTime: UTCTime, pProbability: Double, sTime: UTCTime?, sProbability: Double
  ) {
    let start = codes.count
    codes.append(contentsOf: station)
    rows.append(
      Row(
        station: stableHash(station), pTime: pTime, pProbability: pProbability, sTime: sTime ?? .epoch,
        sProbability: sTime == nil ? .nan : sProbability, codeStart: Int32(truncatingIfNeeded: start),
        codeEnd: Int32(truncatingIfNeeded: codes.count)))
  }

  /// Notes that more rows of the event could not be used.
  public func addUnusableRows(_ count: Int) { unusableRowCount += count }

  func isSame(as id: Bytes) -> Bool {
    eventID.withUnsafeBufferPointer { $0.isSame(as: id) }
  }

  /// The group as an event with picks.
  ///
  /// - Parameter network: the network code of stations whose code does not say it as `NET.STA`.
  public func event(network: String = "") -> Event {
    var event = Event(publicID: eventName)
    let prefix = event.publicID
    for (index, row) in rows.enumerated() {
      let stream = WaveformStreamID(code: stationCode(row), network: network)
      var pick = Pick(
        publicID: "\(prefix)/\(index + 1)/P", time: TimeQuantity(row.pTime), waveformID: stream)
      pick.phaseHint = "P"
      pick.evaluationMode = .automatic
      pick.probability = row.pProbability
      event.picks.append(pick)
      if row.hasS {
        pick.publicID = "\(prefix)/\(index + 1)/S"
        pick.time = TimeQuantity(row.sTime)
        pick.phaseHint = "S"
        pick.probability = row.sProbability
        event.picks.append(pick)
      }
    }
    return event
  }
}

extension WaveformStreamID {
  /// Reads `STA`, `NET.STA`, `NET.STA.LOC` or `NET.STA.LOC.CHA`.
  init(code: String, network: String) {
    let parts = code.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if parts.count >= 2 {
      self.init(
        networkCode: parts[0], stationCode: parts[1], locationCode: parts.count > 2 ? parts[2] : nil,
        channelCode: parts.count > 3 ? parts[3] : nil)
    } else {
      self.init(networkCode: network, stationCode: code)
    }
  }
}
