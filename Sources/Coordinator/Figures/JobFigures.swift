import Foundation
import HSDLCompute
import MPI
import SeismicFormats

/// The figures of a job: drawn on rank 0 when its results are written.
enum JobFigures {
  /// The variable that leaves out figures, where it is `no`, as `--no-figures` does.
  static let variable = "HSDL_MPI_FIGURES"

  /// Draws figures and says what is missing.
  ///
  /// To be called on rank 0 alone. Figures are made of results that are there: where one cannot be made, the job does not fail.
  ///
  /// - Parameters:
  ///   - isWanted: whether there are to be figures at all.
  ///   - output: the folder for results.
  ///   - figures: makes the figures.
  /// - Returns: what was drawn; nothing where no figures are wanted.
  /// - Throws: ``FormatError`` when a file cannot be written.
  static func draw(
    _ isWanted: Bool, output: String, _ report: Reporter, _ figures: () throws -> [Figure]
  ) throws -> Drawing {
    guard isWanted, ProcessInfo.processInfo.environment[variable] != "no" else { return Drawing() }
    let made: [Figure]
    do {
      made = try figures()
    } catch let error as ComputeError {
      report.warn("figures are missing: \(error)")
      return Drawing()
    }
    guard !made.isEmpty else { return Drawing() }
    report.note("drawing \(counted(made.count, "figures"))")
    let drawing = try FigureDrawer(output: output).draw(made)
    for warning in drawing.warnings { report.warn(warning) }
    return drawing
  }
}
