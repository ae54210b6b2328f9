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
    try communicator.agreeOnRoot { _ = try RunFacts(recordedIn: output) }
    try OutputFolder.prepare(output, files: [RefinementReport.name], overwrites: true, over: communicator) {
      try communicator.agreeOnRoot {
        try RefinementReport(output: output, facts: RunFacts(recordedIn: output)).write(report)
      }
    }
    report.say("report in \(output)/\(RefinementReport.name)")
  }
}
