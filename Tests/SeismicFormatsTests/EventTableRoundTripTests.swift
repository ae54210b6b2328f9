import Foundation
import SeismicFormats
import TestSupport
import Testing

@Suite("Tables of events written and read")
struct EventTableRoundTripTests {
  private func write(_ events: [Event], _ style: EventTableWriter.Style, _ path: String) throws -> [String: Int] {
    let writer = try EventTableWriter(path, style: style)
    for event in events { try writer.write(event) }
    try writer.finish()
    return writer.leftOut
  }

  /// An event with values that a catalog may hold, some of them missing.
  private func event(_ number: Int, _ random: inout SeededGenerator) -> Event {
    func maybe<T>(_ value: T) -> T? { random.below(4) > 0 ? value : nil }
    func decimal(_ limit: Double) -> Double {
      (Double.random(in: -limit...limit, using: &random) * 1e4).rounded() / 1e4
    }
    var event = Event(publicID: "event\(number)")
    var origin = Origin(
      publicID: "event\(number)/origin",
      time: TimeQuantity(
        UTCTime(seconds: Int64(random.below(2_000_000_000)), nanoseconds: Int64(random.below(1_000_000)) * 1000)),
      latitude: RealQuantity(decimal(90)), longitude: RealQuantity(decimal(180)))
    origin.time.errors = maybe(QuantityErrors(uncertainty: abs(decimal(3))))
    origin.depth = maybe(RealQuantity(abs(decimal(70)) * 1000))
    if origin.depth != nil { origin.depth?.errors = maybe(QuantityErrors(uncertainty: abs(decimal(9)) * 1000)) }
    origin.evaluationMode = maybe(.automatic)
    origin.evaluationStatus = maybe(.reviewed)
    origin.creationInfo = maybe(CreationInfo(author: "program \(random.below(3)), \"new\""))
    var quality = OriginQuality()
    quality.standardError = abs(decimal(2))
    quality.usedPhaseCount = maybe(random.below(100))
    quality.usedStationCount = maybe(random.below(50))
    quality.azimuthalGap = maybe(abs(decimal(360)))
    quality.minimumDistance = maybe(abs(decimal(2)))
    origin.quality = maybe(quality)
    event.origins = [origin]
    event.preferredOriginID = origin.publicID
    if var magnitude = maybe(Magnitude(publicID: "event\(number)/magnitude", mag: RealQuantity(decimal(9)))) {
      magnitude.type = maybe("ML")
      event.magnitudes = [magnitude]
      event.preferredMagnitudeID = magnitude.publicID
    }
    event.type = maybe("quarry blast")
    event.descriptions = maybe([EventDescription("Übersee, \"am See\"; 5 km | NW", type: "region name")]) ?? []
    event.columns = maybe([Event.Column(name: "p, real", value: "0.5")]) ?? []
    return event
  }

