import Foundation
import SeismicFormats
import TestSupport
import Testing

@Suite("QuakeML written and read")
struct QuakeMLRoundTripTests {
  private static let time = UTCTime(seconds: 1_722_617_783, nanoseconds: 715_000_001)

  private static func info(_ seed: String) -> CreationInfo {
    var info = CreationInfo(agencyID: "AG\(seed)", author: "A. & B. <\(seed)>", creationTime: time, version: "1")
    info.agencyURI = "smi:test/agency"
    info.authorURI = "smi:test/author"
    return info
  }

  private static func real(_ value: Double) -> RealQuantity {
    var quantity = RealQuantity(value)
    quantity.errors = QuantityErrors(
      uncertainty: 0.1, lowerUncertainty: 0.05, upperUncertainty: 1e-12, confidenceLevel: 68.3)
    return quantity
  }

  private static func stream(_ station: String) -> WaveformStreamID {
    WaveformStreamID(
      networkCode: "TX", stationCode: station, locationCode: "", channelCode: "HHZ", resourceURI: "smi:test/wave")
  }

  private static func remarks(_ text: String) -> [SeismicFormats.Comment] {
    [SeismicFormats.Comment(text, id: "smi:test/comment", creationInfo: info(text)), SeismicFormats.Comment("plain")]
  }

  /// An event in which every field is set.
  static let full: Event = {
    var event = Event(publicID: "smi:test/event")
    event.preferredOriginID = "smi:test/o1"
    event.preferredMagnitudeID = "smi:test/m1"
    event.preferredFocalMechanismID = "smi:test/f1"
    event.type = "earthquake"
    event.typeCertainty = "suspected"
    event.descriptions = [EventDescription("Übersee \"x\" & <y>", type: "region name"), EventDescription("z")]
    event.comments = remarks("line\nline")
    event.creationInfo = info("e")
    event.columns = [Event.Column(name: "a \"b\"\t<c>\nd", value: "1 & 2"), Event.Column(name: "", value: "")]
    event.origins = [
      origin,
      Origin(
        publicID: "smi:test/o2", time: TimeQuantity(UTCTime(seconds: -1)), latitude: RealQuantity(0),
        longitude: RealQuantity(-180)),
    ]
    var magnitude = Magnitude(publicID: "smi:test/m1", mag: real(-0.3))
    magnitude.type = "ML"
    magnitude.stationCount = 3
    magnitude.azimuthalGap = 120.5
    magnitude.originID = "smi:test/o1"
    magnitude.methodID = "smi:test/method"
    var contribution = StationMagnitudeContribution(stationMagnitudeID: "smi:test/sm1")
    contribution.residual = -0.1
    contribution.weight = 0.5
    magnitude.stationMagnitudeContributions = [contribution]
    magnitude.evaluationMode = .manual
    magnitude.evaluationStatus = .final
    magnitude.comments = remarks("m")
    magnitude.creationInfo = info("m")
    event.magnitudes = [magnitude]
    var station = StationMagnitude(publicID: "smi:test/sm1", mag: real(1.25))
    station.originID = "smi:test/o1"
    station.type = "ML"
    station.amplitudeID = "smi:test/a1"
    station.methodID = "smi:test/method"
    station.waveformID = stream("S1")
    station.comments = remarks("sm")
    station.creationInfo = info("sm")
    event.stationMagnitudes = [station]
    event.amplitudes = [amplitude]
    event.picks = [pick]
    event.focalMechanisms = [mechanism]
    return event
  }()

