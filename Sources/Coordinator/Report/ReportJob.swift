import Foundation
public import MPI
import SeismicFormats
import Worker

/// Makes the report of an output folder again, from what lies in it.
public struct ReportJob: Sendable {
  /// The folder.
  public var output: String

  /// Creates a job.
  public init(output: String) { self.output = output }

  /// Runs the job; rank 0 works, the others wait.
  ///
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``.
  public func run(over communicator: any Communicator, report: Reporter) throws {
    // Before the folder is taken hold of: what is not there must not be made.
    try communicator.agreeOnRoot { _ = try Subject(output) }
    try OutputFolder.prepare(output, files: [RefinementReport.name], overwrites: true, over: communicator) {
      try communicator.agreeOnRoot {
        switch try Subject(output) {
        case .refinement(let facts): try RefinementReport(output: output, facts: facts).write(report)
        case .models(let stored): try stored.report.write(stored.figures, to: output, report)
        }
      }
    }
    report.say("report in \(output)/\(RefinementReport.name)")
  }

  /// What the report is about.
  private enum Subject {
    /// A refined catalog.
    case refinement(RunFacts)
    /// What was trained or evaluated.
    case models(StoredReport)

    /// The commands that write a report, beside `refine`.
    private static let others = [
      "evaluate", "learning-curve", "train shallow", "train picker", "train discriminator", "train hybrid",
    ]

    /// - Throws: ``FormatError`` where there is nothing to make a report of.
    init(_ output: String) throws {
      if Self.others.contains(try RunFacts.command(recordedIn: output)) {
        self = .models(try StoredReport(readFrom: output))
      } else {
        self = .refinement(try RunFacts(recordedIn: output))
      }
    }
  }
}
