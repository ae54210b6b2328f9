import ArgumentParser
import Coordinator
import Worker

/// Says what is in a file.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what is in a catalog, a waveform file, a file of stations or a pick table.",
    discussion: "The format is recognised by the content. Memory does not grow with the length of the file.")

  @Argument(help: "The file.")
  var file: String

  @Flag(help: "Print the summary as JSON.")
  var json = false

  @OptionGroup var log: LogOptions

  func run() throws {
    guard Program.isFirstRank else { return }
    let report = Reporter(rank: 0, format: .text, quiet: log.quiet)
    let progress = report.progress("bytes")
    let inspection = try inspect(file, onProgress: progress.update)
    progress.finish()
    for line in json ? [String(inspection.json.text.dropLast())] : inspection.lines where !writeLine(1, line) {
      throw JobError(.inputOutput, "standard output: writing failed; check where it goes")
    }
  }
}
