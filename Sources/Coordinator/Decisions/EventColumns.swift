import SeismicFormats

/// Where the columns of `events.csv` stand.
struct EventColumns {
  private let places: [String: Int]

  /// Takes the header line.
  init(_ header: String) {
    let names = header.split { $0 == "," || $0 == "\n" }.map(String.init)
    places = Dictionary(zip(names, names.indices)) { first, _ in first }
  }

  /// A field of a row; empty where there is no such column.
  func field(_ name: String, of fields: [String]) -> String {
    guard let place = places[name], place < fields.count else { return "" }
    return fields[place]
  }
}
