import Coordinator
import Testing

@Suite("Progress")
struct ProgressTests {
  private func state(_ unit: String, _ done: Int, _ total: Int, _ rate: Double?, elapsed: Double = 10) -> Progress.State
  {
    Progress.State(unit: unit, done: done, total: total, rate: rate, elapsed: elapsed, memory: 182_400_000)
  }

  @Test("A line tells how much of how much, how fast, how long it will take and how much memory is taken")
  func lines() {
    #expect(state("events", 120, 480, 3.2).line == "120 of 480 events (25 %), 3.2 events/s, 1 min 53 s left, 182 MB")
    #expect(state("events", 480, 480, 48).line == "480 of 480 events (100 %), 48 events/s, in 10 s, 182 MB")
    #expect(state("units", 1, 3, nil).line == "1 of 3 units (33 %), 182 MB")
    #expect(state("station-days", 1, 1000, 0.004).line.contains("0.004 station-days/s, 69 h 22 min left"))
    #expect(
      state("bytes", 12_300_000, 45_000_000, 5_100_000).line
        == "12.3 of 45.0 MB (27 %), 5.1 MB/s, 6 s left, 182 MB")
    #expect(state("bytes", 300, 900, 20).line == "300 of 900 bytes (33 %), 20 bytes/s, 30 s left, 182 MB")
  }

  @Test("For machines the numbers are numbers")
  func json() {
    let line = JSONValue.object(state("events", 120, 480, 3.2).json).line
    #expect(
      line
        == #"{"done": 120, "total": 480, "unit": "events", "per_second": 3.2, "elapsed_s": 10, "left_s": 112.5, "peak_memory_bytes": 182400000}"#
    )
  }
}
