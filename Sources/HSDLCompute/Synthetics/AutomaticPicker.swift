/// What an automatic event really is.
public enum EventKind: String, Sendable, CaseIterable {
  /// An earthquake in the network, with a good origin.
  case earthquake
  /// An earthquake whose origin is wrong by 10 km and more.
  case mislocated
  /// Noise that coincided.
  case noise
  /// A disturbance of several instruments at once.
  case glitch
  /// Calibration pulses.
  case calibration
  /// Pieces of a distant earthquake's waves.
  case teleseism
  /// Phases of several shocks, or later phases taken for P.
  case mixed = "mixed phases"
  /// A shock that other stations have declared already.
  case duplicate
  /// A shock declared twice, with a part of its picks each time.
  case split

  /// `real`, `fake` or `duplicate`.
  public var label: String {
    switch self {
    case .earthquake, .mislocated: "real"
    case .duplicate, .split: "duplicate"
    default: "fake"
    }
  }
}

/// A pick of the automatic system.
public struct AutomaticPick: Hashable, Sendable {
  /// The station's number.
  public var station: Int
  /// The phase that it is taken for.
  public var wave: Wave
  /// In seconds after the settings' epoch.
  public var time: Double
  /// The picker's probability.
  public var probability: Double
}

/// An event that the automatic system has declared.
public struct DeclaredEvent: Sendable {
  /// What it is.
  public var kind: EventKind
  /// Stands for the event.
  public var key: UInt64
  /// The earthquake that it is, or of which it has picks.
  public var truth: SyntheticEarthquake?
  /// East of the region's centre, in km.
  public var x: Double
  /// North of the region's centre, in km.
  public var y: Double
  /// In km.
  public var depth: Double
  /// The origin time, in seconds after the settings' epoch.
  public var time: Double
  /// The magnitude.
  public var magnitude: Double
  /// The picks.
  public var picks: [AutomaticPick]
  /// The event that was declared first, of duplicates and splits.
  public var duplicateOf: Reference?

  /// Which event another one is.
  public struct Reference: Sendable, Hashable {
    /// Its key.
    public var key: UInt64
    /// Its origin time.
    public var time: Double
  }
}

/// The automatic system's picker: how what a wave's signal-to-noise ratio is becomes a pick, its time error and probability.
struct AutomaticPicker: Sendable {
  let network: SyntheticNetwork
  let errors: AutomaticErrors

  /// The probability for a signal-to-noise ratio, given as a logarithm to base 10; `shift` is the event's own.
  private func probability(_ ratio: Double, _ threshold: Double, _ shift: Double, _ random: inout SplitMix64) -> Double
  {
    0.97 * logistic(3 * (ratio - threshold) + shift + 1.1 * random.normal())
  }

  /// A time error, in s.
  private func error(_ ratio: Double, _ wave: Wave, _ random: inout SplitMix64) -> Double {
    if random.uniform() < errors.outliers { return (wave == .p ? 0.7 : 1.1) * random.normal() }
    let sigma = (wave == .p ? 0.03 : 0.07) + 0.12 * powerOfTen(-max(ratio, -0.3))
    return sigma * random.normal()
  }

  /// The picks of an earthquake, with strays of noise that fit it.
  func picks(
    _ event: SyntheticEarthquake, _ arrivals: [SyntheticArrival], isRunning: (Int, Double) -> Bool,
    _ random: inout SplitMix64
  ) -> [AutomaticPick] {
    let shift = 0.5 * random.normal()
    var picks: [AutomaticPick] = []
    for arrival in arrivals where isRunning(arrival.station, arrival.p) {
      let p = decimalLogarithm(max(arrival.ratioP, 0.05))
      let s = decimalLogarithm(max(arrival.ratioS, 0.05))
      let probabilityP = probability(p, 0.5, shift, &random)
      let probabilityS = probability(s, 0.65, shift, &random)
      let isStray = random.uniform() < errors.strays
      if probabilityP > 0.1 {
        picks.append(
          AutomaticPick(
            station: arrival.station, wave: .p, time: arrival.p + error(p, .p, &random), probability: probabilityP))
      } else if isStray {
        picks.append(
          AutomaticPick(
            station: arrival.station, wave: .p, time: arrival.p + 0.7 * random.normal(),
            probability: weak(&random)))
      }
      guard isRunning(arrival.station, arrival.s) else { continue }
      if probabilityS > 0.12 {
        picks.append(
          AutomaticPick(
            station: arrival.station, wave: .s, time: arrival.s + error(s, .s, &random), probability: probabilityS))
      } else if isStray && random.uniform() < 0.4 {
        picks.append(
          AutomaticPick(
            station: arrival.station, wave: .s, time: arrival.s + 0.9 * random.normal(), probability: weak(&random)))
      }
    }
    return picks
  }

  /// A probability as noise gets it: mostly small, with a long tail.
  func weak(_ random: inout SplitMix64) -> Double { min(0.9, 0.14 * random.factor(0.8)) }

  /// Whether the picks are enough for an event: P at four stations, or at three and S at two.
  static func isEnough(_ picks: [AutomaticPick]) -> Bool {
    let p = picks.count { $0.wave == .p }
    return p >= 4 || (p == 3 && picks.count >= 5)
  }
}
