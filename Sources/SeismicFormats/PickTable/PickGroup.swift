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
    /// P probability, 0 to 1; NaN where the picker gives none.
    public var pProbability: Double
    /// S time; not defined without an S pick.
    public var sTime: UTCTime
    /// S probability, 0 to 1; NaN without an S pick, and where the picker gives none.
    public var sProbability: Double
    /// Whether the row has an S pick.
    public var hasS: Bool
    fileprivate var codeStart: Int32
    fileprivate var codeEnd: Int32
  }

  /// How many rows of the event could not be used.
  public private(set) var unusableRowCount = 0

  // Filled and emptied for every event of a table: memory of our own costs less than arrays.
  private var rowMemory = UnsafeMutableBufferPointer<Row>.allocate(capacity: 64)
  private var rowCount = 0
  private var idMemory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 64)
  private var idCount = 0
  private var codeMemory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 512)
  private var codeCount = 0

  /// Creates an empty group.
  public init() {}

  deinit {
    rowMemory.deallocate()
    idMemory.deallocate()
    codeMemory.deallocate()
  }

  /// The rows in the order of the table; valid until the group changes.
  public var rows: UnsafeBufferPointer<Row> { UnsafeBufferPointer(rebasing: rowMemory[..<rowCount]) }

  /// The event's identifier; valid until the group changes.
  public var idBytes: Bytes { UnsafeBufferPointer(rebasing: idMemory[..<idCount]) }

  /// The event's identifier.
  public var eventID: [UInt8] { Array(idBytes) }

  /// The event's identifier as text.
  public var eventName: String { idBytes.string }

  /// The station code of a row.
  public func stationCode(_ row: Row) -> String {
    UnsafeBufferPointer(rebasing: codeMemory[Int(row.codeStart)..<Int(row.codeEnd)]).string
  }

  /// Takes over the content of another group.
  public func assign(_ other: PickGroup) {
    begin(other.idBytes)
    reserveRows(other.rowCount)
    reserveCodes(other.codeCount)
    _ = rowMemory.update(fromContentsOf: other.rows)
    _ = codeMemory.update(fromContentsOf: other.codeMemory[..<other.codeCount])
    rowCount = other.rowCount
    codeCount = other.codeCount
    unusableRowCount = other.unusableRowCount
  }

  /// The earliest P time; nil without rows.
  public var firstTime: UTCTime? {
    let rows = rows
    guard var first = rows.first?.pTime else { return nil }
    for row in rows where row.pTime < first { first = row.pTime }
    return first
  }

  /// Begins another event.
  public func begin(_ id: Bytes) {
    if id.count > idMemory.count {
      idMemory.deallocate()
      idMemory = .allocate(capacity: 2 * id.count)
    }
    _ = idMemory.update(fromContentsOf: id)
    idCount = id.count
    rowCount = 0
    codeCount = 0
    unusableRowCount = 0
  }

  /// Notes that more rows of the event could not be used.
  public func addUnusableRows(_ count: Int) { unusableRowCount += count }

  /// Adds a row.
  public func append(
    station: Bytes, pTime: UTCTime, pProbability: Double, sTime: UTCTime?, sProbability: Double
  ) {
    append(
      station: station, hash: stableHash(station), pTime: pTime, pProbability: pProbability,
      sTime: sTime ?? .epoch, sProbability: sTime == nil ? .nan : sProbability, hasS: sTime != nil)
  }

  /// Adds a row whose station's hash is known.
  @inline(__always)
  func append(
    station: Bytes, hash: UInt64, pTime: UTCTime, pProbability: Double, sTime: UTCTime, sProbability: Double,
    hasS: Bool
  ) {
    if codeCount + station.count > codeMemory.count { reserveCodes(codeCount + station.count) }
    if rowCount == rowMemory.count { reserveRows(rowCount + 1) }
    let start = codeCount
    for byte in station {
      codeMemory[codeCount] = byte
      codeCount += 1
    }
    rowMemory[rowCount] = Row(
      station: hash, pTime: pTime, pProbability: pProbability, sTime: sTime, sProbability: sProbability,
      hasS: hasS, codeStart: Int32(truncatingIfNeeded: start), codeEnd: Int32(truncatingIfNeeded: codeCount))
    rowCount += 1
  }

  @inline(never)
  private func reserveRows(_ count: Int) {
    guard count > rowMemory.count else { return }
    let larger = UnsafeMutableBufferPointer<Row>.allocate(capacity: max(count, 2 * rowMemory.count))
    _ = larger.update(fromContentsOf: rowMemory[..<rowCount])
    rowMemory.deallocate()
    rowMemory = larger
  }

  @inline(never)
  private func reserveCodes(_ count: Int) {
    guard count > codeMemory.count else { return }
    let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(count, 2 * codeMemory.count))
    _ = larger.update(fromContentsOf: codeMemory[..<codeCount])
    codeMemory.deallocate()
    codeMemory = larger
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
      pick.probability = row.pProbability.isNaN ? nil : row.pProbability
      event.picks.append(pick)
      if row.hasS {
        pick.publicID = "\(prefix)/\(index + 1)/S"
        pick.time = TimeQuantity(row.sTime)
        pick.phaseHint = "S"
        pick.probability = row.sProbability.isNaN ? nil : row.sProbability
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
