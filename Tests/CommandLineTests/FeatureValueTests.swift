import TestSupport
import Testing

@Suite("Values of features")
struct FeatureValueTests {
  @Test("Counts, means, medians and deviations are those of the rows")
  func values() throws {
    let place = try Workplace()
    try place.folder.write("t.csv", Demonstration.table(Demonstration.rows))
    try place.succeed(
      "features --picks t.csv --features p_n,s_n,p_prob_av,p_prob_min,p_prob_max,sp_time_median,sp_time_mad --output out"
    )
    let lines = try place.folder.text("out/features.csv").split(separator: "\n").map {
      $0.split(separator: ",").map(String.init)
    }
    #expect(
      lines[0] == [
        "event_id", "time", "p_n", "s_n", "p_prob_av", "p_prob_min", "p_prob_max", "sp_time_median", "sp_time_mad",
      ])
    let events = Dictionary(grouping: Demonstration.rows.map { $0.split(separator: ",").map(String.init) }) { $0[0] }
    #expect(lines.count == events.count + 1)
    // Events of many S picks take another way to the median.
    #expect(events.values.contains { $0.filter { $0[4] != "no pick" }.count > 20 })
    for line in lines.dropFirst() {
      let rows = try #require(events[line[0]])
      let p: [Double] = rows.map { Double($0[3]) ?? .nan }
      let waits: [Double] = rows.filter { $0[4] != "no pick" }.map { wait(from: $0[2], to: $0[4]) }
      let center = median(waits)
      let mean = p.reduce(0, +) / Double(p.count)
      let expected: [Double] = [
        Double(rows.count), Double(waits.count), mean, p.min() ?? .nan, p.max() ?? .nan,
        center, median(waits.map { abs($0 - center) }),
      ]
      for (text, value) in zip(line[2...], expected) {
        let found = try #require(Double(text))
        #expect(abs(found - value) < 1e-6 || found.isNaN && value.isNaN, "\(line[0])")
      }
    }
  }

  private func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  /// Seconds between two times of the form `2024-08-02 16:56:23.715`, less than a day apart.
  private func wait(from first: String, to second: String) -> Double {
    func seconds(_ time: String) -> Double {
      let parts = time.split(separator: " ")[1].split(separator: ":").map { Double($0) ?? .nan }
      return parts[0] * 3600 + parts[1] * 60 + parts[2]
    }
    let wait = seconds(second) - seconds(first)
    return wait < -43_200 ? wait + 86_400 : wait > 43_200 ? wait - 86_400 : wait
  }
}
