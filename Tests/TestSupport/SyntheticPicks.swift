import Foundation
import HSDLCompute
import SeismicFormats

/// Makes pick tables as an automatic system would, of events whose truth is known.
///
/// A network of stations sees earthquakes of the Gutenberg–Richter law: amplitudes fall with distance, and the picker's
/// probabilities follow the signal-to-noise ratio. Between them the system declares events that are none: noise that
/// coincides, glitches, teleseisms, and S waves or picks of several shocks taken for the P waves of one. The rows are meant
/// to be as hard as real ones: many real events are small, and some false ones look good.
public struct SyntheticPicks: Sendable {
  /// What an event really is.
  public enum Kind: String, Sendable, CaseIterable {
    /// An earthquake in the network.
    case earthquake
    /// Noise that coincided at a few stations.
    case noise
    /// An electronic disturbance at many stations at once.
    case glitch
    /// A distant earthquake.
    case teleseism
    /// Phases of several shocks taken for one.
    case mixed

    /// 1 for real, 0 for fake.
    public var label: UInt8 { self == .earthquake ? 1 : 0 }
  }

  /// An event of the automatic system.
  public struct SyntheticEvent: Sendable {
    /// Its identifier.
    public var id: String
    /// What it really is.
    public var kind: Kind
    /// Its rows of the pick table, each with a line end.
    public var rows: String
  }

  private struct Station: Sendable {
    var code: String
    var x: Double
    var y: Double
    var noise: Double
  }

  private let stations: [Station]
  private let clusters: [(x: Double, y: Double)]
  private let seed: UInt64
  private let firstTime = UTCTime(seconds: 1_735_689_600)
  /// Half the width of the network, in km.
  private static let halfWidth = 120.0

  /// Creates a network.
  ///
  /// - Parameters:
  ///   - seed: what everything is made from.
  ///   - stationCount: at least 4.
  public init(seed: UInt64, stationCount: Int = 40) {
    self.seed = seed
    var random = SplitMix64(seed: seed, stream: 10)
    stations = (0..<max(stationCount, 4)).map { number in
      Station(
        code: "S\(number < 10 ? "0" : "")\(number)", x: (random.uniform() * 2 - 1) * Self.halfWidth,
        y: (random.uniform() * 2 - 1) * Self.halfWidth, noise: 0.25 * random.normal())
    }
    clusters = (0..<6).map { _ in
      ((random.uniform() * 2 - 1) * 0.8 * Self.halfWidth, (random.uniform() * 2 - 1) * 0.8 * Self.halfWidth)
    }
  }

  /// The header line of a pick table.
  public static let header = "event_id,station,p_t,p_prob,s_t,s_prob\n"

  /// The event of a number.
  ///
  /// Any event can be made without those before it.
  ///
  /// - Parameter realShare: the share of events that are earthquakes.
  public func event(_ number: Int, realShare: Double = 0.45) -> SyntheticEvent {
    var random = SplitMix64(seed: seed, stream: 11, UInt64(number))
    // On average one event every ten minutes, in order.
    let time = firstTime.advanced(by: (Double(number) + 0.9 * random.uniform()) * 600)
    let kind: Kind
    if random.uniform() < realShare {
      kind = .earthquake
    } else {
      let draw = random.uniform()
      kind = draw < 0.5 ? .noise : draw < 0.65 ? .glitch : draw < 0.8 ? .teleseism : .mixed
    }
    var picks: [Pick]
    repeat {
      picks =
        switch kind {
        case .earthquake: earthquake(&random)
        case .noise: withStrays(noise(&random), &random)
        case .glitch: withStrays(glitch(&random), &random)
        case .teleseism: withStrays(teleseism(&random), &random)
        case .mixed: withStrays(mixed(&random), &random)
        }
    } while picks.count < 2
    let digits = String(number)
    let id = "syn\(String(repeating: "0", count: max(0, 8 - digits.count)))\(digits)"
    let sink = TextSink(capacity: 1024)
    for pick in picks { append(pick, id, time, to: sink) }
    return SyntheticEvent(id: id, kind: kind, rows: sink.string)
  }

  private struct Pick {
    var station: Int
    var p: Double
    var pProbability: Double
    var s: Double?
    var sProbability = 0.0
  }

  private func append(_ pick: Pick, _ id: String, _ time: UTCTime, to sink: TextSink) {
    func put(_ offset: Double) {
      let text = time.advanced(by: (offset * 1000).rounded() / 1000).formatted(fractionDigits: 6)
      sink.append(text: String(text.dropLast().map { $0 == "T" ? " " : $0 }))
    }
    sink.append(text: "\(id),\(stations[pick.station].code),")
    put(pick.p)
    sink.append(text: ",\(fixed(max(0.001, pick.pProbability), decimals: 3)),")
    if let s = pick.s {
      put(s)
      sink.append(text: ",\(fixed(max(0.02, pick.sProbability), decimals: 3))\n")
    } else {
      sink.append("no pick,no pick\n")
    }
  }

  /// A picker's probability for a signal-to-noise ratio, given as a logarithm to base 10.
  private func probability(_ ratio: Double, _ random: inout SplitMix64) -> Double {
    0.97 * logistic(3 * (ratio - 0.45) + 1.1 * random.normal())
  }