  private static let origin: Origin = {
    var origin = Origin(
      publicID: "smi:test/o1", time: TimeQuantity(time, uncertainty: 0.25), latitude: real(31.6588),
      longitude: real(-104.3794))
    origin.depth = real(6100)
    origin.depthType = "from location"
    origin.timeFixed = false
    origin.epicenterFixed = true
    origin.referenceSystemID = "smi:test/wgs84"
    origin.methodID = "smi:test/method"
    origin.earthModelID = "smi:test/model"
    var date = CompositeTime()
    date.year = IntegerQuantity(1755)
    date.month = IntegerQuantity(11)
    date.day = IntegerQuantity(1)
    date.hour = IntegerQuantity(9)
    date.minute = IntegerQuantity(40, uncertainty: 10)
    date.second = real(0.5)
    origin.compositeTimes = [date, CompositeTime()]
    var quality = OriginQuality()
    quality.associatedPhaseCount = 12
    quality.usedPhaseCount = 11
    quality.associatedStationCount = 10
    quality.usedStationCount = 9
    quality.depthPhaseCount = 0
    quality.standardError = 0.123456789
    quality.azimuthalGap = 359.9
    quality.secondaryAzimuthalGap = 360
    quality.groundTruthLevel = "GT5"
    quality.maximumDistance = 1.5
    quality.minimumDistance = 0.01
    quality.medianDistance = 0.7
    origin.quality = quality
    origin.type = "hypocenter"
    origin.region = "Western Texas"
    origin.evaluationMode = .automatic
    origin.evaluationStatus = .preliminary
    var uncertainty = OriginUncertainty()
    uncertainty.horizontalUncertainty = 100
    uncertainty.minHorizontalUncertainty = 50
    uncertainty.maxHorizontalUncertainty = 200
    uncertainty.azimuthMaxHorizontalUncertainty = 45
    uncertainty.confidenceEllipsoid = ConfidenceEllipsoid(
      semiMajorAxisLength: 3, semiMinorAxisLength: 1, semiIntermediateAxisLength: 2, majorAxisPlunge: 10,
      majorAxisAzimuth: 20, majorAxisRotation: 30)
    uncertainty.preferredDescription = "confidence ellipsoid"
    uncertainty.confidenceLevel = 90
    origin.uncertainties = [uncertainty, OriginUncertainty()]
    var arrival = Arrival(publicID: "smi:test/arr1", pickID: "smi:test/p1", phase: "Pg")
    arrival.timeCorrection = 0.5
    arrival.azimuth = 12
    arrival.distance = 0.3
    arrival.takeoffAngle = real(90)
    arrival.timeResidual = -0.01
    arrival.horizontalSlownessResidual = 1
    arrival.backazimuthResidual = 2
    arrival.timeWeight = 3
    arrival.horizontalSlownessWeight = 4
    arrival.backazimuthWeight = 5
    arrival.earthModelID = "smi:test/model"
    arrival.comments = remarks("arr")
    arrival.creationInfo = info("arr")
    origin.arrivals = [arrival]
    origin.comments = remarks("o")
    origin.creationInfo = info("o")
    return origin
  }()

  private static let amplitude: Amplitude = {
    var amplitude = Amplitude(publicID: "smi:test/a1", genericAmplitude: real(1.5e-9))
    amplitude.type = "AML"
    amplitude.category = "point"
    amplitude.unit = "m/(s*s)"
    amplitude.methodID = "smi:test/method"
    amplitude.period = real(0.2)
    amplitude.snr = 3
    amplitude.timeWindow = TimeWindow(begin: 0.5, end: 2, reference: time)
    amplitude.pickID = "smi:test/p1"
    amplitude.waveformID = stream("S1")
    amplitude.filterID = "smi:test/filter"
    amplitude.scalingTime = TimeQuantity(time, uncertainty: 1)
    amplitude.magnitudeHint = "ML"
    amplitude.evaluationMode = .manual
    amplitude.evaluationStatus = .reviewed
    amplitude.comments = remarks("a")
    amplitude.creationInfo = info("a")
    return amplitude
  }()

