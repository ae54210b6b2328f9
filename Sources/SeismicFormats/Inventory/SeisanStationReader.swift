/// Reads the stations of a SEISAN `STATION0.HYP`.
///
/// A station line has the code in columns 2 to 6, degrees and minutes of latitude in 7 to 13, of longitude in 15 to 22,
/// and the elevation in metres in 24 to 27; minutes without a decimal point have three decimals. A `-` in column 1 makes
/// the elevation negative. The stations end at the first blank line behind them. There are no network codes.
public enum SeisanStationReader {
  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - onProblem: told of lines that could not be used. Of two lines with the same code the first is taken.
  /// - Throws: ``FormatError`` when it cannot be opened or has no station line.
  public static func read(_ path: String, onProblem: @escaping ProblemHandler = { _ in }) throws -> Inventory {
    let input = try FileInput(path)
    try input.requireContent(expected: "a SEISAN station file")
    let checks = InventoryChecks(file: path, handleProblem: onProblem)
    let lines = LineReader(input)
    var stations: [Station] = []
    var places: [StationID: Int] = [:]
    while let line = try lines.next() {
      if line.bytes.trimmed.isEmpty {
        if stations.isEmpty { continue }
        break
      }
      if isReset(line.bytes) { continue }
      guard let station = station(line.bytes) else {
        try checks.report(
          line.number, "", "it is \(quoted(line.bytes.string))", "a station as '  WTSZ4318106S17024741E 105'",
          "left out")
        continue
      }
      if let known = places[station.id] {
        if stations[known] != station {
          try checks.report(
            line.number, "station \(station.id)", "it has other coordinates than before", "one line a station",
            "the first line is taken")
        }
        continue
      }
      places[station.id] = stations.count
      stations.append(station)
    }
    guard !stations.isEmpty else {
      throw FormatError(
        .badData, file: path, found: "there is no station line", expected: "a SEISAN station file (STATION0.HYP)")
    }
    return Inventory(stations: stations)
  }

  /// Whether a line sets one of the location program's parameters.
  static func isReset(_ line: Bytes) -> Bool { line.trimmed.begins(with: "RESET TEST(") }

  /// The station of a line; nil where it is no station line.
  static func station(_ line: Bytes) -> Station? {
    guard line.count >= 23 else { return nil }
    func column(_ range: ClosedRange<Int>) -> Bytes {
      Bytes(rebasing: line[min(range.lowerBound - 1, line.count)..<min(range.upperBound, line.count)])
    }
    let code = column(2...6).trimmed
    guard !code.isEmpty, code.first != 46, code.allSatisfy({ $0 > 32 && $0 < 127 }),
      let latitude = angle(column(7...8), column(9...13), limit: 90),
      let longitude = angle(column(15...17), column(18...22), limit: 180)
    else { return nil }
    let isSouth: Bool
    switch line[13] {
    case 78: isSouth = false
    case 83: isSouth = true
    default: return nil
    }
    let isWest: Bool
    switch line[22] {
    case 69: isWest = false
    case 87: isWest = true
    default: return nil
    }
    let elevation = column(24...27)
    guard let height = elevation.trimmed.isEmpty ? 0 : parseDecimal(elevation) else { return nil }
    return Station(
      id: StationID(network: "", code: code.string), latitude: isSouth ? -latitude : latitude,
      longitude: isWest ? -longitude : longitude, elevation: line[0] == 45 ? -abs(height) : height)
  }

  private static func angle(_ degrees: Bytes, _ minutes: Bytes, limit: Double) -> Double? {
    guard let whole = parseInteger(degrees), whole >= 0, let value = parseDecimal(minutes), value >= 0 else {
      return nil
    }
    let hasPoint = minutes.contains(46)
    let result = Double(whole) + (hasPoint ? value : value / 1000) / 60
    return (hasPoint ? value : value / 1000) < 60 && result <= limit ? result : nil
  }
}
