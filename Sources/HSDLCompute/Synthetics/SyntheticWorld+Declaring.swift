import SeismicFormats

extension SyntheticWorld {
  /// The earthquakes of a day within the archive's span.
  public func earthquakes(day: Int) -> [SyntheticEarthquake] {
    sequence.events(day: day).filter { settings.span.contains($0.time) }
  }

  /// What the automatic system declares of what happens on a day, in the order of time.
  ///
  /// Origin times may lie a few seconds outside the day.
  public func declaredEvents(day: Int) -> [DeclaredEvent] {
    let earthquakes = earthquakes(day: day)
    var declared: [DeclaredEvent] = []
    var strong: [(event: SyntheticEarthquake, arrivals: [SyntheticArrival])] = []
    for event in earthquakes {
      let arrivals = paths.arrivals(event)
      guard !arrivals.isEmpty else { continue }
      declare(event, arrivals, into: &declared)
      strong.append((event, arrivals))
    }
    mixedEvents(day: day, strong, into: &declared)
    declared += disturbedEvents(day: day).events
    let span = settings.span
    declared.removeAll { event in
      !span.contains(event.time) || event.picks.contains { !span.contains($0.time) }
    }
    // A second declaration without the first is the only one.
    let keys = Set(declared.map(\.key))
    for place in declared.indices {
      guard let first = declared[place].duplicateOf, !keys.contains(first.key) else { continue }
      declared[place].kind = .earthquake
      declared[place].duplicateOf = nil
    }
    return declared.sorted { ($0.time, $0.key) < ($1.time, $1.key) }
  }

  private func declare(
    _ event: SyntheticEarthquake, _ arrivals: [SyntheticArrival], into declared: inout [DeclaredEvent]
  ) {
    var random = SplitMix64(seed: settings.seed, stream: SyntheticStream.declaring, event.key)
    let errors = settings.errors
    let picker = AutomaticPicker(network: network, errors: errors)
    let picks = picker.picks(event, arrivals, isRunning: isRunning, &random)
    guard AutomaticPicker.isEnough(picks) else { return }
    let isMislocated = random.uniform() < errors.mislocated
    let first = located(event, picks, mixed(event.key), isMislocated: isMislocated, &random)
    let choice = random.uniform()
    if choice < errors.duplicates {
      declared.append(first)
      // Another part of the network, with a picker of its own mind.
      let others = random.shuffled(arrivals).prefix(max(4, arrivals.count * 2 / 3))
      let again = picker.picks(event, others.sorted { $0.station < $1.station }, isRunning: isRunning, &random)
      guard AutomaticPicker.isEnough(again) else { return }
      var second = located(event, again, mixed(event.key ^ 0xd0b1e), isMislocated: false, &random)
      second.time += 0.5 * random.normal()
      second.kind = .duplicate
      second.duplicateOf = DeclaredEvent.Reference(key: first.key, time: first.time)
      declared.append(second)
    } else if choice < errors.duplicates + errors.splits {
      let cut = random.shuffled(Array(Set(picks.map(\.station)).sorted()))
      let half = Set(cut.prefix(cut.count / 2))
      let parts = [picks.filter { !half.contains($0.station) }, picks.filter { half.contains($0.station) }]
      guard parts.allSatisfy(AutomaticPicker.isEnough) else { return declared.append(first) }
      let one = located(event, parts[0], first.key, isMislocated: isMislocated, &random)
      var two = located(event, parts[1], mixed(event.key ^ 0x5b117), isMislocated: false, &random)
      two.kind = .split
      two.duplicateOf = DeclaredEvent.Reference(key: one.key, time: one.time)
      declared += [one, two]
    } else {
      declared.append(first)
    }
  }

  /// An origin near the earthquake, as far off as the system errs, whose time fits the picks.
  private func located(
    _ event: SyntheticEarthquake, _ picks: [AutomaticPick], _ key: UInt64, isMislocated: Bool,
    _ random: inout SplitMix64
  ) -> DeclaredEvent {
    let errors = settings.errors
    // With few picks locations are worse.
    let scale = random.factor(0.4) * (8 / Double(max(picks.count, 4))).squareRoot()
    var x = event.x + errors.epicentre * scale * random.normal()
    var y = event.y + errors.epicentre * scale * random.normal()
    var depth = event.depth + errors.depth * scale * random.normal()
    if isMislocated {
      let distance = random.uniform(10...30)
      let turn = random.uniform()
      x += distance * cosineOfTurn(turn)
      y += distance * cosineOfTurn(turn - 0.25)
      depth = random.uniform(0...30)
    } else if random.uniform() < 0.08 {
      depth = random.uniform() < 0.5 ? 0 : random.uniform(15...30)
    }
    var declared = DeclaredEvent(
      kind: isMislocated ? .mislocated : .earthquake, key: key, truth: event, x: x, y: y, depth: max(0, depth),
      time: event.time, magnitude: event.magnitude + errors.magnitude * random.normal(), picks: picks)
    declared.time = originTime(declared)
    return declared
  }

  /// The origin time that fits the picks: the median over them.
  func originTime(_ event: DeclaredEvent) -> Double {
    var times = event.picks.map {
      $0.time - paths.time($0.wave, x: event.x, y: event.y, depth: event.depth, to: $0.station)
    }
    times.sort()
    guard !times.isEmpty else { return event.time }
    return times.count % 2 == 1 ? times[times.count / 2] : (times[times.count / 2 - 1] + times[times.count / 2]) / 2
  }
}