  @Test("what a table has a place for is the same after writing and reading")
  func csv() throws {
    let folder = try TemporaryFolder()
    var random = SeededGenerator(111)
    var events = (0..<500).map { event($0, &random) }
    events[0].columns = [Event.Column(name: "p, real", value: "0.5")]
    #expect(try write(events, .csv, folder.path("a.csv")).isEmpty)
    let reading = try CatalogReading(folder.path("a.csv"))
    #expect(reading.error == nil && reading.problems == [])
    #expect(reading.catalog.events.count == events.count)
    for (read, written) in zip(reading.catalog.events, events) { #expect(read == written) }
  }

  @Test("FDSN text keeps what it has a place for")
  func fdsn() throws {
    let folder = try TemporaryFolder()
    var random = SeededGenerator(112)
    let events = (0..<200).map { event($0, &random) }
    _ = try write(events, .fdsnText, folder.path("a.txt"))
    #expect(try CatalogFormat.recognise(folder.path("a.txt")) == .fdsnText)
    let reading = try CatalogReading(folder.path("a.txt"))
    #expect(reading.error == nil && reading.problems == [])
    #expect(reading.catalog.events.count == events.count)
    for (read, written) in zip(reading.catalog.events, events) {
      #expect(read.publicID == written.publicID)
      #expect(read.time == written.time)
      #expect(read.origins[0].latitude == written.origins[0].latitude)
      #expect(read.origins[0].longitude == written.origins[0].longitude)
      #expect(read.origins[0].depth?.value == written.origins[0].depth?.value)
      #expect(read.origins[0].creationInfo?.author == written.origins[0].creationInfo?.author)
      #expect(read.magnitudes.map(\.mag) == written.magnitudes.map(\.mag))
      #expect(read.magnitudes.map(\.type) == written.magnitudes.map(\.type))
      #expect(read.type == written.type)
      #expect(read.descriptions.first?.text == written.descriptions.first?.text.replacing("|", with: " "))
    }
  }

  @Test("uncertainties of the place are the same to 15 digits")
  func uncertainties() throws {
    let folder = try TemporaryFolder()
    var random = SeededGenerator(113)
    let events = (0..<300).map { number in
      var event = event(number, &random)
      event.origins[0].latitude.errors = QuantityErrors(uncertainty: Double.random(in: 0...2, using: &random))
      event.origins[0].longitude.errors = QuantityErrors(uncertainty: Double.random(in: 0...2, using: &random))
      return event
    }
    _ = try write(events, .csv, folder.path("a.csv"))
    let first = try CatalogReading(folder.path("a.csv")).catalog.events
    for (read, written) in zip(first, events) {
      for quantity in [\Origin.latitude, \Origin.longitude] {
        let (a, b) = (read.origins[0][keyPath: quantity].errors, written.origins[0][keyPath: quantity].errors)
        #expect(abs((a?.uncertainty ?? -1) - (b?.uncertainty ?? -2)) <= 1e-15 * 2)
      }
    }
  }

  @Test(
    "texts that would break a row do not: every event stays one row",
    arguments: [
      EventTableWriter.Style.csv, .fdsnText,
    ])
  func breakingTexts(style: EventTableWriter.Style) throws {
    let folder = try TemporaryFolder()
    let texts = [
      "two\nlines", "carriage\r\nreturn", "a|b", "\"quoted\"", "\"half", "a,b;c\td", "# no remark", "'", "a\u{2028}b",
    ]
    var random = SeededGenerator(114)
    var events: [Event] = []
    for text in texts {
      var event = event(0, &random)
      event.publicID = text
      event.descriptions = [EventDescription(text)]
      event.origins[0].creationInfo = CreationInfo(author: text)
      event.type = text
      events.append(event)
    }
    _ = try write(events, style, folder.path("a.csv"))
    let reading = try CatalogReading(folder.path("a.csv"))
    #expect(reading.error == nil && reading.problems == [])
    #expect(reading.catalog.events.count == texts.count)
    func flat(_ text: String) -> String {
      String(text.map { $0.isNewline || style == .fdsnText && $0 == "|" ? " " : $0 })
    }
    for (event, text) in zip(reading.catalog.events, texts) {
      // In FDSN text nothing can be quoted, so a sign that would begin a remark gets something before it.
      let isRemark = style == .fdsnText && text.hasPrefix("#")
      #expect(event.publicID == (isRemark ? "_" : "") + flat(text))
      #expect(event.descriptions.first?.text == flat(text))
      #expect(event.origins.first?.creationInfo?.author == flat(text))
      #expect(event.type == flat(text))
    }
  }

  @Test("what has no place is counted")
  func leftOut() throws {
    let folder = try TemporaryFolder()
    var random = SeededGenerator(115)
    var event = event(1, &random)
    event.picks = [
      Pick(publicID: "p", time: TimeQuantity(.epoch), waveformID: WaveformStreamID(networkCode: "", stationCode: "S"))
    ]
    event.origins.append(event.origins[0])
    event.comments = [SeismicFormats.Comment("x")]
    event.columns = []
    var other = event
    other.columns = [Event.Column(name: "new", value: "1")]
    #expect(
      try write([event, other], .csv, folder.path("a.csv")) == [
        "picks": 2, "further origins": 2, "comments": 2, "columns": 1,
      ])
  }

  @Test("a table without events has its header line")
  func empty() throws {
    let folder = try TemporaryFolder()
    for style in [EventTableWriter.Style.csv, .fdsnText] {
      #expect(try write([], style, folder.path("a.csv")).isEmpty)
      let reading = try CatalogReading(folder.path("a.csv"))
      #expect(reading.error == nil && reading.catalog.events.isEmpty)
    }
  }
}
