import Foundation
import HSDLCompute
import SeismicFormats
import Worker

/// The events of a refined catalog, as `events.csv` has them.
///
/// Of every event only numbers are held; of those that the page lists, texts too.
struct RefinedEvents {
  /// An event that the page lists.
  struct Listed {
    /// Its number among all events.
    var number: Int
    var id: String
    var reason: String
    var duplicateOf: String
    /// What else is in the table, as numbers: by the names of ``extraNames``.
    var extras: [Double]
  }

  /// Seconds since 1970; NaN where there is no time.
  var times: [Double] = []
  var latitudes: [Float] = []
  var longitudes: [Float] = []
  var depths: [Float] = []
  var magnitudes: [Float] = []
  var labels: [Label] = []
  /// The probability that it is real; NaN where it could not be scored.
  var probabilities: [Float] = []
  var shallow: [Float] = []
  var deep: [Float] = []
  /// Whether it is another entry of an event that is there.
  var areDuplicates: [Bool] = []
  /// The events that the page lists, in the order of the catalog.
  var listed: [Listed] = []

  /// Columns of which the detail of a row tells.
  static let extraNames = ["p_n", "s_n", "stations_n", "waveform_stations_n", "unusable_rows"]

  var count: Int { labels.count }

  /// Reads a table.
  ///
  /// - Parameters:
  ///   - limit: at most so many are listed, the most doubtful ones.
  ///   - costs: what errors cost, which says what is doubtful.
  /// - Throws: ``FormatError``.
  init(_ path: String, limit: Int, costs: DecisionCosts) throws {
    var columns = Columns()
    var line = 0
    func real(_ fields: [String], _ place: Int?) -> Float {
      guard let place, place < fields.count, let value = Float(fields[place]), value.isFinite else { return .nan }
      return value
    }
    try TextLines.forEach(in: path) { bytes in
      line += 1
      let fields = csvFields(bytes)
      guard line > 1 else {
        columns = Columns(fields)
        guard columns.id != nil, columns.label != nil else {
          throw FormatError(
            .badData, file: path, found: "its first line does not name event_id and label",
            expected: "the events.csv of refine")
        }
        return
      }
      guard let place = columns.label, place < fields.count, let label = Label(rawValue: fields[place]) else {
        throw FormatError(
          .badData, file: path, at: .line(line), found: "no label that is known", expected: "real, fake or uncertain")
      }
      labels.append(label)
      let time = columns.time.flatMap { $0 < fields.count ? UTCTime(fields[$0]) : nil }
      times.append(time.map { Double($0.seconds) + Double($0.nanoseconds) / 1e9 } ?? .nan)
      latitudes.append(real(fields, columns.latitude))
      longitudes.append(real(fields, columns.longitude))
      depths.append(real(fields, columns.depth))
      magnitudes.append(real(fields, columns.magnitude))
      probabilities.append(real(fields, columns.probability))
      shallow.append(real(fields, columns.shallow))
      deep.append(real(fields, columns.deep))
      areDuplicates.append(columns.duplicate.map { $0 < fields.count && !fields[$0].isEmpty } ?? false)
    }
    try list(path, columns, limit, costs)
  }

  /// Takes up the texts of the events that are listed.
  private mutating func list(_ path: String, _ columns: Columns, _ limit: Int, _ costs: DecisionCosts) throws {
    var isListed = [Bool](repeating: count <= limit, count: count)
    if count > limit {
      let doubts = probabilities.map { costs.doubt(Double($0)) }
      let order = labels.indices.sorted { doubts[$0] != doubts[$1] ? doubts[$0] > doubts[$1] : $0 < $1 }
      for event in order.prefix(limit) { isListed[event] = true }
    }
    var event = -1
    try TextLines.forEach(in: path) { bytes in
      defer { event += 1 }
      guard event >= 0, event < isListed.count, isListed[event] else { return }
      let fields = csvFields(bytes)
      func text(_ place: Int?) -> String { place.map { $0 < fields.count ? fields[$0] : "" } ?? "" }
      listed.append(
        Listed(
          number: event, id: text(columns.id), reason: text(columns.reason), duplicateOf: text(columns.duplicate),
          extras: columns.extras.map { Double(text($0)) ?? .nan }))
    }
  }

  /// Where in a row things stand.
  private struct Columns {
    var id: Int?
    var time: Int?
    var latitude: Int?
    var longitude: Int?
    var depth: Int?
    var magnitude: Int?
    var label: Int?
    var probability: Int?
    var shallow: Int?
    var deep: Int?
    var reason: Int?
    var duplicate: Int?
    var extras: [Int?] = []

    init() {}

    init(_ names: [String]) {
      func place(_ name: String) -> Int? { names.firstIndex(of: name) }
      id = place("event_id")
      time = place("time")
      latitude = place("latitude")
      longitude = place("longitude")
      depth = place("depth_km")
      magnitude = place("magnitude")
      label = place("label")
      probability = place("probability_real")
      shallow = place("probability_shallow")
      deep = place("probability_deep")
      reason = place("reason")
      duplicate = place("duplicate_of")
      extras = RefinedEvents.extraNames.map(place)
    }
  }
}
