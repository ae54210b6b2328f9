import SeismicFormats

extension SyntheticWorld {
  typealias Disturbed = (events: [DeclaredEvent], disturbances: [Disturbance])

  /// An event that looks like one of the small earthquakes that the system declares, and is none.
  ///
  /// Stations and phases are those of a declared earthquake, thinned; the origin is moved; the picks scatter about the times
  /// that fit it, and their probabilities are as good as noise allows.
  private func imitation(_ kind: EventKind, time: Double, _ random: inout SplitMix64) -> DeclaredEvent? {
    guard !templates.isEmpty else { return nil }
    // The smallest of three: false events are rarely large.
    let template =
      (0..<2).map { _ in templates[random.index(templates.count)] }
      .min { $0.picks.count < $1.picks.count } ?? templates[0]
    let x = template.x + 6 * random.normal()
    let y = template.y + 6 * random.normal()
    let depth = max(0, template.depth + 4 * random.normal())
    let scatter = min(1, 0.3 * random.factor(0.6))
    let quality = -0.55 + 0.8 * random.normal()
    let keptP = random.uniform(0.75...1)
    let keptS = random.uniform(0.35...1)
    var picks: [AutomaticPick] = []
    for pick in template.picks {
      guard random.uniform() < (pick.wave == .p ? keptP : keptS) else { continue }
      let onset = time + paths.time(pick.wave, x: x, y: y, depth: depth, to: pick.station) + scatter * random.normal()
      guard isRunning(station: pick.station, at: onset) else { continue }
      let odds = pick.probability / 0.97
      let logOdds = logarithm(odds / max(1 - odds, 1e-9)) + quality + 0.6 * random.normal()
      let probability = 0.97 * logistic(logOdds)
      guard probability > 0.03 else { continue }
      picks.append(AutomaticPick(station: pick.station, wave: pick.wave, time: onset, probability: probability))
    }
    guard AutomaticPicker.isEnough(picks) else { return nil }
    var event = DeclaredEvent(
      kind: kind, key: random.next(), truth: nil, x: x, y: y, depth: depth, time: time,
      magnitude: template.magnitude + 0.3 * random.normal(), picks: picks)
    event.time = originTime(event)
    return event
  }

  private func imitated(_ kind: EventKind, time: Double, _ random: inout SplitMix64) -> DeclaredEvent? {
    for _ in 0..<20 { if let event = imitation(kind, time: time, &random) { return event } }
    return nil
  }

  /// Noise that coincides; at about half of the stations something local was there to be picked.
  func noise(_ time: Double, _ random: inout SplitMix64, _ result: inout Disturbed) {
    guard let event = imitated(.noise, time: time, &random) else { return }
    result.events.append(event)
    for pick in event.picks {
      let chance = random.uniform()
      guard chance < 0.25 + 0.6 * pick.probability else { continue }
      let site = network.stations[pick.station]
      // As strong as the picker thought, more or less.
      let ratio = 2.2 + 5 * pick.probability * random.factor(0.5)
      result.disturbances.append(
        Disturbance(
          kind: .burst, station: pick.station, time: pick.time + 0.05 * random.normal(),
          amplitude: ratio * site.pickerNoise(at: pick.time), duration: powerOfTen(random.uniform(-0.7...0.6)),
          frequency: random.uniform(2.5...14), key: random.next()))
    }
  }

