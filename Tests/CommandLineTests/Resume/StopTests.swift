import Foundation
import TestSupport
import Testing

@Suite("Signals and the end of the walltime", .serialized)
struct StopTests {
  /// Runs the command on ranks, slowed down, and a script beside it when some units are done; `$job` is mpirun, `rank` holds the process of
  /// the last rank, `codes` in the end the exit code of each rank.
  static func script(_ ranks: Int, _ command: String, slow: Int = 200, _ then: String) -> String {
    """
    units() { grep -c '^unit' out/.hsdl-mpi-work/ledger 2> /dev/null; true; }
    HSDL_MPI_FAULT=slow,every=\(slow) mpirun -n \(ranks) sh -c 'trap "" TERM INT USR1; \
    sh -c "test $PMI_RANK != \(ranks - 1) || echo \\$\\$ > rank; exec $PROGRAM \(command)"; \
    code=$?; echo $code >> codes; exit $code' > log 2> err &
    job=$!
    while ! test -s rank || test "$(units)0" -lt 30; do sleep 0.02; done
    \(then)
    """
  }

  @Test(
    "A wish to stop ends the run with code 75 within seconds, whoever gets it",
    arguments: ["-TERM $job", "-INT $job", "-TERM $(cat rank)", "-INT $(cat rank)"])
  func stop(target: String) throws {
    let place = try Workplace()
    let command = "\(ResumeNetwork.refine) --output out --quiet"
    let begin = Date()
    let outcome = try place.shell(Self.script(3, command, "kill \(target); wait $job"))
    #expect(try place.folder.text("codes") == "75\n75\n75\n")
    #expect(place.isStarterCode(outcome.exitCode, of: 75))
    #expect(Date().timeIntervalSince(begin) < 20)
    let units = place.unitCount("out")
    #expect(units >= 3)
    let message = try place.folder.text("err")
    #expect(
      message.contains("stopped, as a signal asked for: \(units) of ")
        && message.contains("are done; the same command goes on"), "\(message)")
    try place.succeed(command, ranks: 2)
    #expect(try place.differences("out", from: ResumeNetwork.reference) == [])
  }

  @Test("A wish for a checkpoint does not end the run, whoever gets it", arguments: ["$job", "$(cat rank)"])
  func checkpoint(target: String) throws {
    let place = try Workplace()
    let command = "\(ResumeNetwork.refine) --output out --quiet"
    let outcome = try place.shell(Self.script(2, command, "kill -USR1 \(target); wait $job"))
    #expect(outcome.exitCode == 0)
    #expect(try place.differences("out", from: ResumeNetwork.reference) == [])
  }

  @Test("A run ends in time before its walltime, or Slurm's, and goes on")
  func walltime() throws {
    let place = try Workplace()
    let command = "\(ResumeNetwork.refine) --output out --quiet"
    let begin = Date()
    let outcome = try place.run("\(command) --walltime 00:00:20", ranks: 2, faults: "slow,every=1500")
    #expect(outcome.exitCode == 75, "\(outcome.errorOutput)")
    #expect(Date().timeIntervalSince(begin) < 20)
    #expect(outcome.errorOutput.contains("stopped, as the time is nearly over: "))
    let units = place.unitCount("out")
    #expect(units > 0)
    let slurm = try Program.run(
      "hsdl-mpi", command.split(separator: " ").map(String.init), ranks: 2, directory: place.folder.url,
      environment: ["SLURM_JOB_END_TIME": "\(Int(Date().timeIntervalSince1970) + 5)"])
    #expect(slurm.exitCode == 75)
    #expect(place.unitCount("out") == units)
    try place.succeed(command)
    #expect(try place.differences("out", from: ResumeNetwork.reference) == [])
    try place.fail(
      "\(command) --walltime soon", 64, "--walltime must be minutes, HH:MM:SS or D-HH:MM:SS; see --help")
  }

  @Test("Of two jobs in one folder the second is told of the first")
  func twoJobs() throws {
    let place = try Workplace()
    let command = "\(ResumeNetwork.refine) --output out --quiet"
    let outcome = try place.shell(
      Self.script(2, command, slow: 1500, "mpirun -n 2 $PROGRAM \(command) 2> second; echo $? > code; wait $job"))
    #expect(outcome.exitCode == 0)
    #expect(try place.folder.text("code") == "73\n")
    let message = try place.folder.text("second")
    #expect(message.hasPrefix("hsdl-mpi: error: out: another job is writing to it (host "), "\(message)")
    #expect(message.hasSuffix("); wait for its end, or give another --output\n"))
    #expect(try place.differences("out", from: ResumeNetwork.reference) == [])
  }
}
