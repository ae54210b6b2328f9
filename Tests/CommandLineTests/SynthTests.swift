import Foundation
import TestSupport
import Testing

@Suite("Synthetic networks on the command line")
struct SynthTests {
  static let small = "--days 0.003 --stations 4 --sampling-rate 20 --events-per-day 1500"

  @Test("one rank and three write the same")
  func ranks() throws {
    let place = try Workplace()
    let outcome = try place.succeed("synth \(Self.small) --seed 4 --output one")
    #expect(outcome.output.contains("4 stations about"))
    #expect(outcome.output.contains("results in one: archive, stations.xml, truth.xml, automatic.xml, labels.csv"))
    try place.succeed("synth \(Self.small) --seed 4 --output three --quiet", ranks: 3)
    #expect(try place.shell("diff -r --exclude run.json one three").exitCode == 0)
    #expect(try place.shell("find one/archive -type f | wc -l").output.contains("1"))
    let configuration = "seed: 4\ndays: 0.003\nstations: 4\nsampling_rate: 20\nevents_per_day: 1500\noutput: again\n"
    _ = try place.folder.write("synth.yaml", configuration)
    try place.succeed("synth --config synth.yaml")
    #expect(try place.shell("diff -r --exclude run.json one again").exitCode == 0)
    try place.fail(
      "synth \(Self.small) --output one", 73,
      "one: it holds the results of another job: seed was 4 and is 1 now; give the same settings, another --output, or --overwrite to begin anew"
    )
  }

  @Test(
    "wrong options are named",
    arguments: [
      ("--days 0", "the days must be more than 0 and at most 36600"),
      ("--days nan", "the days must be more than 0 and at most 36600"),
      ("--stations 1", "the stations must be from 3 to 5000"),
      ("--sampling-rate 99.5", "the sampling rate must be a whole number from 10 to 1000"),
      ("--region-size 0", "the region must be 5 to 1000 km wide"),
      ("--events-per-day 0", "the events a day must be from 1 to 20000"),
      ("--start yesterday", "--start must be a date or a time in whole seconds, such as 2024-01-01"),
    ])
  func wrong(options: String, message: String) throws {
    let place = try Workplace()
    try place.fail("synth \(options) --output out", 64, "\(message); see --help")
    #expect(place.names("") == [])
  }
}