  /// Something at the same moment at stations that are about equally far from a point: glitches and calibrations.
  func simultaneous(_ kind: EventKind, _ time: Double, _ random: inout SplitMix64, _ result: inout Disturbed) {
    let half = region.size / 2
    var best: (x: Double, y: Double, depth: Double, stations: [Int]) = (0, 0, 10, [])
    for _ in 0..<12 {
      let (x, y, depth) = (half * random.uniform(-1...1), half * random.uniform(-1...1), random.uniform(2...25))
      let times = network.stations.indices.map { (paths.time(.p, x: x, y: y, depth: depth, to: $0), $0) }
        .sorted { $0 < $1 }
      for begin in times.indices {
        let group = times[begin...].prefix { $0.0 < times[begin].0 + 1.6 }.map(\.1)
        if group.count > best.stations.count { best = (x, y, depth, group) }
      }
    }
    let running = best.stations.filter { isRunning(station: $0, at: time) }
    let stations = random.shuffled(running).prefix(4 + random.poisson(mean: 2)).sorted()
    guard stations.count >= 4 else { return }
    let quality = 0.2 + 1.1 * random.normal()
    let isStep = random.uniform() < 0.6
    let hasS = random.uniform(0...0.8)
    let duration = random.uniform(20...90)
    var picks: [AutomaticPick] = []
    for station in stations {
      let site = network.stations[station]
      let onset = time + 0.04 * random.normal()
      let noise = site.pickerNoise(at: onset)
      let amplitude = max(noise * 6 * random.factor(0.8), 60 / site.sensitivity)
      picks.append(
        AutomaticPick(
          station: station, wave: .p, time: onset + 0.08 * random.normal(),
          probability: 0.97 * logistic(quality + 1.2 * random.normal())))
      if random.uniform() < hasS {
        picks.append(
          AutomaticPick(
            station: station, wave: .s, time: onset + random.uniform(1...7),
            probability: 0.97 * logistic(quality - 0.6 + 1.2 * random.normal())))
      }
      result.disturbances.append(
        Disturbance(
          kind: kind == .calibration ? .calibration : isStep ? .step : .spike, station: station, time: onset,
          amplitude: amplitude * (kind == .calibration ? 6 : 1),
          duration: kind == .calibration
            ? duration : isStep ? powerOfTen(random.uniform(-0.3...1)) : 2 / settings.samplingRate,
          frequency: 1, key: random.next()))
    }
    var event = DeclaredEvent(
      kind: kind, key: random.next(), truth: nil, x: best.x, y: best.y, depth: best.depth, time: time,
      magnitude: (templates.isEmpty ? 1 : templates[random.index(templates.count)].magnitude) + 0.3 * random.normal(),
      picks: picks.sorted { $0.station < $1.station })
    event.time = originTime(event)
    result.events.append(event)
  }

  /// A distant earthquake: its P crosses the network nearly as a plane.
  func teleseism(_ time: Double, _ random: inout SplitMix64, _ result: inout Disturbed) {
    let turn = random.uniform()
    let slowness = random.uniform(0.045...0.085)
    let (dx, dy) = (slowness * cosineOfTurn(turn), slowness * cosineOfTurn(turn - 0.25))
    // One waveform for the whole network.
    let key = random.next()
    let amplitude = 2.5e-7 * random.factor(0.9)
    let duration = random.uniform(15...60)
    let frequency = random.uniform(0.5...1.6)
    let quality = -0.3 + 0.9 * random.normal()
    var picks: [AutomaticPick] = []
    for (station, site) in network.stations.enumerated() {
      let onset = time + site.x * dx + site.y * dy
      result.disturbances.append(
        Disturbance(
          kind: .teleseism, station: station, time: onset, amplitude: amplitude * site.amplification.squareRoot(),
          duration: duration, frequency: frequency, key: key))
      guard random.uniform() < 0.6, isRunning(station: station, at: onset) else { continue }
      picks.append(
        AutomaticPick(
          station: station, wave: .p, time: onset + 0.3 * random.normal(),
          probability: 0.97 * logistic(quality + 1.1 * random.normal())))
      if random.uniform() < 0.4 {
        picks.append(
          AutomaticPick(
            station: station, wave: .s, time: onset + random.uniform(2...14),
            probability: 0.97 * logistic(quality - 0.5 + 1.1 * random.normal())))
      }
    }
    if let event = associated(.teleseism, picks, depths: [20, 40, 60], &random) { result.events.append(event) }
  }