  private static let pick: Pick = {
    var pick = Pick(publicID: "smi:test/p1", time: TimeQuantity(time, uncertainty: 0.01), waveformID: stream("S1"))
    pick.phaseHint = "P"
    pick.probability = 0.006999999999999999
    pick.filterID = "smi:test/filter"
    pick.methodID = "smi:test/method"
    pick.horizontalSlowness = real(10)
    pick.backazimuth = real(11)
    pick.slownessMethodID = "smi:test/method"
    pick.onset = "impulsive"
    pick.polarity = "positive"
    pick.evaluationMode = .automatic
    pick.evaluationStatus = .confirmed
    pick.comments = remarks("p")
    pick.creationInfo = info("p")
    return pick
  }()

  private static let mechanism: FocalMechanism = {
    var mechanism = FocalMechanism(publicID: "smi:test/f1")
    mechanism.waveformIDs = [stream("S1"), stream("S2")]
    mechanism.triggeringOriginID = "smi:test/o1"
    mechanism.azimuthalGap = 90
    mechanism.stationPolarityCount = 12
    mechanism.misfit = 0.1
    mechanism.stationDistributionRatio = 0.8
    mechanism.methodID = "smi:test/method"
    var planes = NodalPlanes()
    planes.nodalPlane1 = NodalPlane(strike: real(1), dip: real(2), rake: real(-3))
    planes.nodalPlane2 = NodalPlane(strike: real(4), dip: real(5), rake: real(6))
    planes.preferredPlane = 2
    mechanism.nodalPlanes = planes
    var axes = PrincipalAxes()
    axes.tAxis = PrincipalAxis(azimuth: real(1), plunge: real(2), length: real(3e15))
    axes.pAxis = PrincipalAxis(azimuth: real(4), plunge: real(5), length: real(-6e15))
    axes.nAxis = PrincipalAxis(azimuth: real(7), plunge: real(8), length: real(9))
    mechanism.principalAxes = axes
    var moment = MomentTensor(publicID: "smi:test/mt1")
    moment.derivedOriginID = "smi:test/o2"
    moment.momentMagnitudeID = "smi:test/m1"
    moment.scalarMoment = real(4.2e17)
    moment.tensor = Tensor(
      mrr: real(1e15), mtt: real(2e15), mpp: real(-3e15), mrt: real(4), mrp: real(5), mtp: real(6))
    moment.variance = 0.1
    moment.varianceReduction = 98
    moment.doubleCouple = 0.9
    moment.clvd = 0.1
    moment.iso = 0
    moment.greensFunctionID = "smi:test/green"
    moment.filterID = "smi:test/filter"
    var function = SourceTimeFunction(type: "triangle", duration: 2)
    function.riseTime = 1
    function.decayTime = 1
    moment.sourceTimeFunction = function
    var data = DataUsed(waveType: "surface waves")
    data.stationCount = 7
    data.componentCount = 20
    data.shortestPeriod = 20
    data.longestPeriod = 150
    moment.dataUsed = [data, DataUsed(waveType: "P waves")]
    moment.methodID = "smi:test/method"
    moment.category = "regional"
    moment.inversionType = "zero trace"
    moment.comments = remarks("mt")
    moment.creationInfo = info("mt")
    mechanism.momentTensor = moment
    mechanism.evaluationMode = .manual
    mechanism.evaluationStatus = .rejected
    mechanism.comments = remarks("f")
    mechanism.creationInfo = info("f")
    return mechanism
  }()

