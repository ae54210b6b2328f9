import ArgumentParser
import Coordinator
import Worker

/// Says what is in a file.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what is in a catalog, a waveform file, a model folder, a folder of results …",
    discussion: """
      Knows catalogs and pick tables, stations, miniSEED and SAC, archives in the SeisComP data structure, tables of features, labels and \
      papers, model folders (whose files are checked against their card), folders of results or of work that is not at its end, HDF5, \
      safetensors and .npz. The format is recognised by the content. Memory does not grow with the length of a catalog or a table of features.

      Examples:

        hsdl-mpi inspect catalog.xml
        hsdl-mpi inspect models/event
        hsdl-mpi inspect refined --json
      """)

  @Argument(help: "The file or folder.", completion: .file())
  var file: String

  @Flag(help: "Print the summary as JSON.")
  var json = false

  @OptionGroup var log: LogOptions

  func run() throws {
    guard Program.isFirstRank else { return }
    let report = Reporter(rank: 0, format: log.logFormat, quiet: log.quiet)
    let progress = report.progress("bytes")
    let inspection = try inspect(file, onProgress: progress.update)
    progress.finish()
    let isJSONLog = log.logFormat == .json
    let lines =
      json
      ? [String(inspection.json.text.dropLast())] : inspection.lines.map { isJSONLog ? Reporter.resultLine($0) : $0 }
    for line in lines where !writeLine(1, line) {
      throw JobError(.inputOutput, "standard output: writing failed; check where it goes")
    }
  }
}
