import Foundation
import HSDLCompute
import SeismicFormats
import TestSupport
import Testing

@Suite("Duplicates")
struct DuplicateTests {
  static let start = UTCTime(seconds: 1_500_000_000)

  private func event(_ id: String, at time: Double, x: Double = 0, picks: [(UInt64, Wave, Double)]) -> EventSummary {
    EventSummary(
      id: id, time: Self.start.advanced(by: time), latitude: 40, longitude: 10 + x / 85, depth: 8,
      picks: picks.map { .init(station: $0.0, wave: $0.1, time: Self.start.advanced(by: $0.2)) })
  }

  @Test("the same picks are one shock, whatever the origins; others seconds later are another")
  func picks() {
    let a = event("a", at: 0, picks: [(1, .p, 3), (1, .s, 5), (2, .p, 4)])
    let b = event("b", at: 1.5, x: 25, picks: [(1, .p, 3.1), (2, .p, 3.9), (7, .p, 8)])
    let c = event("c", at: 4, picks: [(1, .p, 7), (1, .s, 9), (2, .p, 8)])
    let groups = DuplicateSearch.groups(of: [c, a, b], DuplicateComparison())
    #expect(groups == [DuplicateGroup(preferred: "a", alternatives: ["b"])])
  }

  @Test("the preferred one has most picks, then the smallest residuals, then was entered first, then the lower name")
  func preference() {
    let picks: [(UInt64, Wave, Double)] = [(1, .p, 3), (2, .p, 4)]
    var a = event("a", at: 0, picks: picks)
    var b = event("b", at: 0, picks: picks)
    func preferred() -> String? { DuplicateSearch.groups(of: [b, a], DuplicateComparison()).first?.preferred }
    #expect(preferred() == "a")
    b.created = Self.start
    #expect(preferred() == "b")
    a.created = UTCTime(seconds: 5)
    #expect(preferred() == "a")
    b.rms = 0.3
    #expect(preferred() == "b")
    a.rms = 0.2
    #expect(preferred() == "a")
    b.picks.append(.init(station: 3, wave: .p, time: Self.start))
    #expect(preferred() == "b")
  }

