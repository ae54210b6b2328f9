public import HSDLCompute
public import SeismicFormats

/// What is compared when a catalog is searched for duplicates, and its way through intermediate files.
///
/// Layout, little-endian: length of the identifier (8 bytes), identifier, seconds (8), nanoseconds (8), six numbers (8 each),
/// seconds and nanoseconds of the creation (8 each; the smallest number where it is not stated), number of picks (8), and for each
/// pick station, wave, seconds, nanoseconds, latitude, longitude (8 each).
public struct EventSummaries {
  private let network: StationNetwork

  /// Prepares summaries.
  ///
  /// - Parameter inventory: where stations stand; nil where that is not known.
  public init(inventory: Inventory?) { network = StationNetwork(inventory: inventory, archive: nil) }

  /// Adds the summary of an event to a sink; nothing for an event without a usable origin.
  public func encode(_ event: Event, to sink: TextSink) {
    guard let origin = event.preferredOrigin, let place = EpicentralPlace(origin) else { return }
    let id = Array(event.tableID.utf8)
    sink.append(binary: Int64(id.count).littleEndian)
    id.withUnsafeBufferPointer { sink.append($0) }
    let uncertainties = OriginUncertainties(origin)
    append(origin.time.value, to: sink)
    for value in [
      place.latitude, place.longitude, place.statedDepth, uncertainties.time,
      uncertainties.horizontal, origin.quality?.standardError ?? .nan,
    ] { sink.append(binary: value.bitPattern.littleEndian) }
    append(
      origin.creationInfo?.creationTime ?? event.creationInfo?.creationTime ?? UTCTime(seconds: .min), to: sink)
    let phases = event.phases
    sink.append(binary: Int64(phases.count).littleEndian)
    for phase in phases {
      let (number, station) = network.station(of: phase.station, at: phase.time)
      sink.append(binary: number.littleEndian)
      sink.append(binary: Int64(phase.wave == .p ? 0 : 1).littleEndian)
      append(phase.time, to: sink)
      for value in [station?.latitude ?? .nan, station?.longitude ?? .nan] {
        sink.append(binary: value.bitPattern.littleEndian)
      }
    }
  }

  private func append(_ time: UTCTime, to sink: TextSink) {
    sink.append(binary: time.seconds.littleEndian)
    sink.append(binary: Int64(time.nanoseconds).littleEndian)
  }

  /// Takes a summary back from its bytes; nil where there is none.
  ///
  /// - Parameter suffix: put behind the identifier, so that no two events have the same.
  public static func decode(_ bytes: Bytes, suffix: String) -> EventSummary? {
    var rest = UnsafeRawBufferPointer(bytes)[...]
    func number() -> UInt64? {
      guard rest.count >= 8 else { return nil }
      defer { rest = rest.dropFirst(8) }
      return UInt64(littleEndian: UnsafeRawBufferPointer(rebasing: rest).loadUnaligned(as: UInt64.self))
    }
    func double() -> Double? { number().map(Double.init(bitPattern:)) }
    func time() -> UTCTime? {
      guard let seconds = number(), let nanoseconds = number() else { return nil }
      return UTCTime(seconds: Int64(bitPattern: seconds), nanoseconds: Int64(bitPattern: nanoseconds))
    }
    guard let length = number(), length <= UInt64(rest.count) else { return nil }
    let id = String(decoding: rest.prefix(Int(length)), as: UTF8.self)
    rest = rest.dropFirst(Int(length))
    guard let origin = time(), let latitude = double(), let longitude = double(), let depth = double(),
      let timeError = double(), let horizontalError = double(), let rms = double(), let created = time(),
      let count = number(), count <= UInt64(rest.count / 48)
    else { return nil }
    var picks: [EventSummary.Pick] = []
    for _ in 0..<count {
      guard let station = number(), let wave = number(), let onset = time(), let latitude = double(),
        let longitude = double()
      else { return nil }
      picks.append(
        EventSummary.Pick(
          station: station, wave: wave == 0 ? .p : .s, time: onset, latitude: latitude, longitude: longitude))
    }
    return EventSummary(
      id: id + suffix, time: origin, latitude: latitude, longitude: longitude, depth: depth, timeError: timeError,
      horizontalError: horizontalError, rms: rms, created: created.seconds == .min ? nil : created, picks: picks)
  }
}
