import Foundation
import HSDLCompute
import MPI
import SeismicFormats

/// The figures of a job: drawn on rank 0 when its results are written.
enum JobFigures {
  /// The variable that leaves out figures, where it is `no`, as `--no-figures` does.
  static let variable = "HSDL_MPI_FIGURES"

  /// Makes figures, where they are wanted.
  ///
  /// To be called on rank 0 alone. Figures are made of results that are there: where one cannot be made, the job does not fail.
  ///
  /// - Parameters:
  ///   - isWanted: whether there are to be figures at all.
  ///   - figures: makes the figures.
  /// - Returns: the figures; none where none are wanted.
  /// - Throws: what `figures` throws, but for ``ComputeError``.
  static func made(_ isWanted: Bool, _ report: Reporter, _ figures: () throws -> [Figure]) throws -> [Figure] {
    guard isWanted, ProcessInfo.processInfo.environment[variable] != "no" else { return [] }
    do {
      return try figures()
    } catch let error as ComputeError {
      report.warn("figures are missing: \(error)")
      return []
    }
  }

  /// Draws figures and says what is missing.
  ///
  /// - Throws: ``FormatError`` when a file cannot be written.
  static func draw(_ figures: [Figure], output: String, _ report: Reporter) throws -> Drawing {
    guard !figures.isEmpty else { return Drawing() }
    report.note("drawing \(counted(figures.count, "figures"))")
    let drawing = try FigureDrawer(output: output).draw(figures)
    for warning in drawing.warnings { report.warn(warning) }
    return drawing
  }

  /// Makes figures, where they are wanted, and draws them.
  ///
  /// - Throws: as ``made(_:_:_:)`` and ``draw(_:output:_:)``.
  static func draw(
    _ isWanted: Bool, output: String, _ report: Reporter, _ figures: () throws -> [Figure]
  ) throws -> Drawing {
    try draw(made(isWanted, report, figures), output: output, report)
  }
}
