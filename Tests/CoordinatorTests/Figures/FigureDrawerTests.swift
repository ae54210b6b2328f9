import Coordinator
import Foundation
import TestSupport
import Testing

/// Figures of hostile content, and what becomes of them with and without GMT.
@Suite("Figures")
struct FigureDrawerTests {
  private static let hostile = "a@b\\(c)\"d'<e>`rm -rf $HOME` %s\n> -W9p é ≥ 地\u{1B}[31m"

  private static var figures: [Figure] {
    [
      Figure(
        "Scatter/../x", title: hostile, altText: hostile,
        panels: [
          .plot(
            PlotPanel(
              title: hostile, x: FigureAxis(hostile, unit: "km"), y: FigureAxis("y"),
              layers: [
                FigureLayer(hostile, .real, .points(FigurePoints(x: [1, 2, .nan], y: [1, .infinity, 3]))),
                FigureLayer("names", .black, .words([FigureWords(x: 1, y: 1, hostile)])),
              ])),
          .plot(
            PlotPanel(
              x: FigureAxis("", scale: .categories([hostile, "b"])), y: FigureAxis("n", scale: .logarithmic),
              layers: [FigureLayer("bars", .fake, .bars(FigureBars(places: [0, 1], lengths: [0, 10])))])),
        ]),
      Figure(
        "map", title: "Map", altText: "A map across the date line.",
        panels: [
          .map(
            MapPanel(
              layers: [FigureLayer("events", .real, .points(FigurePoints(x: [179, -179], y: [-40, -42])))]))
        ]),
    ]
  }

  private static func drawer(_ folder: TemporaryFolder, gmt: String? = nil) -> FigureDrawer {
    var environment = ProcessInfo.processInfo.environment
    environment[GMTInstallation.variable] = gmt
    return FigureDrawer(output: folder.url.path, environment: environment, lanes: 2)
  }

  static var hasGMT: Bool { (try? GMTInstallation.find()) != nil }

  @Test("without GMT the tables are there and one line says what is missing")
  func without() throws {
    let folder = try TemporaryFolder()
    let drawing = try Self.drawer(folder, gmt: "/nowhere/gmt").draw(Self.figures)
    #expect(
      drawing.warnings == ["GMT is not installed: figures are missing (apt install gmt gmt-gshhg-low ghostscript)"])
    #expect(drawing.figures.map(\.csv) == ["figures/scatter____x.csv", "figures/map.csv"])
    #expect(drawing.figures.allSatisfy { $0.png == nil && $0.pdf == nil })
    #expect(try folder.names("figures") == ["map.csv", "scatter____x.csv"])
    let rows = try folder.text("figures/map.csv").split(separator: "\n")
    #expect(
      rows == [
        "panel,series,kind,x,y,lower,upper,value", "map,events,point,179,-40,,,", "map,events,point,-179,-42,,,",
      ])
  }

  @Test("with GMT there are pictures, the same bytes each time, and nothing else", .enabled(if: hasGMT))
  func with() throws {
    let folders = try [TemporaryFolder(), TemporaryFolder()]
    for folder in folders {
      let drawing = try Self.drawer(folder).draw(Self.figures)
      #expect(drawing.warnings == [])
      #expect(drawing.figures.map(\.width) == [1600, 1600])
      #expect(try folder.names("") == ["figures"])
      #expect(try folder.names("figures").count == 6)
    }
    for name in try folders[0].names("figures") {
      #expect(try folders[0].bytes("figures/\(name)") == folders[1].bytes("figures/\(name)"), "\(name)")
    }
    let pdf = try folders[0].bytes("figures/map.pdf")
    #expect(pdf.starts(with: Array("%PDF-".utf8)))
    #expect(try folders[0].bytes("figures/map.png").starts(with: [0x89] + Array("PNG".utf8)))
  }

  @Test("a program that fails is told of, and the tables are there all the same", .enabled(if: hasGMT))
  func failing() throws {
    let folder = try TemporaryFolder()
    try folder.write("gmt", "#!/bin/sh\necho 'plot [ERROR]: no such luck' >&2\nexit 3\n")
    #expect(chmod(folder.url.appendingPathComponent("gmt").path, 0o755) == 0)
    let drawing = try Self.drawer(folder, gmt: folder.url.appendingPathComponent("gmt").path).draw(Self.figures)
    #expect(drawing.missing == nil)
    #expect(
      drawing.remarks
        == ["scatter____x", "map"].map {
          "the figure \($0) could not be drawn: gmt begin ended with 3: plot [ERROR]: no such luck"
        })
    #expect(try folder.names("figures") == ["map.csv", "scatter____x.csv"])
  }

  @Test("two figures of one name do not write one file")
  func doubled() throws {
    let folder = try TemporaryFolder()
    let figure = Figure("a", title: "", altText: "", panels: [])
    let drawing = try Self.drawer(folder, gmt: "/nowhere").draw([figure, figure])
    #expect(drawing.figures.count == 1)
    #expect(drawing.remarks == ["there are two figures named a; the second was left out"])
  }
}

@Suite("Places on figures")
struct FigurePlaceTests {
  @Test("a map holds all points, across the date line too")
  func regions() throws {
    let plain = try #require(MapRegion(longitudes: [10, 12], latitudes: [40, 41], margin: 0))
    #expect((plain.west, plain.east, plain.south, plain.north) == (10, 12, 40, 41))
    let pacific = try #require(MapRegion(longitudes: [179, -179, 178], latitudes: [-10, 10, 0], margin: 0))
    #expect(pacific.west <= 178 && pacific.east >= 181 && pacific.east < 200)
    let one = try #require(MapRegion(longitudes: [5], latitudes: [89]))
    #expect(one.west < 5 && one.east > 5 && one.north <= 90)
    #expect(MapRegion(longitudes: [.nan], latitudes: [1]) == nil)
    #expect(MapRegion(longitudes: [], latitudes: []) == nil)
  }

  @Test("colours run from end to end and stay there")
  func colours() {
    let scale = ColourScale(.diverging, -1...1, label: "r")
    #expect(scale.colour(-5) == scale.colour(-1) && scale.colour(5) == scale.colour(1))
    #expect(scale.colour(0) == RGB(250, 250, 250))
    #expect(RGB(1, 2, 255).hex == "#0102ff")
    #expect(Set(FigureColour.allCases.map(\.rgb)).count == FigureColour.allCases.count)
    #expect(Set((0..<8).map { FigureStyle.series($0).symbol }).count == 8)
    #expect(Set((0..<8).map { FigureStyle.series($0).colour }).count == 8)
  }
}
