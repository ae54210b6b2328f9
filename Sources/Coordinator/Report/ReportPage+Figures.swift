import Foundation

extension ReportPage.Picture {
  /// A figure that was drawn, with links to its other forms.
  ///
  /// - Parameters:
  ///   - output: the folder for results.
  ///   - caption: what stands below it; nil for its title.
  /// - Returns: nil where there is no picture of it.
  public init?(_ drawn: DrawnFigure, in output: String, caption: String? = nil) {
    guard let name = drawn.png, let png = FileManager.default.contents(atPath: "\(output)/\(name)") else { return nil }
    self.init(
      png: [UInt8](png), alternative: drawn.figure.altText, caption: caption ?? drawn.figure.title,
      width: max(drawn.width / 2, 1),
      links: (drawn.pdf.map { [("PDF", $0)] } ?? []) + [("data (CSV)", drawn.csv)])
  }
}

extension ReportPage.Block {
  /// Figures that were drawn, and what is missing of them: one line, and links to the data.
  ///
  /// - Parameters:
  ///   - names: the names of those that are wanted, in order; nil for all.
  ///   - output: the folder for results.
  public static func figures(_ drawing: Drawing, _ names: [String]? = nil, in output: String) -> [ReportPage.Block] {
    let wanted = names.map { names in names.compactMap { name in drawing.figures.first { $0.figure.name == name } } }
    let figures = wanted ?? drawing.figures
    let pictures = figures.compactMap { ReportPage.Picture($0, in: output) }
    guard pictures.count < figures.count else { return [.pictures(pictures)] }
    let reason = drawing.missing ?? "not all figures could be drawn"
    let left = figures.filter { $0.png == nil }
    return (pictures.isEmpty ? [] : [.pictures(pictures)]) + [
      .note("\(reason). Without pictures: \(left.map(\.figure.title).joined(separator: "; "))."),
      .links(left.map { ("\($0.figure.title): data (CSV)", $0.csv) }),
    ]
  }
}
