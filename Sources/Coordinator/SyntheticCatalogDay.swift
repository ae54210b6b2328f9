import HSDLCompute
import SeismicFormats

/// A day of a synthetic world's catalogs, as pieces of the files that hold all days.
struct SyntheticCatalogDay {
  private let world: SyntheticWorld
  private let day: Int
  private let folder: String

  init(_ world: SyntheticWorld, day: Int, folder: String) {
    self.world = world
    self.day = day
    self.folder = folder
  }

  private static let names = ["truth", "automatic", "labels"]

  private static func piece(_ name: String, _ day: Int, _ folder: String) -> String { "\(folder)/\(name)-\(day)" }

  /// Writes the day's pieces.
  ///
  /// - Returns: how many earthquakes there are, and how many automatic events of each kind.
  func write() throws -> UnitProduct {
    let catalog = SyntheticCatalog(world)
    let sink = TextSink(capacity: 1 << 20)
    let encoder = QuakeMLEncoder(sink: sink)
    func save(_ name: String) throws {
      let file = try FileOutput(Self.piece(name, day, folder), isDurable: false)
      try file.write(sink)
      try file.commit()
    }
    let earthquakes = catalog.truth(day: day)
    for event in earthquakes { encoder.event(event) }
    try save("truth")
    let automatic = catalog.automatic(day: day)
    for (event, _) in automatic { encoder.event(event) }
    try save("automatic")
    var counts = [EventKind: Int]()
    for (_, label) in automatic {
      counts[label.kind, default: 0] += 1
      let fields = [label.id, label.kind.label, label.kind.rawValue, label.truth ?? "", label.duplicateOf ?? ""]
      for (place, field) in fields.enumerated() {
        if place > 0 { sink.append(byte: 44) }
        sink.append(csv: field)
      }
      sink.append(byte: 10)
    }
    try save("labels")
    return UnitProduct(
      payload: UnitNumbers([earthquakes.count] + EventKind.allCases.map { counts[$0] ?? 0 }).text,
      files: Self.names.map { Self.piece($0, day, folder) })
  }

  /// Puts the pieces of all days together.
  static func merge(days: Int, from folder: String, to output: String) throws {
    for name in ["truth", "automatic"] {
      var header = CatalogHeader(publicID: name)
      header.description =
        name == "truth" ? "The earthquakes of a synthetic network" : "What an automatic system declared of them"
      let writer = try QuakeMLWriter("\(output)/\(name).xml", header: header)
      for day in 0..<days { try contents(piece(name, day, folder)) { try writer.write(fragment: $0) } }
      try writer.finish(header: header)
    }
    let labels = try FileOutput("\(output)/labels.csv")
    try labels.write("event_id,label,reason,truth_id,duplicate_of\n")
    for day in 0..<days { try contents(piece("labels", day, folder)) { try labels.write($0) } }
    try labels.commit()
  }

  private static func contents(_ path: String, _ body: (Bytes) throws -> Void) throws {
    let input = try FileInput(path)
    let bytes = try input.prefix(input.size)
    try bytes.withUnsafeBufferPointer(body)
  }
}
