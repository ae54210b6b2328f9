import Foundation
import TestSupport
import Testing

@Suite("Interrupted runs")
struct InterruptionTests {
  @Test("When a rank is killed the job ends, names no result, and can be run again", .timeLimit(.minutes(2)))
  func killedRank() throws {
    let place = try Workplace()
    // Long enough that the work cannot be over when the rank is killed.
    let rows = Demonstration.rows
    let copies = (0..<60).map { copy in rows.map { "c\(copy)-\($0)\n" }.joined() }
    try place.folder.write("t.csv", Demonstration.header + "\n" + copies.joined())
    let outcome = try place.shell(
      """
      mpirun -n 3 sh -c 'test "$PMI_RANK" != 2 || echo $$ > rank; \
      exec $PROGRAM refine --no-report --picks t.csv --model \(Demonstration.model) --output out --quiet' > log 2>&1 &
      job=$!
      while ! test -s out/.hsdl-mpi-work/ledger || ! test -s rank; do sleep 0.02; done
      kill -9 $(cat rank) && wait $job
      """)
    #expect(outcome.exitCode == 9)
    #expect(place.names("out") == [".hsdl-mpi-lock", ".hsdl-mpi-work"])
    // It was another table's work.
    try place.folder.write("t.csv", Demonstration.table(rows[..<50]))
    let command = "refine --no-report --picks t.csv --model \(Demonstration.model) --output out --quiet"
    let refused = try place.run(command, ranks: 2)
    #expect(refused.exitCode == 73)
    #expect(refused.errorOutput.contains("it holds the unfinished work of another job: picks was t.csv ("))
    try place.succeed("\(command) --overwrite", ranks: 2)
    #expect(place.names("out") == (RankInvarianceTests.catalog + ["run.json"]).sorted())
  }

  @Test("A dry run says what would be done and does nothing", arguments: [nil, 3])
  func dryRun(ranks: Int?) throws {
    let place = try Workplace()
    try place.folder.write("t.csv", Demonstration.table(Demonstration.rows[..<9]))
    let outcome = try place.succeed(
      "refine --no-report --picks t.csv --model \(Demonstration.model) --output out --dry-run", ranks: ranks)
    #expect(outcome.output.hasPrefix("1 pick table, "))
    #expect(
      outcome.output.contains(ranks == nil ? "\n1 rank, about 1 unit each\n" : "\n3 ranks, about 1 unit each\n"))
    #expect(try place.folder.names() == ["t.csv"])
  }
}