  @Test("nothing, one, and events without picks or places")
  func few() {
    #expect(DuplicateSearch.groups(of: [], DuplicateComparison()).isEmpty)
    #expect(DuplicateSearch.groups(of: [event("a", at: 0, picks: [])], DuplicateComparison()).isEmpty)
    var nowhere = event("b", at: 0, picks: [])
    nowhere.latitude = .nan
    #expect(DuplicateSearch.groups(of: [event("a", at: 0, picks: []), nowhere], DuplicateComparison()).isEmpty)
    #expect(
      DuplicateSearch.groups(of: [event("a", at: 0, picks: []), event("b", at: 0.2, picks: [])], DuplicateComparison())
        == [DuplicateGroup(preferred: "a", alternatives: ["b"])])
  }

  /// Recall and precision of pairs.
  private func score(_ groups: [DuplicateGroup], truth: [String: Int]) -> (recall: Double, precision: Double) {
    var (found, right) = (0, 0)
    for group in groups {
      let members = [group.preferred] + group.alternatives
      for i in members.indices {
        for j in 0..<i {
          found += 1
          if truth[members[i]] == truth[members[j]] { right += 1 }
        }
      }
    }
    var sizes: [Int: Int] = [:]
    for shock in truth.values { sizes[shock, default: 0] += 1 }
    let all = sizes.values.reduce(0) { $0 + $1 * ($1 - 1) / 2 }
    return (Double(right) / Double(max(all, 1)), Double(right) / Double(max(found, 1)))
  }

  @Test("an aftershock sequence with shocks processed twice, and split ones")
  func sequence() throws {
    let times = try TravelTimes(model: .iasp91)
    var random = SplitMix64(seed: 11)
    let stations = (0..<24).map { number in
      (
        id: UInt64(number), latitude: 40 + 1.2 * (random.uniform() - 0.5),
        longitude: 10 + 1.4 * (random.uniform() - 0.5)
      )
    }
    var events: [EventSummary] = []
    var truth: [String: Int] = [:]
    var clock = 0.0
    for shock in 0..<2500 {
      // Omori's law: from one in 20 s to one in several minutes.
      clock += random.exponential() * (20 + 0.1 * Double(shock))
      let (latitude, longitude) = (40 + 0.05 * random.normal(), 10 + 0.05 * random.normal())
      let depth = 4 + 10 * random.uniform()
      var picks: [EventSummary.Pick] = []
      for station in stations {
        let distance = Geodesic.sphericalDistance(
          fromLatitude: latitude, longitude: longitude, toLatitude: station.latitude, longitude: station.longitude)
        for wave in Wave.allCases where random.uniform() < 0.7 {
          let arrival = clock + times.time(wave, distance: distance, depth: depth)
          picks.append(
            .init(
              station: station.id, wave: wave, time: Self.start.advanced(by: arrival + 0.08 * random.normal()),
              latitude: station.latitude, longitude: station.longitude))
        }
      }
      let copies = random.uniform() < 0.08 ? 2 : 1
      let isSplit = random.uniform() < 0.5
      for copy in 0..<copies {
        var own = picks
        if copies == 2 {
          // Split by station, or two sub-networks that share some.
          own = picks.filter { isSplit ? Int($0.station % 2) == copy : ($0.station / 4) % 3 != UInt64(copy) }
          if !isSplit {
            for index in own.indices { own[index].time = own[index].time.advanced(by: 0.05 * random.normal()) }
          }
        }
        let (east, north) = (2.5 * random.normal(), 2.5 * random.normal())
        let id = "\(shock)-\(copy)"
        truth[id] = shock
        events.append(
          EventSummary(
            id: id, time: Self.start.advanced(by: clock + 0.3 * random.normal()), latitude: latitude + north / 111,
            longitude: longitude + east / 85, depth: max(0, depth + 3 * random.normal()), picks: own))
      }
    }
    let comparison = DuplicateComparison(travelTimes: times)
    let groups = DuplicateSearch.groups(of: events, comparison)
    let (recall, precision) = score(groups, truth: truth)
    #expect(recall >= 0.98, "\(recall) \(precision)")
    #expect(precision >= 0.98, "\(precision)")
    #expect(DuplicateSearch.groups(of: Array(events.reversed()), comparison) == groups)
  }

  @Test(
    "shocks on the Alpine Fault that were processed twice or three times",
    .enabled(if: SharedData.has("archive/nz-alpinefault-2013")))
  func alpineFault() throws {
    let folder = "archive/nz-alpinefault-2013/derived/"
    let reader = try QuakeMLReader(SharedData.path(folder + "catalog.quakeml.xml"))
    var events: [EventSummary] = []
    while let event = try reader.next() {
      guard let origin = event.preferredOrigin, let time = event.time else { continue }
      let picks = event.picks.compactMap { pick -> EventSummary.Pick? in
        guard let phase = pick.phaseHint?.first, phase == "P" || phase == "S" else { return nil }
        return .init(
          station: stableHash(pick.waveformID.stationCode), wave: phase == "P" ? .p : .s, time: pick.time.value)
      }
      events.append(
        EventSummary(
          id: String(events.count), time: time, latitude: origin.latitude.value, longitude: origin.longitude.value,
          picks: picks))
    }
    // The table lists the events in the order of time, with the files of the same shock; so does the catalog.
    let rows = try String(contentsOfFile: SharedData.path(folder + "events.csv"), encoding: .utf8)
      .split(whereSeparator: \.isNewline).dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(rows.count == 32)
    var truth: [String: Int] = [:]
    for row in rows {
      let names = ([row[0]] + row[9].split(separator: ";")).sorted()
      let shock = try #require(rows.firstIndex { $0[0] == names[0] })
      let time = try #require(UTCTime(row[1]))
      let match = events.first {
        $0.time == time && abs($0.latitude - (Double(row[2]) ?? 0)) < 1e-6
          && abs($0.longitude - (Double(row[3]) ?? 0)) < 1e-6
      }
      truth[try #require(match).id] = shock
    }
    #expect(Set(truth.values).count == 23)
    let groups = DuplicateSearch.groups(of: events, DuplicateComparison())
    let (recall, precision) = score(groups, truth: truth)
    #expect(groups.count == 8)
    #expect(recall == 1)
    #expect(precision == 1)
  }
}