  private func earthquake(_ random: inout SplitMix64) -> [Pick] {
    let cluster = clusters[Int(random.next() % UInt64(clusters.count))]
    let isBackground = random.uniform() < 0.3
    let x = isBackground ? (random.uniform() * 2 - 1) * Self.halfWidth : cluster.x + 6 * random.normal()
    let y = isBackground ? (random.uniform() * 2 - 1) * Self.halfWidth : cluster.y + 6 * random.normal()
    let depth = 3 + 9 * random.uniform()
    // Gutenberg and Richter with b = 1 above the smallest magnitude that the system declares.
    let magnitude = -0.15 + random.exponential() / 2.302585
    let vp = 5.9
    let ratio = 1.73 + 0.03 * random.normal()
    var picks: [Pick] = []
    for (number, station) in stations.enumerated() {
      let distance = (square(x - station.x) + square(y - station.y) + square(depth)).squareRoot()
      guard distance < 170 else { continue }
      let strength =
        magnitude - 1.5 * log(distance) / 2.302585 - 0.002 * distance + 2.1 - station.noise
        + 0.2 * random.normal()
      let p = distance / vp
      let pProbability = probability(strength - 0.35, &random)
      let sProbability = probability(strength - 0.2, &random)
      // The picker hands on every window's best peak, so weak stations come along by chance.
      guard pProbability > 0.05 || random.uniform() < 0.12 else { continue }
      let isNoise = pProbability < 0.05 && random.uniform() < 0.6
      var pick = Pick(
        station: number, p: isNoise ? p + 20 * (random.uniform() - 0.3) : p + 0.08 * random.normal(),
        pProbability: pProbability)
      if sProbability > 0.03 || random.uniform() < 0.3 {
        pick.s = sProbability < 0.05 ? p + 30 * random.uniform() : p * ratio + 0.15 * random.normal()
        pick.sProbability = sProbability
      }
      picks.append(pick)
    }
    return picks
  }

  private func some(_ count: Int, _ random: inout SplitMix64) -> [Int] {
    Array(random.shuffled(Array(stations.indices)).prefix(count))
  }

  /// Probabilities of noise: small, with a long tail.
  private func weak(_ random: inout SplitMix64, median: Double) -> Double {
    min(0.95, median * exp(1.1 * random.normal()))
  }

  /// The picker's best peaks at stations that saw nothing come along with false events too.
  private func withStrays(_ picks: [Pick], _ random: inout SplitMix64) -> [Pick] {
    var picks = picks
    let used = Set(picks.map(\.station))
    for number in stations.indices where !used.contains(number) && random.uniform() < 0.05 {
      picks.append(
        Pick(station: number, p: 25 * random.uniform(), pProbability: weak(&random, median: 0.015)))
    }
    return picks
  }

  /// Stations that a locator could take for one shock: a source somewhere, the nearest stations, and the P times that fit.
  private func coincidence(_ count: Int, scatter: Double, _ random: inout SplitMix64) -> [(station: Int, p: Double)] {
    let x = (random.uniform() * 2 - 1) * Self.halfWidth
    let y = (random.uniform() * 2 - 1) * Self.halfWidth
    let depth = 5 + 10 * random.uniform()
    let distances = stations.map { (square(x - $0.x) + square(y - $0.y) + square(depth)).squareRoot() }
    let near = stations.indices.sorted { distances[$0] < distances[$1] }.prefix(count + count / 2)
    return random.shuffled(Array(near)).prefix(count).map { ($0, distances[$0] / 5.9 + scatter * random.normal()) }
  }

  private func noise(_ random: inout SplitMix64) -> [Pick] {
    coincidence(3 + random.poisson(mean: 2), scatter: 0.5, &random).map { station, p in
      var pick = Pick(station: station, p: p, pProbability: weak(&random, median: 0.12))
      if random.uniform() < 0.4 {
        pick.s = random.uniform() < 0.5 ? p + 30 * random.uniform() : 1.73 * p + 0.7 * random.normal()
        pick.sProbability = weak(&random, median: 0.12)
      }
      return pick
    }
  }

  private func glitch(_ random: inout SplitMix64) -> [Pick] {
    some(4 + random.poisson(mean: 3), &random).map { station in
      var pick = Pick(
        station: station, p: 0.05 * random.normal(), pProbability: 0.97 * logistic(0.4 + 1.2 * random.normal()))
      if random.uniform() < 0.15 {
        pick.s = pick.p + 5 * random.uniform()
        pick.sProbability = weak(&random, median: 0.1)
      }
      return pick
    }
  }

  private func teleseism(_ random: inout SplitMix64) -> [Pick] {
    let direction = random.uniform()
    let (dx, dy) = (cos(2 * .pi * (direction)), cos(2 * .pi * (direction - 0.25)))
    return some(6 + random.poisson(mean: 8), &random).map { number in
      let station = stations[number]
      var pick = Pick(
        station: number, p: (station.x * dx + station.y * dy) / 15 + 0.6 * random.normal(),
        pProbability: 0.97 * logistic(-0.6 + 1.1 * random.normal()))
      if random.uniform() < 0.3 {
        pick.s = pick.p + 25 * random.uniform()
        pick.sProbability = weak(&random, median: 0.12)
      }
      return pick
    }
  }

  private func mixed(_ random: inout SplitMix64) -> [Pick] {
    // One in three is nearly an earthquake: real phases of two shocks at the same few stations.
    let isGood = random.uniform() < 0.33
    return coincidence(4 + random.poisson(mean: 3), scatter: 0.9, &random).map { number, p in
      var pick = Pick(
        station: number, p: p, pProbability: 0.97 * logistic((isGood ? 0.6 : -0.4) + 1.3 * random.normal()))
      if random.uniform() < (isGood ? 0.75 : 0.45) {
        pick.s = 1.73 * p + 2.5 * random.normal()
        pick.sProbability = 0.95 * logistic((isGood ? 0.3 : -0.9) + 1.2 * random.normal())
      }
      return pick
    }
  }

  private func square(_ value: Double) -> Double { value * value }
}
