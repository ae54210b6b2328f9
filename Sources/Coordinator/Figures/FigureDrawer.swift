public import Foundation
import SeismicFormats
import Synchronization
import Worker

/// A figure that was drawn.
public struct DrawnFigure: Sendable {
  /// The figure.
  public var figure: Figure
  /// The table of its data, as a path below the folder for results: `figures/NAME.csv`.
  public var csv: String
  /// The picture, as a path below the folder for results; nil where it could not be drawn.
  public var png: String?
  /// The figure for print, as a path below the folder for results; nil where it could not be drawn.
  public var pdf: String?
  /// The size of the picture in dots.
  public var width = 0
  /// The height of the picture in dots.
  public var height = 0
}

/// What came of the figures of a job.
public struct Drawing: Sendable {
  /// The figures, in the order in which they were given.
  public var figures: [DrawnFigure] = []
  /// What is missing and how to get it, where no picture could be drawn: GMT or Ghostscript; in one line.
  public var missing: String?
  /// What else went wrong, a line each; each is said once.
  public var remarks: [String] = []

  /// All that is to be said to the user.
  public var warnings: [String] { (missing.map { [$0] } ?? []) + remarks }

  /// Nothing drawn.
  public init() {}
}

/// Draws figures into the folder `figures` of a job's results: `NAME.csv` always, `NAME.png` and `NAME.pdf` where GMT 6 and Ghostscript are there.
///
/// To be used on rank 0. Without GMT, or where GMT fails, the tables are written all the same and ``Drawing`` says what is missing: figures are
/// never the reason why results are lost.
public struct FigureDrawer: Sendable {
  /// The folder's name below the folder for results.
  public static let folderName = "figures"

  private let folder: String
  private let installation: Result<GMTInstallation, GMTInstallation.Missing>
  private let lanes: Int

  /// Prepares to draw.
  ///
  /// - Parameters:
  ///   - output: the folder for results.
  ///   - environment: where GMT is looked for (``GMTInstallation/find(_:)``).
  ///   - lanes: how many figures are drawn at a time; nil for as many as there are processors, at most four.
  public init(
    output: String, environment: [String: String] = ProcessInfo.processInfo.environment, lanes: Int? = nil
  ) {
    folder = output
    do {
      installation = .success(try GMTInstallation.find(environment))
    } catch {
      installation = .failure(error)
    }
    self.lanes = max(1, lanes ?? min(4, ProcessInfo.processInfo.activeProcessorCount))
  }

  /// Draws figures.
  ///
  /// - Parameter onDone: told after each how many are done, from any thread, one at a time.
  /// - Throws: ``FormatError`` when a file cannot be written.
  public func draw(_ figures: [Figure], onDone: @Sendable (Int) -> Void = { _ in }) throws -> Drawing {
    var drawing = Drawing()
    guard !figures.isEmpty else { return drawing }
    let place = "\(folder)/\(Self.folderName)"
    try makeFolder(place)
    var taken: Set<String> = []
    for figure in figures {
      // Two figures of one name would write one file.
      guard taken.insert(figure.name).inserted else {
        drawing.remarks.append("there are two figures named \(figure.name); the second was left out")
        continue
      }
      let csv = try FileOutput("\(place)/\(figure.name).csv")
      try csv.write(figure.data.text)
      try csv.commit()
      drawing.figures.append(DrawnFigure(figure: figure, csv: "\(Self.folderName)/\(figure.name).csv"))
    }
    let installation: GMTInstallation
    switch self.installation {
    case .failure(let missing):
      drawing.missing = missing.description
      return drawing
    case .success(let found): installation = found
    }
    let press = GMTPress(installation: installation)
    let all = drawing.figures
    let state = Mutex(Course(count: all.count))
    DispatchQueue.concurrentPerform(iterations: min(lanes, all.count)) { _ in
      while let number = state.withLock({ $0.take() }) {
        let result = Result { try press.print(FigureLayout.page(all[number].figure)) }
        state.withLock {
          $0.results[number] = result
          $0.done += 1
          onDone($0.done)
        }
      }
    }
    let results = state.withLock { $0.results }
    for (number, result) in results.enumerated() {
      let name = all[number].figure.name
      switch result {
      case .success(let print):
        for (ending, data) in [("png", print.png), ("pdf", print.pdf)] {
          let file = try FileOutput("\(place)/\(name).\(ending)")
          try data.withUnsafeBytes { try file.write($0.bindMemory(to: UInt8.self)) }
          try file.commit()
        }
        drawing.figures[number].png = "\(Self.folderName)/\(name).png"
        drawing.figures[number].pdf = "\(Self.folderName)/\(name).pdf"
        (drawing.figures[number].width, drawing.figures[number].height) = Self.size(print.png)
        for remark in print.remarks where !drawing.remarks.contains(remark) { drawing.remarks.append(remark) }
      case .failure(let error):
        drawing.remarks.append("the figure \(name) could not be drawn: \(error)")
      case nil: break
      }
    }
    return drawing
  }

  private struct Course {
    var next = 0
    var done = 0
    var results: [Result<GMTPress.Print, any Error>?]

    init(count: Int) { results = Array(repeating: nil, count: count) }

    mutating func take() -> Int? {
      guard next < results.count else { return nil }
      next += 1
      return next - 1
    }
  }

  /// Width and height of a PNG, from its first chunk.
  static func size(_ png: Data) -> (width: Int, height: Int) {
    let bytes = [UInt8](png.prefix(24))
    guard bytes.count == 24 else { return (0, 0) }
    func number(_ start: Int) -> Int { bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
    return (number(16), number(20))
  }
}
