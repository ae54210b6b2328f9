import Foundation
import HSDLCompute
public import MPI
import Worker

/// Looks at what a site may get wrong: MPI, ranks and processors, clocks, the folder for results, libraries, models.
public struct DoctorJob: Sendable {
  /// The folder for results that is tried out; nil for none.
  public var output: String?

  /// Creates a job.
  public init(output: String? = nil) { self.output = output }

  /// What is found out before MPI is started.
  public struct Prelude: Sendable {
    var starter: MPIFindings.Starter?
    var mapper: Finding
    var launcher: Launcher?

    /// Looks around.
    ///
    /// - Parameter talks: whether this process is the one that talks; the others save themselves the trouble.
    public init(talks: Bool) {
      let environment = ProcessInfo.processInfo.environment
      let path = environment["PATH"] ?? ""
      launcher = Launcher(environment: environment)
      starter = talks ? MPIFindings.findStarter(path: path) : nil
      mapper = talks ? GMTFindings.finding(environment) : Finding("GMT", .fine, "")
    }
  }

  /// Looks at everything.
  ///
  /// Collective.
  ///
  /// - Returns: the findings on rank 0; nothing elsewhere.
  /// - Throws: ``CommunicatorError``, ``AgreedFailure``.
  public func run(_ prelude: Prelude, over communicator: any Communicator) throws -> [Finding] {
    let own = try communicator.agree {
      Array(try JSONEncoder().encode(RankReport.here(rank: communicator.rank)))
    }
    let encoded = try communicator.gatherv(own)
    var reports: [RankReport] = []
    try communicator.agreeOnRoot {
      reports = try encoded.map { try JSONDecoder().decode(RankReport.self, from: Data($0)) }
    }
    let hosts = reports.map(\.host)
    let differences = try ClockComparison.run(hosts, over: communicator)
    let trial = try output.map { try FolderTrial(path: $0).run(over: communicator) } ?? []
    let models = try LibraryFindings.models(over: communicator)
    guard communicator.isRoot else { return [] }
    let library = MPIEnvironment.libraryVersion.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    let mpi = MPIFindings(
      library: library, ranks: communicator.size, nodes: Set(hosts).count,
      launcher: prelude.launcher, starter: prelude.starter,
      loaded: reports.first?.libraries.filter { [LoadedLibraries.mpich, LoadedLibraries.openMPI].contains($0.name) }
        ?? [])
    var all = [Finding("program", .fine, "hsdl-mpi \(programVersion)")]
    all += mpi.findings
    all += NodeFindings.findings(reports)
    if let finding = ClockComparison.finding(differences) { all.append(finding) }
    all += output == nil ? [Finding("output", .fine, "no folder was tried; give --output to try one")] : trial
    all += LibraryFindings.findings(reports)
    all += models
    all.append(prelude.mapper)
    return all
  }
}