  @Test("an event in which every field is set is the same after writing and reading")
  func everyField() throws {
    let folder = try TemporaryFolder()
    var header = CatalogHeader(publicID: "smi:test/catalog")
    header.description = "made for a test"
    header.comments = Self.remarks("h")
    header.creationInfo = Self.info("h")
    let catalog = Catalog(header: header, events: [Self.full, Event(publicID: "smi:test/bare"), Self.full])
    let reading = try CatalogReading(try folder.writeQuakeML("a.xml", catalog))
    #expect(reading.error == nil)
    #expect(reading.problems == [])
    #expect(reading.catalog.header == header)
    #expect(reading.catalog.events.count == 3)
    for (read, written) in zip(reading.catalog.events, catalog.events) {
      #expect(read.origins == written.origins)
      #expect(read.magnitudes == written.magnitudes)
      #expect(read.stationMagnitudes == written.stationMagnitudes)
      #expect(read.amplitudes == written.amplitudes)
      #expect(read.picks == written.picks)
      #expect(read.focalMechanisms == written.focalMechanisms)
      #expect(read.columns == written.columns)
      #expect(read == written)
    }
    #expect(try folder.writeQuakeML("b.xml", reading.catalog) == folder.path("b.xml"))
    #expect(try folder.bytes("a.xml") == folder.bytes("b.xml"))
  }

