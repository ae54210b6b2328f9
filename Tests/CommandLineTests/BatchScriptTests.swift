import Foundation
import TestSupport
import Testing

/// The scripts in `jobs/`, with commands in place of a batch system's and of the program that note what they are given.
@Suite("Batch scripts")
struct BatchScriptTests {
  static let jobs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../jobs")
    .standardizedFileURL.path

  static func scripts(_ kind: String) throws -> [String] {
    let names = try FileManager.default.contentsOfDirectory(atPath: jobs).filter { $0.hasSuffix(".\(kind)") }.sorted()
    #expect(names.count == 7)
    return names
  }

  /// A folder with the commands; the program ends with `code`.
  static func place(code: Int) throws -> Workplace {
    let place = try Workplace()
    func command(_ name: String, _ lines: String) throws {
      try place.folder.write("bin/\(name)", "#!/bin/bash\n\(lines)\n")
    }
    let note = { (name: String) in "printf '%s\\n' \"$@\" >'\(place.folder.path(name))'" }
    try command("program", "\(note("program.words"))\nexit \(code)")
    try command("mpirun", "exec \"$@\"")
    try command("srun", "while [ \"${1#-}\" != \"$1\" ]; do shift; done\nexec \"$@\"")
    try command("qsub", note("qsub.words"))
    try command("scontrol", note("scontrol.words"))
    try command("squeue", "echo ' 59:30'; exit")
    // A long line is folded, and goes on behind a tab.
    try command(
      "qstat",
      #"""
      [ "$*" = "-f 12[2].server" ] || exit 1
      printf 'Job Id: 12[2].server\n    Job_Name = refine\n    queue = long\n    Account_Name = quakes\n'
      printf '    Resource_List.place = scatter\n    Resource_List.select = 4:ncpus=16:mpiprocs=16:mem=16gb\n\t:model=new+1:ncpus=1\n'
      printf '    Resource_List.walltime = 12:00:00\n    substate = 42\n'
      """#)
    try place.folder.write("catalogs.txt", "catalogs/2023.xml\ncatalogs/2024.xml\n")
    try place.folder.write("networks.txt", "CI\nNC\n")
    #expect(try place.shell("chmod +x bin/*").exitCode == 0)
    return place
  }

  static func submit(_ script: String, in place: Workplace, _ variables: String) throws -> Outcome {
    try place.shell(
      """
      export PATH="$PWD/bin:$PATH" HSDL_MPI="$PWD/bin/program" HSDL_MPI_JOBS='\(jobs)' CATALOGS=catalogs.txt NETWORKS=networks.txt
      \(variables) CONFIG=mine.yaml bash '\(jobs)/\(script)'
      """)
  }

  static func words(_ name: String, _ place: Workplace) throws -> [String] {
    String(decoding: try place.folder.bytes(name), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  static let pbs = "PBS_O_WORKDIR=\"$PWD\" PBS_JOBID='12[2].server' PBS_ARRAY_INDEX=2"
  static let slurm =
    "SLURM_SUBMIT_DIR=\"$PWD\" SLURM_JOB_ID=77 SLURM_ARRAY_JOB_ID=70 SLURM_ARRAY_TASK_ID=2 SLURM_RESTART_COUNT=3"

  @Test("PBS: a job that stopped early is submitted again with all that it was given, as the same task")
  func resubmission() throws {
    for script in try Self.scripts("pbs") {
      let place = try Self.place(code: 75)
      let outcome = try Self.submit(script, in: place, Self.pbs)
      #expect(outcome.exitCode == 75, "\(script): \(outcome.errorOutput)")
      let program = try Self.words("program.words", place)
      #expect(program.suffix(2) == ["--walltime", "12:00:00"], "\(script)")
      #expect(program.contains("mine.yaml"), "\(script)")
      if script.hasPrefix("refine-array") { #expect(program.contains("catalogs/2024.xml")) }
      if script.hasPrefix("pick-array") { #expect(program.contains("NC.*.*.*")) }
      let submitted = try Self.words("qsub.words", place)
      #expect(submitted.last == "\(Self.jobs)/\(script)")
      for pair in [
        ["-l", "select=4:ncpus=16:mpiprocs=16:mem=16gb:model=new+1:ncpus=1"], ["-l", "walltime=12:00:00"],
        ["-l", "place=scatter"], ["-q", "long"], ["-A", "quakes"],
      ] {
        #expect(zip(submitted, submitted.dropFirst()).contains { [$0, $1] == pair }, "\(script): \(pair)")
      }
      let variables = submitted[submitted.count - 2].split(separator: ",")
      #expect(submitted[submitted.count - 3] == "-v" && variables.first == "HSDL_MPI_RESTART=1")
      for variable in ["CONFIG=mine.yaml", "CATALOGS=catalogs.txt", "HSDL_MPI_JOBS=\(Self.jobs)", "TASK=2"] {
        #expect(variables.contains(Substring(variable)), "\(script): \(variable)")
      }
    }
  }

  @Test("Slurm: a job that stopped early goes back into the queue")
  func requeue() throws {
    for script in try Self.scripts("slurm") {
      let place = try Self.place(code: 75)
      let outcome = try Self.submit(script, in: place, Self.slurm)
      #expect(outcome.exitCode == 75, "\(script): \(outcome.errorOutput)")
      #expect(outcome.errorOutput.contains("back into the queue (4)"))
      let program = try Self.words("program.words", place)
      #expect(program.suffix(2) == ["--walltime", "00:59:30"], "\(script): \(program)")
      #expect(try Self.words("scontrol.words", place) == ["requeue", "77"])
    }
  }

  @Test("what has ended, or failed, or has gone on too often is not submitted again", arguments: [0, 65, 74, 75])
  func end(code: Int) throws {
    for (script, system) in [("refine.pbs", Self.pbs), ("refine.slurm", Self.slurm)] {
      let place = try Self.place(code: code)
      let outcome = try Self.submit(script, in: place, "\(system) HSDL_MPI_RESTART=100")
      #expect(Int(outcome.exitCode) == code)
      #expect(place.names(".").filter { $0 == "qsub.words" || $0 == "scontrol.words" }.isEmpty)
      #expect(outcome.errorOutput.contains("100th") == (code == 75))
    }
  }
}
