import HSDLCompute
import MPI
import SeismicFormats
import TestSupport
import Testing
import Worker

@Suite("Events of a catalog on their way to features")
struct CatalogEventTests {
  private func pick(
    _ id: String, _ station: String, _ hint: String?, _ seconds: Int64, probability: Double? = nil
  ) -> Pick {
    var pick = Pick(
      publicID: id, time: TimeQuantity(UTCTime(seconds: seconds)),
      waveformID: WaveformStreamID(networkCode: "XX", stationCode: station))
    pick.phaseHint = hint
    pick.probability = probability
    return pick
  }

  private func origin(_ id: String, _ seconds: Int64, arrivals: [Arrival] = []) -> Origin {
    var origin = Origin(
      publicID: id, time: TimeQuantity(UTCTime(seconds: seconds)), latitude: RealQuantity(10),
      longitude: RealQuantity(20))
    origin.arrivals = arrivals
    return origin
  }

  @Test(
    "phase names say which wave arrives first",
    arguments: [
      ("P", "p"), ("Pg", "p"), ("Pn", "p"), ("P1", "p"), ("P*", "p"), ("Pdiff", "p"), ("IPU0", "p"), ("EP", "p"),
      ("S", "s"), ("Sg", "s"), ("ES", "s"), ("PP", ""), ("PcP", ""), ("ScS", ""), ("SS", ""), ("PKP", ""), ("PS", ""),
      ("pP", ""), ("AML", ""), ("IAML", ""), ("", ""), ("x", ""), ("E", ""), ("Lg", ""),
    ])
  func phaseNames(name: String, wave: String) {
    var event = Event(publicID: "e")
    event.picks = [pick("1", "A", name, 5)]
    let waves = event.phases.map { $0.wave == .p ? "p" : "s" }
    #expect(waves == (wave.isEmpty ? [] : [wave]))
  }

  @Test("arrivals of the preferred origin decide where there are any, hints where there are none")
  func arrivals() {
    var event = Event(publicID: "e")
    event.picks = [pick("1", "A", "S", 5), pick("2", "B", "P", 6), pick("3", "C", nil, 7)]
    #expect(event.phases.map(\.station.code) == ["A", "B"])
    event.origins = [
      origin("o1", 0), origin("o2", 0, arrivals: [Arrival(publicID: "a", pickID: "1", phase: "Pn")]),
    ]
    #expect(event.phases.map(\.station.code) == ["A", "B"])
    event.preferredOriginID = "o2"
    #expect(event.phases.map(\.station.code) == ["A"])
    #expect(event.phases.map(\.wave) == [.p])
    #expect(event.phases.map(\.time) == [UTCTime(seconds: 5)])
  }

  @Test("a row for each P, with the S of its station; a lone S has no row")
  func rows() {
    var event = Event(publicID: "e")
    event.picks = [
      pick("1", "A", "S", 8, probability: 0.4), pick("2", "A", "P", 5, probability: 0.9), pick("3", "B", "P", 6),
      pick("4", "B", "S", 9), pick("5", "C", "S", 9),
    ]
    let group = PickGroup()
    Array("e".utf8).withUnsafeBufferPointer { group.assign(id: $0, phases: event.phases) }
    #expect(group.rows.map { group.stationCode($0) } == ["XX.A", "XX.B"])
    #expect(group.rows.map(\.hasS) == [true, true])
    #expect(group.rows[0].sProbability == 0.4)
    #expect(group.rows[1].pProbability.isNaN)
    #expect(group.unusableRowCount == 1)
    var values = [Double](repeating: 0, count: PickFeatures.count)
    values.withUnsafeMutableBufferPointer { PickFeatures().compute(group.rows, into: $0) }
    // Counts take in picks without a probability, statistics of probabilities do not.
    #expect(Array(values[0..<5]) == [2, 2, 1, 0.9, 0.4])
    #expect(values[5].isNaN)
    #expect(values[7] == 0.9)
    #expect(values[12] == 3)
  }

  @Test("a merged entry keeps both origins apart, and the first preferred")
  func merge() {
    var event = Event(publicID: "e")
    event.picks = [pick("p1", "A", "P", 5)]
    event.origins = [origin("o", 1, arrivals: [Arrival(publicID: "a", pickID: "p1", phase: "P")])]
    event.magnitudes = [Magnitude(publicID: "m", mag: RealQuantity(1))]
    event.magnitudes[0].originID = "o"
    var other = event
    other.publicID = "f"
    other.origins[0].time = TimeQuantity(UTCTime(seconds: 2))
    let before = event
    event.merge(other, number: 1)
    #expect(event.preferredOrigin == before.origins[0])
    #expect(event.preferredMagnitude == before.magnitudes[0])
    #expect(event.origins.map(\.publicID) == ["o", "o/alternative-1"])
    #expect(event.origins[1].arrivals[0].pickID == "p1/alternative-1")
    #expect(event.picks.map(\.publicID) == ["p1", "p1/alternative-1"])
    #expect(event.magnitudes[1].originID == "o/alternative-1")
    #expect(event.comments.last?.text == "merged: f is another entry of this event")
    // Identifiers of its own stay.
    var third = Event(publicID: "g")
    third.origins = [origin("o3", 3)]
    event.merge(third, number: 2)
    #expect(event.origins.last?.publicID == "o3")
  }

