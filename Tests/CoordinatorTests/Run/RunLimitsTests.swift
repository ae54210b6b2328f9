import Coordinator
import Testing

@Suite("Limits of time")
struct RunLimitsTests {
  @Test(
    "times as batch systems take them",
    arguments: [
      ("90", 5400), ("10:30", 630), ("1:02:03", 3723), ("00:00:01", 1), ("2-12", 216_000), ("2-12:30", 217_800),
      ("1-00:00:01", 86_401),
    ])
  func seconds(text: String, seconds: Double) { #expect(RunLimits.seconds(text) == seconds) }

  @Test(
    "and nothing else", arguments: ["", "0", "-1", "1:", ":1", "1.5", "a", "1-", "-", "1-2-3", "1:2:3:4", "9999999"])
  func wrong(text: String) { #expect(RunLimits.seconds(text) == nil) }

  @Test("Slurm's end counts where none is given")
  func slurm() {
    #expect(RunLimits(walltime: nil, start: 100, environment: [:]).end == nil)
    #expect(
      RunLimits(walltime: nil, start: 100, environment: ["SLURM_JOB_END_TIME": "1700000000"]).end == 1_700_000_000)
    #expect(RunLimits(walltime: 50, start: 100, environment: ["SLURM_JOB_END_TIME": "1700000000"]).end == 150)
    #expect(RunLimits(walltime: nil, start: 100, environment: ["SLURM_JOB_END_TIME": "soon"]).end == nil)
  }

  @Test("twice the longest unit and a margin are kept free")
  func enough() {
    var limits = RunLimits(walltime: 100, start: 1000, environment: [:])
    limits.margin = 10
    #expect(!limits.isTooShort(for: 20, now: 1049))
    #expect(limits.isTooShort(for: 20, now: 1051))
    #expect(!RunLimits().isTooShort(for: 1e9, now: 1e12))
  }
}
