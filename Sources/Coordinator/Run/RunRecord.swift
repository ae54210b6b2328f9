import Foundation
import MPI
import SeismicFormats
import Worker

/// What a run was, for whoever finds its results: `run.json`.
///
/// Beside what the job itself has to say: version, command line, hashes of inputs and models, hosts, ranks, libraries, times, memory, and what
/// the results depend on, by which the same job is known again. Alone of all results it differs from run to run.
public struct RunRecord {
  /// The name of the file.
  public static let name = "run.json"
  /// The words of the command line, without the program; those of a configuration among them.
  nonisolated(unsafe) public static var arguments = Array(CommandLine.arguments.dropFirst())

  /// The command.
  var command: String
  /// What the job has to say, in order.
  var details: [(String, JSONValue)] = []
  /// What its results depend on; nil for a job that does not go on with work of an earlier run.
  var identity: JobIdentity?
  /// The files that went in.
  var inputs: [InputFile] = []
  /// The hashes of the models that went in, by their folders.
  var models: [(path: String, hash: String)] = []
  /// The names of the results.
  var outputs: [String] = []
  /// How often the job was gone on with.
  var resumedCount = 0
  private let start = Date()
  private let moment = monotonicSeconds()

  /// Begins a record; its time is that of the job's start.
  init(command: String) { self.command = command }

  /// Writes the file.
  ///
  /// Collective: each rank tells of its host and its memory.
  ///
  /// - Throws: ``AgreedFailure`` on all ranks.
  func write(to output: String, over communicator: any Communicator) throws {
    let hosts = try communicator.gatherv(Array(hostName().utf8)).map { String(decoding: $0, as: UTF8.self) }
    let memory = try communicator.gatherv([Self.peakMemory])
    try communicator.agreeOnRoot {
      let folder = try OutputFolder(output, files: [], overwrites: true)
      try folder.write(Self.name, value(hosts: hosts, memory: memory.map { $0.first ?? 0 }, output: output).text)
    }
  }

  private func value(hosts: [String], memory: [Int], output: String) -> JSONValue {
    func time(_ date: Date) -> JSONValue { .string(UTCTime(seconds: Int64(date.timeIntervalSince1970)).description) }
    var pairs: [(String, JSONValue)] = [
      ("program", .string("hsdl-mpi \(programVersion)")), ("command", .string(command)),
    ]
    pairs += details
    let known = Set(details.map(\.0))
    let common: [(String, JSONValue)] = [
      ("ranks", .integer(hosts.count)),
      ("elapsed_s", .number(((monotonicSeconds() - moment) * 1000).rounded() / 1000)),
      ("version", .string(programVersion)), ("git_commit", .string(buildCommit)),
      ("arguments", .array(Self.arguments.map { .string($0) })),
      ("inputs", .array(inputs.map(\.record))),
      (
        "models",
        .array(models.map { .object([("path", .string($0.path)), ("sha256", .string($0.hash))]) })
      ),
      ("started", time(start)), ("ended", time(Date())), ("resumed", .integer(resumedCount)),
      ("hosts", .array(hosts.map { .string($0) })),
      ("peak_memory_bytes", .array(memory.map { .integer($0) })),
      ("libraries", .object(LoadedLibraries.versions.map { ($0.name, .string($0.version)) })),
      ("slurm_job_id", ProcessInfo.processInfo.environment["SLURM_JOB_ID"].map { .string($0) } ?? .null),
      (
        "outputs",
        .array(
          outputs.map { name in
            let size = Self.size(of: "\(output)/\(name)")
            return .object([("name", .string(name)), ("bytes", size.map { .integer($0) } ?? .null)])
          })
      ),
      (
        "identity",
        identity.map { .array($0.parts.map { .array([.string($0.name), .string($0.value)]) }) } ?? .null
      ),
    ]
    return .object(pairs + common.filter { !known.contains($0.0) })
  }

  /// The size of a file; nil for a folder, and where nothing is.
  private static func size(of path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
  }

  /// The most memory that this process has had, in bytes.
  static var peakMemory: Int {
    var usage = rusage()
    // RUSAGE_SELF, whose type is another one on each system.
    getrusage(0, &usage)
    #if canImport(Darwin)
      return Int(usage.ru_maxrss)
    #else
      return Int(usage.ru_maxrss) * 1024
    #endif
  }

  // MARK: Results that are there already

  private struct Finished: Decodable {
    struct Output: Decodable {
      var name: String
      var bytes: Int?
    }
    var identity: [[String]]?
    var outputs: [Output]?
  }

  /// The job that has made the results in a folder, if it is known and they are all there.
  static func finished(in output: String) -> (identity: JobIdentity, outputs: [String])? {
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: "\(output)/\(name)")),
      let found = try? JSONDecoder().decode(Finished.self, from: data), let parts = found.identity,
      let outputs = found.outputs, !outputs.isEmpty, parts.allSatisfy({ $0.count == 2 })
    else { return nil }
    for file in outputs {
      let path = "\(output)/\(file.name)"
      guard file.bytes == nil ? access(path, F_OK) == 0 : size(of: path) == file.bytes else { return nil }
    }
    return (JobIdentity(parts: parts.map { JobIdentity.Part(name: $0[0], value: $0[1]) }), outputs.map(\.name))
  }

  /// Takes the record of older results away, before the first of them is replaced.
  ///
  /// Rank 0 only.
  static func withdraw(in output: String) { unlink("\(output)/\(name)") }
}