  @Test("any text that XML can hold is the same after writing and reading; what it cannot hold is replaced")
  func texts() throws {
    let folder = try TemporaryFolder()
    let pieces: [Unicode.Scalar] = [
      "a", "<", ">", "&", "\"", "'", "]", "\n", "\r", "\t", " ", "é", "\u{85}", "\u{2028}", "😀", "\u{FFFD}",
      "\u{10FFFF}", ";", "#", "\u{7F}",
    ]
    let forbidden: [Unicode.Scalar] = ["\u{0}", "\u{1}", "\u{8}", "\u{B}", "\u{1F}", "\u{FFFE}", "\u{FFFF}"]
    var random = SeededGenerator(81)
    for round in 0..<150 {
      let isAllowed = round % 2 == 0
      let alphabet = isAllowed ? pieces : pieces + forbidden
      func text() -> String {
        // White space at the ends of an element's text has no meaning in QuakeML.
        var scalars = String.UnicodeScalarView("x".unicodeScalars)
        for _ in 0..<random.below(12) { scalars.append(alphabet[random.below(alphabet.count)]) }
        return String(scalars) + "x"
      }
      var event = Event(publicID: "smi:test/event")
      event.descriptions = [EventDescription(text())]
      event.columns = [Event.Column(name: text(), value: text())]
      var pick = Pick(
        publicID: "smi:test/p", time: TimeQuantity(.epoch),
        waveformID: WaveformStreamID(networkCode: text(), stationCode: text()))
      pick.extras = Extras()
      pick.extras?.attributes = [ForeignAttribute(name: "a", prefix: "f", namespace: "urn:f", value: text())]
      pick.extras?.elements = [ForeignElement(name: "e", prefix: "f", namespace: "urn:f", text: text())]
      event.picks = [pick]
      let reading = try CatalogReading(try folder.writeQuakeML("a.xml", Catalog(events: [event])))
      #expect(reading.error == nil)
      let read = try #require(reading.catalog.events.first)
      if isAllowed { #expect(read == event) }
      #expect(read.descriptions[0].text.unicodeScalars.count == event.descriptions[0].text.unicodeScalars.count)
      #expect(read.columns[0].name.unicodeScalars.count == event.columns[0].name.unicodeScalars.count)
    }
  }

  @Test("numbers and times are the same to the last bit")
  func numbers() throws {
    let folder = try TemporaryFolder()
    var random = SeededGenerator(82)
    var event = Event(publicID: "smi:test/event")
    for _ in 0..<2000 {
      var pick = Pick(
        publicID: "smi:test/p",
        time: TimeQuantity(
          UTCTime(
            seconds: Int64.random(in: -62_000_000_000..<250_000_000_000, using: &random),
            nanoseconds: Int64(random.below(1_000_000_000)))),
        waveformID: WaveformStreamID(networkCode: "", stationCode: ""))
      pick.probability = random.finiteDouble()
      pick.backazimuth = RealQuantity(random.finiteDouble(), uncertainty: random.finiteDouble())
      event.picks.append(pick)
    }
    let reading = try CatalogReading(try folder.writeQuakeML("a.xml", Catalog(events: [event])))
    #expect(reading.problems == [])
    #expect(reading.catalog.events == [event])
  }

  @Test("identifiers that QuakeML forbids are made allowed, keep their references, and then stay")
  func identifiers() throws {
    let folder = try TemporaryFolder()
    let names = [
      "texnet2022yuqg", "Origin/20230312.54744", "a b", "é", "smi:x/short", "smi:abc/ok", "quakeml:us.anss/e?id=1&x=2",
      "smi:abc/", "smi:abc", "smi:abc/a b", "http://x/y", "a~20b", "", "50%", "smi:local/event/x", "<&>\"",
    ]
    var events: [Event] = []
    for name in names {
      var event = Event(publicID: name)
      event.origins = [
        Origin(
          publicID: name + "o", time: TimeQuantity(.epoch), latitude: RealQuantity(0), longitude: RealQuantity(0))
      ]
      event.preferredOriginID = name + "o"
      var arrival = Arrival(publicID: name + "arr", pickID: name + "p", phase: "P")
      arrival.earthModelID = name + "model"
      event.origins[0].arrivals = [arrival]
      event.picks = [
        Pick(
          publicID: name + "p", time: TimeQuantity(.epoch),
          waveformID: WaveformStreamID(networkCode: "", stationCode: "S"))
      ]
      events.append(event)
    }
    let first = try CatalogReading(try folder.writeQuakeML("a.xml", Catalog(events: events)))
    #expect(first.error == nil && first.problems == [])
    let valid = /(smi|quakeml):[\w\-.*()~']{3,}\/[\w\-.*()+?~'=,;#\/&]+/.asciiOnlyWordCharacters()
    for (event, name) in zip(first.catalog.events, names) {
      #expect(try valid.wholeMatch(in: event.publicID) != nil, "\(event.publicID)")
      #expect(event.preferredOriginID == event.origins[0].publicID)
      #expect(event.origins[0].arrivals[0].pickID == event.picks[0].publicID)
      if try valid.wholeMatch(in: name) != nil { #expect(event.publicID == name) }
    }
    #expect(Set(first.catalog.events.map(\.publicID)).count == names.count)
    #expect(first.catalog.events[0].publicID == "smi:local/event/texnet2022yuqg")
    #expect(first.catalog.events[0].tableID == "texnet2022yuqg")
    #expect(first.catalog.events[5].tableID == "smi:abc/ok")
    let second = try CatalogReading(try folder.writeQuakeML("b.xml", first.catalog))
    #expect(second.catalog == first.catalog)
  }

  @Test("a file appears only when it is finished, and takes the place of the one before")
  func appearance() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.xml", "old")
    do {
      let writer = try QuakeMLWriter(folder.path("a.xml"))
      try writer.write(Self.full)
      #expect(try folder.text("a.xml") == "old")
    }
    #expect(try folder.text("a.xml") == "old")
    #expect(try folder.names() == ["a.xml"])
    let writer = try QuakeMLWriter(folder.path("a.xml"))
    try writer.finish()
    #expect(try folder.text("a.xml").hasPrefix("<?xml"))
    #expect(try folder.names() == ["a.xml"])
    let error = #expect(throws: FormatError.self) { try QuakeMLWriter(folder.path("no/such/folder.xml")) }
    #expect(error?.kind == .cannotCreate)
  }

  @Test("events that were encoded elsewhere can be put between others")
  func fragments() throws {
    let folder = try TemporaryFolder()
    let sink = TextSink()
    QuakeMLEncoder(sink: sink).event(Self.full)
    let writer = try QuakeMLWriter(folder.path("a.xml"))
    try writer.write(Event(publicID: "smi:test/first"))
    try writer.write(fragment: sink.bytes)
    try writer.write(Event(publicID: "smi:test/last"))
    try writer.finish()
    let reading = try CatalogReading(folder.path("a.xml"))
    #expect(reading.catalog.events == [Event(publicID: "smi:test/first"), Self.full, Event(publicID: "smi:test/last")])
  }
}
