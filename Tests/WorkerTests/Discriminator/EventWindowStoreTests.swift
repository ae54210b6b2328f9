import HSDLCompute
import MPI
import SeismicFormats
import TestSupport
import Testing
import Worker

@Suite("Stores of windows of events")
struct EventWindowStoreTests {
  private func entry(_ id: String, _ seconds: Int64?, _ label: Label = .real) -> EventWindowEntry {
    EventWindowEntry(id: id, time: seconds.map { UTCTime(seconds: $0, nanoseconds: 250) }, label: label)
  }

  private let events: [(EventWindowEntry, EventWindows)] = [
    (
      EventWindowEntry(id: "b", time: UTCTime(seconds: 20), label: .fake),
      SyntheticWindows.event(stations: 2, isReal: false, seed: 1)
    ),
    (
      EventWindowEntry(id: "ä", time: UTCTime(seconds: -5, nanoseconds: 7), label: .real),
      SyntheticWindows.event(stations: 3, isReal: true, seed: 2)
    ),
    (EventWindowEntry(id: "none", time: nil, label: .uncertain), EventWindows()),
    (
      EventWindowEntry(id: "a", time: UTCTime(seconds: 20), label: .real),
      SyntheticWindows.event(stations: 1, isReal: true, seed: 3)
    ),
  ]

  private func write(_ events: [(EventWindowEntry, EventWindows)], _ path: String) throws {
    let writer = try EventWindowWriter(path, isDurable: false)
    for (entry, windows) in events { try writer.add(entry, windows) }
    try writer.finish()
  }

