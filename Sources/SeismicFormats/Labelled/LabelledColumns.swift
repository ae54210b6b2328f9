/// What columns of data sets mean, by the names that STEAD and SeisBench give them.
extension LabelledWaveform {
  /// Creates a row from names and values.
  ///
  /// - Parameters:
  ///   - columns: names and values in the order of the table; missing values may be empty, `None` or `nan`.
  ///   - samplingRate: the rate where no column states one.
  init(columns: [(name: String, value: HDF5Value)], name: String, samplingRate: Double) {
    self.init(name: name, samplingRate: samplingRate)
    var latitude: Double?
    var longitude: Double?
    var elevation: Double?
    var distanceInDegrees: Double?
    var p = Label()
    var s = Label()
    for (column, value) in columns {
      let text = value.text.map { Self.isMissing($0) ? "" : $0 }
      let numbers = value.numbers.filter(\.isFinite)
      let number = numbers.first
      switch column {
      case "trace_name": break
      case "network_code", "station_network_code": station.network = text ?? ""
      case "receiver_code", "station_code": station.code = text ?? ""
      case "station_location_code": location = text ?? ""
      case "receiver_type", "trace_channel": sensor = text ?? ""
      case "receiver_latitude", "station_latitude_deg": latitude = number
      case "receiver_longitude", "station_longitude_deg": longitude = number
      case "receiver_elevation_m", "station_elevation_m": elevation = number
      case "trace_start_time": start = text.flatMap { UTCTime($0) }
      case "trace_sampling_rate_hz":
        if let number, number > 0 { self.samplingRate = number }
      case "trace_dt_s":
        // The rate wins where both stand.
        if let number, number > 0,
          !columns.contains(where: { $0.name == "trace_sampling_rate_hz" && $0.value.number ?? 0 > 0 })
        {
          self.samplingRate = 1 / number
        }
      case "trace_category": category = Category(text ?? "")
      case "coda_end_sample", "trace_coda_end_sample": codaEnd = number
      case "snr_db", "trace_snr_db": snr = numbers
      case "source_id": source.id = text ?? ""
      case "source_origin_time": source.time = text.flatMap { UTCTime($0) }
      case "source_latitude", "source_latitude_deg": source.latitude = number
      case "source_longitude", "source_longitude_deg": source.longitude = number
      case "source_depth_km": source.depth = number.map { $0 * 1000 }
      case "source_magnitude": source.magnitude = number
      case "source_magnitude_type": source.magnitudeType = text ?? ""
      case "source_distance_km", "path_ep_distance_km": source.distance = number.map { $0 * 1000 }
      case "source_distance_deg", "path_ep_distance_deg": distanceInDegrees = number
      case "back_azimuth_deg", "path_back_azimuth_deg": source.backAzimuth = number
      case "split": split = text.flatMap(Split.init(rawValue:))
      default:
        if !p.take(column, "p", text, number), !s.take(column, "s", text, number), let text, !text.isEmpty {
          self.columns.append(Event.Column(name: column, value: text))
        }
      }
    }
    self.p = p.arrival
    self.s = s.arrival
    if source.distance == nil { source.distance = distanceInDegrees.map { $0 * 111_195 } }
    if let latitude, let longitude, abs(latitude) <= 90, abs(longitude) <= 360 {
      place = Station(id: station, latitude: latitude, longitude: longitude, elevation: elevation ?? 0)
    }
  }

  /// Whether a text says that there is nothing.
  static func isMissing(_ text: String) -> Bool {
    switch text.lowercased() {
    case "", "none", "nan", "null": true
    default: false
    }
  }

  /// The columns of one phase: `p_arrival_sample`, `trace_P_arrival_sample`, `trace_Pg_arrival_sample`, and so on.
  private struct Label {
    var sample: Double?
    var status = ""
    var weight: Double?

    var arrival: Arrival? { sample.map { Arrival(sample: $0, status: status, weight: weight) } }

    /// Takes a column if it is of this phase; of several branches the earliest arrival counts.
    mutating func take(_ column: String, _ phase: String, _ text: String?, _ number: Double?) -> Bool {
      let name = (column.hasPrefix("trace_") ? String(column.dropFirst(6)) : column).lowercased()
      guard name.hasPrefix(phase) else { return false }
      switch name.dropFirst(phase.count) {
      case "_arrival_sample", "g_arrival_sample", "n_arrival_sample", "1_arrival_sample":
        if let number { sample = min(sample ?? number, number) }
      case "_status", "_arrival_status": status = text ?? ""
      case "_weight", "_arrival_weight": weight = number
      default: return false
      }
      return true
    }
  }
}

extension LabelledWaveform.Category {
  /// The category that a text names: `earthquake_local`, `earthquake`, `noise`, and so on.
  init(_ text: String) {
    let word = text.lowercased()
    if word.isEmpty {
      self = .unknown
    } else if word.hasPrefix("earthquake") {
      self = .earthquake
    } else if word.hasPrefix("noise") {
      self = .noise
    } else {
      self = .other(text)
    }
  }
}