  /// Phases of shocks that are not one shock: S taken for P, P of two shocks, coda.
  func mixedEvents(
    day: Int, _ shocks: [(event: SyntheticEarthquake, arrivals: [SyntheticArrival])],
    into declared: inout [DeclaredEvent]
  ) {
    var random = SplitMix64(
      seed: settings.seed, stream: SyntheticStream.falseEvents, UInt64(bitPattern: Int64(day)), 100)
    let midnight = Double(day) * 86_400
    let covered = (midnight..<midnight + 86_400).clamped(to: settings.span)
    let share = (covered.upperBound - covered.lowerBound) / 86_400
    let wanted = random.poisson(mean: settings.eventsPerDay * settings.errors.mixed * share)
    var made = 0
    for place in random.shuffled(Array(shocks.indices)) where made < wanted {
      let (event, arrivals) = shocks[place]
      let form = random.uniform()
      let quality = 0.1 + 0.9 * random.normal()
      var picks: [AutomaticPick] = []
      func pick(_ station: Int, _ wave: Wave, _ time: Double, _ ratio: Double) {
        guard isRunning(station: station, at: time) else { return }
        let strength = 0.9 * (decimalLogarithm(max(ratio, 0.1)) - 0.6)
        picks.append(
          AutomaticPick(
            station: station, wave: wave, time: time,
            probability: 0.97 * logistic(quality + strength + 0.9 * random.normal())))
      }
      var candidate: DeclaredEvent?
      if form < 0.4 {
        // The coda of a shock that was large enough.
        guard arrivals.count(where: { $0.ratioS > 4 }) >= 5,
          let late = imitated(.mixed, time: event.time + random.uniform(8...35), &random)
        else { continue }
        candidate = late
      } else if form < 0.65 {
        let seen = arrivals.filter { $0.ratioS > 2.5 }.sorted { $0.s < $1.s }.prefix(5 + random.index(5))
        guard seen.count >= 4 else { continue }
        for arrival in seen {
          pick(arrival.station, .p, arrival.s + 0.12 * random.normal(), arrival.ratioS)
          if random.uniform() < 0.5 {
            pick(arrival.station, .s, arrival.s + (arrival.s - arrival.p) * random.uniform(0.5...1.6), 3)
          }
        }
        candidate = associated(.mixed, picks, depths: [5, 15, 30], &random)
      } else {
        guard place + 1 < shocks.count, shocks[place + 1].event.time - event.time < 45 else { continue }
        let other = shocks[place + 1].arrivals
        for arrival in arrivals where arrival.ratioP > 2 && random.uniform() < 0.6 {
          pick(arrival.station, .p, arrival.p + 0.08 * random.normal(), arrival.ratioP)
        }
        for arrival in other where arrival.ratioS > 2 && random.uniform() < 0.6 {
          if picks.contains(where: { $0.station == arrival.station && $0.wave == .p }) {
            pick(arrival.station, .s, arrival.s + 0.1 * random.normal(), arrival.ratioS)
          } else {
            pick(arrival.station, .p, arrival.p + 0.08 * random.normal(), arrival.ratioP)
          }
        }
        candidate = associated(.mixed, picks, depths: [3, 12, 25], &random)
      }
      // What mostly fits one shock is that shock, and what fits a false event that is there is that event.
      guard var found = candidate, !isOneShock(found, shocks[max(0, place - 1)...min(place + 2, shocks.count - 1)]),
        !declared.contains(where: { abs($0.time - found.time) < 4 })
      else { continue }
      found.truth = event
      declared.append(found)
      made += 1
    }
  }

  /// Whether half of an event's picks, or more, are those of one shock.
  private func isOneShock(
    _ found: DeclaredEvent, _ shocks: ArraySlice<(event: SyntheticEarthquake, arrivals: [SyntheticArrival])>
  ) -> Bool {
    shocks.contains { shock in
      let own = found.picks.count { pick in
        shock.arrivals.contains {
          $0.station == pick.station && abs((pick.wave == .p ? $0.p : $0.s) - pick.time) < 0.6
        }
      }
      return 2 * own >= found.picks.count
    }
  }

  /// The origin on a coarse grid that most picks fit, with those that do; nil where they are too few.
  private func associated(
    _ kind: EventKind, _ picks: [AutomaticPick], depths: [Double], _ random: inout SplitMix64
  ) -> DeclaredEvent? {
    guard AutomaticPicker.isEnough(picks) else { return nil }
    let half = region.size / 2
    var best: (x: Double, y: Double, depth: Double, time: Double, fits: Double) = (0, 0, 0, 0, 0)
    for depth in depths {
      for row in -5...5 {
        for column in -5...5 {
          let (x, y) = (half * Double(column) / 4.2, half * Double(row) / 4.2)
          let origins = picks.map { $0.time - paths.time($0.wave, x: x, y: y, depth: depth, to: $0.station) }
          let sorted = origins.sorted()
          let middle = sorted[sorted.count / 2]
          let fits = origins.reduce(0.0) { $0 + max(0, 1 - abs($1 - middle) / 2) }
          if fits > best.fits { best = (x, y, depth, middle, fits) }
        }
      }
    }
    let fitting = picks.filter {
      abs($0.time - paths.time($0.wave, x: best.x, y: best.y, depth: best.depth, to: $0.station) - best.time) < 1.3
    }
    guard AutomaticPicker.isEnough(fitting) else { return nil }
    var event = DeclaredEvent(
      kind: kind, key: random.next(), truth: nil, x: best.x + random.normal(), y: best.y + random.normal(),
      depth: max(0, best.depth + random.normal()), time: best.time,
      magnitude: (templates.isEmpty ? 1 : templates[random.index(templates.count)].magnitude) + 0.3 * random.normal(),
      picks: fitting.sorted { ($0.station, $0.time) < ($1.station, $1.time) })
    event.time = originTime(event)
    return event
  }
}