  @Test("a history gives the entries of a span, whatever its length", arguments: [0, 1, 2, 3, 17])
  func history(count: Int) throws {
    let folder = try TemporaryFolder()
    let sink = TextSink()
    var entries: [EventHistory.Entry] = []
    for number in 0..<count {
      var event = Event(publicID: "\(number)")
      event.origins = [origin("o", Int64(number / 2))]
      event.origins[0].depth = number % 3 == 0 ? nil : RealQuantity(1000 * Double(number))
      let entry = try #require(EventHistory.Entry(event))
      entry.append(to: sink)
      entries.append(entry)
    }
    try folder.write("history", Array(sink.bytes))
    for first in -1...count {
      for last in first...count {
        let span = UTCTime(seconds: Int64(first))..<UTCTime(seconds: Int64(last))
        let found = try EventHistory.entries(folder.path("history"), in: span)
        #expect(found.map(\.time) == entries.map(\.time).filter { span.contains($0) })
        #expect(found.map(\.depth.bitPattern) == entries.filter { span.contains($0.time) }.map(\.depth.bitPattern))
      }
    }
  }
}

@Suite("Labelled tables of features")
struct FeatureTableTests {
  private let features =
    "event_id,time,p_n,extra,sp_ratio\na,2020-01-01T00:00:00Z,4,x,0.5\nb,,3,,NaN\nc,,1,,\nd,,9,,1\n"

  private func read(
    _ features: String, _ labels: String, ranks: Int, set: FeatureSet? = nil
  ) throws -> (table: FeatureTable, remarks: [String]) {
    let folder = try TemporaryFolder()
    try folder.write("features.csv", features)
    try folder.write("labels.csv", labels)
    let results = try InProcessCommunicator.run(ranks: ranks) { communicator in
      let events = try LabelledEvents(
        featureTables: [folder.path("features.csv")], labels: [folder.path("labels.csv")], features: set,
        over: communicator)
      return (try events.gathered(over: communicator), events.remarks)
    }
    return results[0]
  }

  @Test("events get their labels, others are counted", arguments: 1...4)
  func labels(ranks: Int) throws {
    let (table, remarks) = try read(
      features, "label,reason,event_id\nreal,x,a\nfake,,b\nduplicate,,d\nreal,,elsewhere\n", ranks: ranks)
    #expect(table.features.names == ["p_n", "sp_ratio"])
    #expect(table.ids == ["a", "b"])
    #expect(table.labels == [1, 0])
    #expect(table.values[0...2] == [4, 0.5, 3])
    #expect(table.values[3].isNaN)
    #expect(
      remarks == [
        "1 of 4 events have no label and are left out",
        "1 of 4 events are labelled neither real nor fake and are left out",
      ])
  }

  @Test(
    "what is wrong is named",
    arguments: [
      ("event_id,p_n\na,1\na,2\n", "event_id,label\na,real\n", "line 3: event 'a' stands twice"),
      ("event_id,p_n\na,x\n", "event_id,label\na,real\n", "line 2: p_n is 'x'"),
      ("event_id,p_n\na\n", "event_id,label\na,real\n", "line 2: 1 fields"),
      ("id,p_n\na,1\n", "event_id,label\na,real\n", "there is no column event_id"),
      ("event_id,q\na,1\n", "event_id,label\na,real\n", "no column is a feature"),
      ("event_id,p_n\na,1\n", "event_id,kind\na,real\n", "expected the columns event_id and label"),
      ("event_id,p_n\na,1\n", "event_id,label\na,real\na,fake\n", "line 3: event 'a' has two labels"),
      ("event_id,p_n\na,1\n", "event_id,label\nb,real\n", "none of the 1 events"),
      ("", "event_id,label\nb,real\n", "it is empty"),
    ], 1...2)
  func wrong(_ texts: (features: String, labels: String, message: String), ranks: Int) throws {
    let error = #expect(throws: AgreedFailure.self) { try read(texts.features, texts.labels, ranks: ranks) }
    #expect(error?.description.contains(texts.message) ?? false, "\(error?.description ?? "")")
  }

  @Test("a feature that the table does not have is named")
  func missing() throws {
    let error = #expect(throws: AgreedFailure.self) {
      try read(features, "event_id,label\na,real\n", ranks: 1, set: .hsdl2)
    }
    #expect(error?.description.contains("there is no column s_prob_max") ?? false)
  }
}
