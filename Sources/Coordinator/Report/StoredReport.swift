import Foundation
import HSDLCompute
import SeismicFormats

/// What the page of an evaluation or a training was made of: `figures/report.json`, of which it can be made again.
struct StoredReport: Equatable {
  /// What the page says.
  var report: ModelReport
  /// The figures.
  var figures: [Figure]

  init(_ report: ModelReport, figures: [Figure]) {
    self.report = report
    self.figures = figures
  }

  /// Where it lies in the folder for results.
  static let name = "\(FigureDrawer.folderName)/report.json"

  /// A file that is larger is none of ours.
  private static let sizeLimit = 512 << 20

  /// How it is written.
  private struct Content: Codable {
    var title: String
    var subtitle: String
    var results: [ModelReport.Result]
    var facts: [[String]]
    var files: [String]
    var figures: [Figure]
  }

  /// Writes it, where there are figures; without, an older one goes.
  ///
  /// - Throws: ``FormatError``.
  func write(to output: String) throws {
    guard !figures.isEmpty else {
      unlink("\(output)/\(Self.name)")
      return
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let content = Content(
      title: report.title, subtitle: report.subtitle, results: report.results,
      facts: report.facts.map { [$0.name, $0.value] }, files: report.files, figures: figures)
    guard let bytes = try? encoder.encode(content) else { return }
    try makeFolder("\(output)/\(FigureDrawer.folderName)")
    let file = try FileOutput("\(output)/\(Self.name)")
    try file.write(String(decoding: bytes, as: UTF8.self))
    try file.commit()
  }

  /// Reads it.
  ///
  /// - Throws: ``FormatError`` where it is not there, or not as it was written.
  init(readFrom output: String) throws {
    let path = "\(output)/\(Self.name)"
    guard FileManager.default.fileExists(atPath: path) else {
      throw FormatError(
        .missing, file: path, found: "there is no such file",
        expected: "what the report was made of", remedy: "do it anew, without --no-figures")
    }
    let input = try FileInput(path)
    func refusal(_ found: String) -> FormatError {
      FormatError(
        .badData, file: path, found: found, expected: "what a report was made of, as it was written",
        remedy: "do it anew with --overwrite")
    }
    guard input.size <= Self.sizeLimit else { throw refusal("it has \(input.size) bytes") }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let content = try? decoder.decode(Content.self, from: Data(try input.prefix(input.size))),
      content.facts.allSatisfy({ $0.count == 2 }), content.figures.allSatisfy(\.isSound),
      content.results.allSatisfy(\.isSound)
    else { throw refusal("it is something else, or was changed") }
    report = ModelReport(
      title: content.title, subtitle: content.subtitle, results: content.results,
      facts: content.facts.map { (name: $0[0], value: $0[1]) }, files: content.files)
    figures = content.figures
  }
}

extension ModelReport.Result {
  /// Whether the rows of tables are as long as their heads.
  fileprivate var isSound: Bool {
    guard case .table(let table) = self else { return true }
    return table.rows.allSatisfy { $0.count == table.columns.count }
  }
}

extension Figure {
  /// Whether it can be drawn as it stands: a safe name, sides that fit together.
  fileprivate var isSound: Bool {
    guard
      Figure(name, title: "", altText: "", panels: []).name == name, (1...12).contains(columns), panels.count <= 400,
      table.map({ table in table.rows.allSatisfy { $0.count == table.columns.count } }) ?? true
    else { return false }
    return panels.allSatisfy { panel in
      switch panel {
      case .plot(let plot):
        plot.x.isSound && plot.y.isSound && plot.colourScale?.isSound ?? true
          && plot.aspect.map { (0.02...50).contains($0) } ?? true && plot.layers.allSatisfy(\.isSound)
      case .map(let map):
        map.colourScale?.isSound ?? true && map.layers.allSatisfy(\.isSound)
          && map.region.map {
            [$0.west, $0.east, $0.south, $0.north].allSatisfy { abs($0) <= 720 } && $0.west < $0.east
              && $0.south < $0.north
          } ?? true
      }
    }
  }
}

extension FigureAxis {
  fileprivate var isSound: Bool { range.map { $0.lowerBound.isFinite && $0.upperBound.isFinite } ?? true }
}

extension ColourScale {
  fileprivate var isSound: Bool { range.lowerBound.isFinite && range.upperBound.isFinite }
}

extension FigureLayer {
  fileprivate var isSound: Bool {
    func fits(_ interval: FigureInterval?, _ count: Int) -> Bool {
      interval.map { $0.lower.count == count && $0.upper.count == count } ?? true
    }
    guard (0...10).contains(style.size), (0...50).contains(style.width) else { return false }
    switch content {
    case .points(let points):
      let count = points.x.count
      return points.y.count == count && points.values.map { $0.count == count } ?? true
        && points.sizes.map { $0.count == count } ?? true && fits(points.xInterval, count)
        && fits(points.yInterval, count)
    case .line(let x, let y), .steps(let x, let y): return x.count == y.count
    case .band(let x, let lower, let upper): return x.count == lower.count && x.count == upper.count
    case .histogram(let edges, let counts): return edges.count == counts.count + 1
    case .bars(let bars):
      return bars.places.count == bars.lengths.count && fits(bars.interval, bars.places.count)
    case .boxes, .guide, .words: return true
    case .cells(let cells):
      let (columns, rows) = (cells.xEdges.count - 1, cells.yEdges.count - 1)
      return columns >= 0 && rows >= 0 && cells.values.count == columns * rows
        && cells.words.map { $0.count == cells.values.count } ?? true
    }
  }
}
