import Foundation
import HSDLCompute
import SeismicFormats
import Testing

@Suite("Synthetic catalogs")
struct SyntheticCatalogTests {
  private static let world = Result { try SyntheticWorld(SyntheticWaveformTests.settings(stations: 20, days: 4)) }

  private func world() throws -> SyntheticWorld { try Self.world.get() }

  @Test("larger earthquakes stand out more, and nearer ones")
  func ratios() throws {
    let world = try world()
    func median(_ magnitude: Double, _ x: Double) -> Double {
      let ratios = (0..<20).flatMap { key in
        (0..<20).map { station in
          world.paths.arrival(
            SyntheticEarthquake(
              key: UInt64(key), time: 1000, x: x, y: 0, depth: 8, magnitude: magnitude, stressDrop: 3e6,
              isTriggered: false), at: station
          ).ratioP
        }
      }.sorted()
      return ratios[ratios.count / 2]
    }
    let medians = stride(from: 0.5, through: 4, by: 0.5).map { median($0, 0) }
    for (small, large) in zip(medians, medians.dropFirst()) { #expect(large > 1.5 * small) }
    // Below the noise at most stations for the smallest, far above for a magnitude 3.
    #expect(medians[0] < 1.5)
    #expect(medians[5] > 30)
    #expect(median(2, 0) > 1.5 * median(2, 120))
  }

  @Test("arrivals are in order and waves are slower than P in the mantle")
  func arrivals() throws {
    let world = try world()
    for event in world.earthquakes(day: 1).prefix(60) {
      for station in 0..<20 {
        let arrival = world.paths.arrival(event, at: station)
        #expect(arrival.p > event.time && arrival.s > arrival.p)
        #expect(arrival.distance < 9 * (arrival.p - event.time))
        #expect((0...(.pi / 2)).contains(arrival.incidence))
      }
    }
  }

  @Test("as many events as asked for, a third of them not real, all kinds among them")
  func counts() throws {
    let catalog = SyntheticCatalog(try world())
    let labels = (0..<4).flatMap { catalog.automatic(day: $0) }.map(\.label)
    let real = Double(labels.count { $0.kind.label == "real" })
    #expect(abs(real / 4 / 280 - 1) < 0.2)
    #expect((0.28...0.42).contains(1 - real / Double(labels.count)))
    #expect(Set(labels.map(\.kind)) == Set(EventKind.allCases))
    #expect(Set(labels.map(\.id)).count == labels.count)
    let ids = Set(labels.map(\.id))
    let truth = Set((0..<4).flatMap { catalog.truth(day: $0) }.map(\.publicID))
    for label in labels {
      #expect((label.truth != nil) == (label.kind.label != "fake"))
      #expect(label.truth.map(truth.contains) ?? true)
      #expect((label.duplicateOf != nil) == (label.kind.label == "duplicate"))
      #expect(label.duplicateOf.map(ids.contains) ?? true)
    }
  }

  @Test("events are in order, and what they say of themselves is so")
  func events() throws {
    let events = try (0..<2).flatMap { try SyntheticCatalog(world()).automatic(day: $0) }.map(\.event)
    let times = events.compactMap(\.time)
    #expect(times.count == events.count)
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
    for event in events {
      let origin = try #require(event.preferredOrigin)
      let picks = Set(event.picks.map(\.publicID))
      #expect(origin.arrivals.count == event.picks.count && event.picks.count >= 4)
      #expect(origin.arrivals.allSatisfy { picks.contains($0.pickID) })
      #expect(event.picks.allSatisfy { ($0.probability ?? 0) > 0 && ($0.probability ?? 2) < 1 })
      #expect(origin.quality?.usedPhaseCount == event.picks.count)
      #expect((0...360).contains(origin.quality?.azimuthalGap ?? -1))
      // Nothing in it tells real from false.
      #expect(event.publicID.hasPrefix("auto-20240") && event.comments.isEmpty && event.descriptions.isEmpty)
    }
  }

  @Test("picks alone do not tell real from false")
  func overlap() throws {
    var labels: [UInt8] = []
    var features: [String: [Double]] = [:]
    for day in 0..<4 {
      for (event, label) in SyntheticCatalog(try world()).automatic(day: day) where label.kind.label != "duplicate" {
        labels.append(label.kind.label == "real" ? 1 : 0)
        let p = event.picks.filter { $0.phaseHint == "P" }.compactMap(\.probability)
        let s = event.picks.filter { $0.phaseHint == "S" }.compactMap(\.probability)
        features["p_n", default: []].append(Double(p.count))
        features["sp_ratio", default: []].append(Double(s.count) / Double(max(p.count, 1)))
        features["p_mean", default: []].append(p.reduce(0, +) / Double(max(p.count, 1)))
        features["p_max", default: []].append(p.max() ?? 0)
        features["s_max", default: []].append(s.max() ?? 0)
      }
    }
    for name in features.keys.sorted() {
      let values = features[name] ?? []
      let top = values.max() ?? 1
      let area = BinaryMetrics(probabilities: values.map { $0 / top }, labels: labels).rocAUC
      #expect((0.4...0.9).contains(area), "\(name)")
    }
  }
}
