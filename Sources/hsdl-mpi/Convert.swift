public import ArgumentParser
import Coordinator
import Foundation
public import SeismicFormats

extension CatalogFormat: ExpressibleByArgument {
  public static var allValueStrings: [String] { ["quakeml", "csv", "fdsn", "picks"] }
}

/// Converts a catalog.
struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Turn a catalog into another format.",
    discussion: """
      Reads QuakeML 1.2, SeisComP XML, Nordic files and folders of S-files, HYPO71 phase files, tables of events with \
      a header line (comma, tab, semicolon, bar), FDSN event text, lists of six columns (identifier, time, longitude, \
      latitude, depth, magnitude) and pick tables; the format is recognised by the content. Writes QuakeML, event \
      tables, FDSN event text and pick tables. What the new format has no place for is counted and said. Memory does \
      not grow with the length of the catalog; only SeisComP XML must be held as a whole.

      Examples:

        hsdl-mpi convert catalog.xml catalog.csv
        hsdl-mpi convert picks.csv picks.xml --network TX
      """)

  @Argument(help: "The catalog.")
  var input: String

  @Argument(help: "The file to be written.")
  var output: String

  @Option(
    help: ArgumentHelp("The new format; by default what the name's ending says.", valueName: "quakeml|csv|fdsn|picks"))
  var to: CatalogFormat?

  @Option(help: ArgumentHelp("The network code of stations whose code does not say it as NET.STA.", valueName: "code"))
  var network = ""

  @Flag(help: "Replace the file if it is there.")
  var overwrite = false

  @OptionGroup var log: LogOptions

  func run() throws {
    guard Program.isFirstRank else { return }
    let report = Reporter(rank: 0, format: log.logFormat, quiet: log.quiet)
    var conversion = try CatalogConversion(input: input, output: output, format: to)
    conversion.network = network
    let progress = report.progress("bytes")
    let outcome = try conversion.run(overwrites: overwrite, onProgress: progress.update)
    progress.finish()
    report.say(
      "\(counted(outcome.events, "events")), \(outcome.inputFormat.name) to \(conversion.format.name): \(output)")
    for (what, count) in outcome.leftOut {
      report.warn("\(conversion.format.name) has no place for \(counted(count, what))")
    }
    if let problem = outcome.firstProblem {
      report.warn("\(outcome.problems) could not be understood, first: \(problem.error.description)")
    }
  }
}