  @Test("events come back in the order of time and identifier, bit for bit")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    try write(events, folder.path("store"))
    let store = try EventWindowStore(folder.path("store"))
    #expect(store.entries.map(\.id) == ["ä", "a", "b", "none"])
    for place in [3, 0, 2, 1, 0] {
      let expected = try #require(events.first { $0.0.id == store.entries[place].id })
      #expect(try store.windows(place) == expected.1)
      #expect(store.entries[place].time == expected.0.time)
      #expect(store.entries[place].label == expected.0.label)
      #expect(store.entries[place].stationCount == expected.1.stationCount)
    }
    #expect(throws: FormatError.self) { try store.windows(4) }
    try write([], folder.path("empty"))
    #expect(try EventWindowStore(folder.path("empty")).count == 0)
  }

  @Test("however events are shared out, the same bytes come together")
  func merge() throws {
    let folder = try TemporaryFolder()
    var results: [[UInt8]] = []
    for parts in [[[0, 1, 2, 3]], [[3], [2, 0], [], [1]], [[1, 0], [2, 3]]] {
      var paths: [String] = []
      for (number, part) in parts.enumerated() {
        paths.append(folder.path("part-\(number)"))
        try write(part.map { events[$0] }, paths[number])
      }
      try EventWindowWriter.merge(paths, into: folder.path("whole"))
      results.append(try FileInput(folder.path("whole")).prefix(.max))
    }
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
  }

  @Test("a file that is cut short anywhere, or changed in a byte, is refused")
  func damage() throws {
    let folder = try TemporaryFolder()
    try write(events, folder.path("store"))
    let bytes = try FileInput(folder.path("store")).prefix(.max)
    func readAll(_ bytes: [UInt8]) throws {
      let store = try EventWindowStore(try folder.write("damaged", bytes))
      for place in 0..<store.count { _ = try store.windows(place) }
    }
    try readAll(bytes)
    for length in Array(0..<64) + Array(stride(from: 64, to: bytes.count, by: 997))
      + Array(bytes.count - 300..<bytes.count)
    {
      #expect(throws: FormatError.self, "\(length)") { try readAll(Array(bytes[..<length])) }
    }
    for place in Array(0..<16) + Array(stride(from: 16, to: bytes.count, by: 499))
      + Array(bytes.count - 250..<bytes.count)
    {
      var changed = bytes
      changed[place] ^= 0x41
      #expect(throws: FormatError.self, "\(place)") { try readAll(changed) }
    }
  }

  @Test("several stores are read as one, in whatever order they are given")
  func joined() throws {
    let folder = try TemporaryFolder()
    try write([events[0], events[2]], folder.path("first"))
    try write([events[1], events[3]], folder.path("second"))
    let paths = [folder.path("first"), folder.path("second")]
    let stores = [try EventWindowStore(joining: paths), try EventWindowStore(joining: paths.reversed())]
    for store in stores {
      #expect(store.entries.map(\.id) == ["ä", "a", "b", "none"])
      for (place, entry) in store.entries.enumerated() {
        let expected = try #require(events.first { $0.0.id == entry.id })
        #expect(try store.windows(place) == expected.1)
      }
    }
    #expect(stores[0].checksum == stores[1].checksum)
    #expect(stores[0].checksum != (try EventWindowStore(paths[0]).checksum))
    #expect(throws: FormatError.self) { try EventWindowStore(joining: [paths[0], folder.path("none")]) }
  }

  @Test("what a micro-batch holds does not depend on the number of ranks")
  func ranks() throws {
    let folder = try TemporaryFolder()
    let many = (0..<23).map { number in
      (
        entry("e\(number)", Int64(number), number % 3 == 0 ? .fake : .real),
        SyntheticWindows.event(stations: 1 + number % 4, isReal: number % 3 != 0, seed: UInt64(number))
      )
    }
    try write(many, folder.path("store"))
    let store = try EventWindowStore(folder.path("store"))
    let parts = EventTrainerData.split(store, blocks: 5) { $0 == 4 }
    #expect(parts.validation == [19, 20, 21, 22])
    #expect(parts.training == Array(0..<19))
    var settings = EventTrainerData.Settings()
    settings.globalBatch = 8
    settings.microBatch = 3
    func all(_ size: Int) throws -> (training: [String: EventMicroBatch], validation: [String]) {
      var training: [String: EventMicroBatch] = [:]
      var validation: [String] = []
      for rank in 0..<size {
        let data = try EventTrainerData(
          store, training: parts.training, validation: parts.validation, settings: settings, rank: rank, size: size)
        #expect(data.stepCount(epoch: 0) == 3)
        for epoch in 0..<2 {
          try data.begin(epoch: epoch, fromStep: 0)
          var step = 0
          while let part = try data.next() {
            for (key, batch) in zip(part.keys, part.microBatches) { training["\(epoch) \(step) \(key)"] = batch }
            step += 1
          }
          #expect(step == 3)
        }
        try data.beginValidation()
        while let batch = try data.nextValidation() { validation.append(batch.names.joined(separator: " ")) }
      }
      return (training, validation.sorted())
    }
    let one = try all(1)
    #expect(one.training.count == 2 * 7)
    let names = one.training.filter { $0.key.hasPrefix("0 ") }.flatMap(\.value.names).filter { !$0.isEmpty }
    #expect(names.sorted() == parts.training.map { store.entries[$0].id }.sorted())
    for size in 2...4 {
      let other = try all(size)
      #expect(other.validation == one.validation)
      #expect(Set(other.training.keys) == Set(one.training.keys))
      for (key, batch) in other.training {
        #expect(batch.names == one.training[key]?.names)
        #expect(batch.windows == one.training[key]?.windows)
        #expect(batch.attributes == one.training[key]?.attributes)
      }
    }
    // Both kinds weigh the same.
    let data = try EventTrainerData(store, training: parts.training, validation: parts.validation, settings: settings)
    try data.begin(epoch: 0, fromStep: 0)
    var sums: [Float: Float] = [:]
    while let part = try data.next() {
      for batch in part.microBatches {
        for (target, weight) in zip(batch.targets, batch.weights) { sums[target, default: 0] += weight }
      }
    }
    #expect(abs((sums[0] ?? 0) - (sums[1] ?? 1)) < 1e-3)
    #expect(throws: ComputeError.self) {
      try EventTrainerData(store, training: [0, 3], validation: parts.validation, settings: settings)
    }
  }

  @Test("a discriminator's folder comes back as it was; damage is told")
  func folder() throws {
    let folder = try TemporaryFolder()
    let architecture = DiscriminatorArchitecture()
    var model = DiscriminatorFolder(
      card: DiscriminatorCard(architecture: architecture, maximumStations: 24),
      parameters: try architecture.initialParameters(seed: 1))
    model.card.scores = ["roc_auc": 0.5]
    let path = folder.path("model")
    try model.write(to: path)
    let event = SyntheticWindows.event(stations: 3, isReal: true, seed: 1)
    let expected = try model.discriminator().logit(of: event)
    let card = model.card
    let logits = try InProcessCommunicator.run(ranks: 2) { communicator in
      let loaded = try DiscriminatorFolder.load(path, over: communicator)
      #expect(loaded.card == card)
      return try loaded.discriminator().logit(of: event)
    }
    #expect(logits == [expected, expected])
    for (name, place) in [("card.json", 200), ("model.safetensors", 5000)] {
      let file = "\(path)/\(name)"
      let bytes = try FileInput(file).prefix(.max)
      var changed = bytes
      changed[place] ^= 1
      try folder.write("model/\(name)", changed)
      #expect(throws: (any Error).self, "\(name)") {
        try InProcessCommunicator.run(ranks: 1) { _ = try DiscriminatorFolder.load(path, over: $0) }
      }
      try folder.write("model/\(name)", bytes)
    }
    _ = try InProcessCommunicator.run(ranks: 1) { _ = try DiscriminatorFolder.load(path, over: $0) }
  }
}
