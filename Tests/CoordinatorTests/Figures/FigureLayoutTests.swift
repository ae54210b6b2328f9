import Coordinator
import Foundation
import Testing

/// Whether all words of figures can be read, without anything drawn.
@Suite("Words on figures")
struct FigureLayoutTests {
  private static let long = Array(repeating: "averylongwordinanaxis", count: 12).joined(separator: " ")

  private static func plot(
    _ x: FigureAxis, _ y: FigureAxis, _ layers: [FigureLayer], title: String? = nil
  ) -> FigurePanel {
    .plot(PlotPanel(title: title, x: x, y: y, layers: layers))
  }

  private static func points(_ name: String, _ x: [Double], _ y: [Double]) -> FigureLayer {
    FigureLayer(name, .real, .points(FigurePoints(x: x, y: y)))
  }

  /// Figures with axes that are hard to label.
  static let hard: [Figure] = {
    let spans: [(Double, Double)] = [
      (0, 1), (0, 1e-9), (-1e9, 1e9), (123_456.001, 123_456.002), (-0.5, 0.5), (1, 1), (0, 0), (99_999, 100_001),
    ]
    var figures = spans.enumerated().map { number, span in
      Figure(
        "linear\(number)", title: "\(span)", altText: "",
        panels: (0..<4).map { _ in
          plot(
            FigureAxis("x", unit: "km"), FigureAxis("y", unit: "s"), [points("a", [span.0, span.1], [span.0, span.1])])
        })
    }
    figures += [(1e-3, 1e6), (0.9, 1.1), (5, 5), (1e-30, 1e30), (3, 40)].map { low, high in
      Figure(
        "log", title: "\(low)", altText: "",
        panels: [
          plot(
            FigureAxis("x", scale: .logarithmic), FigureAxis("y", scale: .logarithmic),
            [points("a", [low, high], [low, high])])
        ])
    }
    figures += [1.0, 60, 3600, 86_400, 2e6, 4e7, 3e9].map { span in
      Figure(
        "time", title: "\(span) s", altText: "",
        panels: [
          plot(
            FigureAxis("", unit: "UTC", scale: .time), FigureAxis("n"),
            [points("a", [1.66e9, 1.66e9 + span], [0, 10])])
        ])
    }
    for count in [1, 3, 12, 31] {
      let names = (0..<count).map { "category_number_\($0)" }
      figures.append(
        Figure(
          "names", title: "\(count) names", altText: "",
          panels: [
            plot(
              FigureAxis("kind", scale: .categories(names)), FigureAxis("n", scale: .categories(names)),
              [
                FigureLayer(
                  "r", .real,
                  .cells(
                    FigureCells(
                      columns: count, rows: count, values: Array(repeating: 0.5, count: count * count),
                      words: count > 12 ? nil : Array(repeating: "0.50", count: count * count))))
              ])
          ]))
    }
    figures.append(
      Figure(
        "long", title: long, altText: "",
        panels: (0..<9).map { _ in
          plot(
            FigureAxis(long, unit: "km"), FigureAxis(long, unit: "km"), [points(long, [0, 1], [0, 1])], title: long)
        }))
    figures.append(
      Figure(
        "legend", title: "Legend", altText: "",
        panels: [
          plot(
            FigureAxis("x"), FigureAxis("y"), (0..<20).map { points("series number \($0)", [0, 1], [0, Double($0)]) })
        ]))
    figures += [(0.001, 0.001), (3, 2), (300, 120)].map { width, height in
      Figure(
        "map", title: "\(width) by \(height) degrees", altText: "",
        panels: [
          .map(MapPanel(layers: [points("events", [-width / 2, width / 2], [-height / 2, height / 2])]))
        ])
    }
    return figures
  }()

  @Test("nothing lies on another word or off the paper", arguments: hard.indices)
  func legible(_ number: Int) {
    let figure = Self.hard[number]
    #expect(figure.illegibleWords == [], "\(figure.name): \(figure.title)")
  }

  @Test("a figure is the same when it has been written and read")
  func stored() throws {
    let encoder = JSONEncoder()
    for figure in Self.hard {
      #expect(try JSONDecoder().decode(Figure.self, from: encoder.encode(figure)) == figure)
    }
  }

  @Test("text that means something to GMT or PostScript does not")
  func escapes() {
    #expect(GMTText.escaped("a b.c,d:1") == "a b.c,d:1")
    #expect(GMTText.escaped("@(x)\\%") == "\\100\\050x\\051\\134\\045")
    #expect(GMTText.escaped("# > -R\"'") == "\\043 \\076 \\055R\\042\\047")
    #expect(GMTText.escaped("é ≥ α – 地\u{1B}\n") == "\\351 @%12%\\263@%% @%12%a@%% \\055 ?  ")
    #expect(GMTText.escaped("") == "\\040")
    #expect(GMTText.escaped("  ") == "\\040")
  }
}
