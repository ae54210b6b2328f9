import Foundation
import HSDLCompute
import SeismicFormats
import Worker

extension CatalogInput {
  /// What a job on this input would have before it.
  struct Extent: Sendable, Equatable {
    /// Events of all catalogs.
    var events = 0
    /// Windows of stations in range, added over the events.
    var windows = 0
    /// The most windows of a unit.
    var largestUnit = 0
    /// Bytes of the catalogs.
    var bytes = 0
  }

  /// Describes what a job on this input would do; the archive's files are not opened.
  ///
  /// - Throws: ``FormatError``.
  func plan(ranks: Int) throws -> (lines: [String], extent: Extent) {
    var lines: [String] = []
    var extent = Extent()
    let inventory = stations.isEmpty ? nil : try Inventory.open(stations)
    let places = archive == nil ? [] : Self.places(inventory)
    var inUnit = 0
    for path in catalogs {
      let (format, reader) = try CatalogFormat.open(path)
      var count = 0
      do {
        while let event = try reader.next() {
          if (extent.events + count) % max(unitSize, 1) == 0 { inUnit = 0 }
          count += 1
          guard let origin = event.preferredOrigin, !places.isEmpty else { continue }
          let near = Self.count(places, around: origin, within: maximumDistance)
          extent.windows += min(near, maximumStations)
          inUnit += min(near, maximumStations)
          extent.largestUnit = max(extent.largestUnit, inUnit)
        }
      } catch let error as FormatError where count > 0 && error.kind == .badData {
        lines.append("\(error); the rest of the file would be left out")
      }
      extent.events += count
      let bytes = (try? FileInput(path).size) ?? 0
      extent.bytes += bytes
      lines.append("\(path): \(byteText(bytes)), \(format.name), \(counted(count, "events"))")
    }
    if let inventory {
      lines.append(
        "\(counted(Set(inventory.stations.map(\.id)).count, "stations")) in \(stations.joined(separator: ", "))")
    }
    if let velocityModel { _ = try VelocityModel.open(velocityModel, onProblem: { _ in }) }
    if let archive {
      try Self.requirePath(try ArchiveAddress(archive, onProblem: { _ in }))
      lines.append(
        "waveforms from \(archive), at most \(counted(extent.windows, "windows")) of stations within \(fixed(maximumDistance, decimals: 0)) km"
      )
    }
    let units = (extent.events + unitSize - 1) / max(unitSize, 1)
    lines.append(
      "\(counted(units, "units")) of about \(unitSize) events; \(counted(ranks, "ranks")), about \(counted((units + ranks - 1) / max(ranks, 1), "units")) each"
    )
    return (lines, extent)
  }

  /// What a job on this input will probably take.
  ///
  /// - Parameter isHybrid: whether a network on waveforms takes part in scoring.
  func estimate(_ extent: Extent, isHybrid: Bool) -> RunEstimate {
    let eventRate = isHybrid && archive != nil ? MeasuredRates.hybridEvents : MeasuredRates.scoredEvents
    let seconds = Double(extent.windows) / MeasuredRates.windows + Double(extent.events) / eventRate
    let share = Double(extent.largestUnit) / Double(max(extent.windows, 1))
    // An event's rows and elements come out about as large as they went in, once as pieces and once as results.
    let written = 2 * extent.bytes + extent.events * (archive == nil ? 1000 : 4000)
    return RunEstimate(
      processorSeconds: seconds, longestUnit: archive == nil ? 0 : seconds * share,
      memory: archive == nil ? MeasuredRates.tableMemory : MeasuredRates.catalogMemory, written: written)
  }

  private static func requirePath(_ address: ArchiveAddress) throws {
    let path =
      switch address {
      case .sds(let path), .files(let path), .stead(let path), .seisBench(let path): path
      }
    guard !FileManager.default.fileExists(atPath: path) else { return }
    throw FormatError(
      .missing, file: path, found: "there is no such file or folder", expected: "the waveforms",
      remedy: "check the path")
  }

  /// Where stations stand, each once.
  private static func places(_ inventory: Inventory?) -> [(latitude: Double, longitude: Double)] {
    var seen: Set<StationID> = []
    return (inventory?.stations ?? []).filter { seen.insert($0.id).inserted }.map { ($0.latitude, $0.longitude) }
  }

  /// How many places are within a distance, in km; on a sphere, which will do for an estimate.
  private static func count(
    _ places: [(latitude: Double, longitude: Double)], around origin: Origin, within distance: Double
  ) -> Int {
    let (latitude, longitude) = (origin.latitude.value, origin.longitude.value)
    guard latitude.isFinite, longitude.isFinite else { return 0 }
    let degree = Double.pi / 180
    return places.count { place in
      guard abs(place.latitude - latitude) * 110 <= distance else { return false }
      let half = sin((place.latitude - latitude) * degree / 2)
      let side = sin((place.longitude - longitude) * degree / 2)
      let chord = half * half + cos(latitude * degree) * cos(place.latitude * degree) * side * side
      return 2 * 6371 * asin(min(1, chord.squareRoot())) <= distance
    }
  }
}
