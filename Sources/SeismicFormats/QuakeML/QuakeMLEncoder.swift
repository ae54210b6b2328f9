/// Turns value types into QuakeML 1.2.
public final class QuakeMLEncoder {
  let sink: TextSink

  /// Creates an encoder that adds to a sink.
  public init(sink: TextSink) { self.sink = sink }

  static let bedNamespace = "http://quakeml.org/xmlns/bed/1.2"

  // MARK: The document

  func begin(_ header: CatalogHeader) {
    sink.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
    sink.append("<q:quakeml xmlns=\"http://quakeml.org/xmlns/bed/1.2\"")
    sink.append(" xmlns:q=\"http://quakeml.org/xmlns/quakeml/1.2\" xmlns:hsdl=\"urn:hsdl-mpi:quakeml:1\">\n")
    sink.append("  <eventParameters publicID=\"")
    ResourceIdentifier.append(header.publicID ?? "catalog", .other, to: sink)
    sink.append("\"")
    attributes(header.extras)
    sink.append(">\n")
  }

  func end(_ header: CatalogHeader) {
    line(4) {
      text("description", header.description)
      for comment in header.comments { self.comment(comment) }
      creationInfo(header.creationInfo)
      elements(header.extras)
    }
    sink.append("  </eventParameters>\n</q:quakeml>\n")
  }

  /// Adds an event.
  public func event(_ event: Event) {
    sink.append("    <event publicID=\"")
    ResourceIdentifier.append(event.publicID, .event, to: sink)
    sink.append("\"")
    attributes(event.extras)
    sink.append(">\n")
    line(6) {
      reference("preferredOriginID", event.preferredOriginID, .origin)
      reference("preferredMagnitudeID", event.preferredMagnitudeID, .magnitude)
      reference("preferredFocalMechanismID", event.preferredFocalMechanismID, .focalMechanism)
      text("type", event.type)
      text("typeCertainty", event.typeCertainty)
      for description in event.descriptions { self.description(description) }
      for comment in event.comments { self.comment(comment) }
      creationInfo(event.creationInfo)
    }
    for origin in event.origins { self.origin(origin) }
    for magnitude in event.magnitudes { line(6) { self.magnitude(magnitude) } }
    for magnitude in event.stationMagnitudes { line(6) { stationMagnitude(magnitude) } }
    for amplitude in event.amplitudes { line(6) { self.amplitude(amplitude) } }
    for pick in event.picks { line(6) { self.pick(pick) } }
    for mechanism in event.focalMechanisms { line(6) { focalMechanism(mechanism) } }
    // QuakeML's schema wants what is not its own behind everything else.
    line(6) {
      for column in event.columns {
        sink.append("<hsdl:column name=\"")
        sink.append(xml: column.name, isAttribute: true)
        sink.append("\">")
        sink.append(xml: column.value)
        sink.append("</hsdl:column>")
      }
      elements(event.extras)
    }
    sink.append("    </event>\n")
  }

  // MARK: Pieces

  /// Writes a line with indentation, unless there is nothing to write.
  private func line(_ indent: Int, _ content: () -> Void) {
    let before = sink.count
    for _ in 0..<indent { sink.append(byte: 32) }
    content()
    if sink.count == before + indent { sink.truncate(to: before) } else { sink.append(byte: 10) }
  }

  @inline(__always)
  func open(_ name: StaticString) {
    sink.append(byte: 60)
    sink.append(name)
    sink.append(byte: 62)
  }

  @inline(__always)
  func close(_ name: StaticString) {
    sink.append("</")
    sink.append(name)
    sink.append(byte: 62)
  }

  /// Opens an element that has attributes, or extras with some.
  private func open(_ name: StaticString, publicID: String, _ kind: ResourceIdentifier.Kind, _ extras: Extras?) {
    sink.append(byte: 60)
    sink.append(name)
    sink.append(" publicID=\"")
    ResourceIdentifier.append(publicID, kind, to: sink)
    sink.append(byte: 34)
    attributes(extras)
    sink.append(byte: 62)
  }

  private func open(_ name: StaticString, _ extras: Extras?) {
    sink.append(byte: 60)
    sink.append(name)
    attributes(extras)
    sink.append(byte: 62)
  }

  @inline(__always)
  private func text(_ name: StaticString, _ value: String?) {
    guard let value else { return }
    open(name)
    sink.append(xml: value)
    close(name)
  }

  private func reference(_ name: StaticString, _ value: String?, _ kind: ResourceIdentifier.Kind = .other) {
    guard let value else { return }
    open(name)
    if value.isEmpty { sink.append("") } else { ResourceIdentifier.append(value, kind, to: sink) }
    close(name)
  }

  @inline(__always)
  private func number(_ name: StaticString, _ value: Double?) {
    guard let value else { return }
    open(name)
    sink.append(value)
    close(name)
  }

  @inline(__always)
  private func number(_ name: StaticString, _ value: Int?) {
    guard let value else { return }
    open(name)
    sink.append(value)
    close(name)
  }

  private func boolean(_ name: StaticString, _ value: Bool?) {
    guard let value else { return }
    open(name)
    sink.append(value ? "true" : "false")
    close(name)
  }

  private func time(_ name: StaticString, _ value: UTCTime?) {
    guard let value else { return }
    open(name)
    append(value)
    close(name)
  }

  @inline(__always)
  private func append(_ time: UTCTime) {
    sink.append(time, fractionDigits: time.nanoseconds % 1000 == 0 ? 6 : 9)
  }

  @inline(__always)
  private func quantity<Value>(_ name: StaticString, _ quantity: Quantity<Value>?, _ write: (Value) -> Void) {
    guard let quantity else { return }
    open(name, quantity.extras)
    open("value")
    write(quantity.value)
    close("value")
    if let errors = quantity.errors {
      number("uncertainty", errors.uncertainty)
      number("lowerUncertainty", errors.lowerUncertainty)
      number("upperUncertainty", errors.upperUncertainty)
      number("confidenceLevel", errors.confidenceLevel)
    }
    elements(quantity.extras)
    close(name)
  }

  private func real(_ name: StaticString, _ value: RealQuantity?) {
    quantity(name, value) { sink.append($0) }
  }

  private func integer(_ name: StaticString, _ value: IntegerQuantity?) {
    quantity(name, value) { sink.append($0) }
  }

  private func attributes(_ extras: Extras?) {
    guard let extras else { return }
    var declared: Set<String> = []
    for attribute in extras.attributes { self.attribute(attribute, &declared) }
  }

  private func attribute(_ attribute: ForeignAttribute, _ declared: inout Set<String>) {
    if let prefix = attribute.prefix, let namespace = attribute.namespace, prefix != "xml",
      declared.insert(prefix).inserted
    {
      sink.append(" xmlns:")
      sink.append(text: prefix)
      sink.append("=\"")
      sink.append(xml: namespace, isAttribute: true)
      sink.append(byte: 34)
    }
    sink.append(byte: 32)
    if let prefix = attribute.prefix {
      sink.append(text: prefix)
      sink.append(byte: 58)
    }
    sink.append(text: attribute.name)
    sink.append("=\"")
    sink.append(xml: attribute.value, isAttribute: true)
    sink.append(byte: 34)
  }

  private func elements(_ extras: Extras?) {
    guard let extras else { return }
    for element in extras.elements { foreign(element, defaultNamespace: Self.bedNamespace) }
  }

  private func foreign(_ element: ForeignElement, defaultNamespace: String) {
    let namespace = element.namespace ?? Self.bedNamespace
    var inner = defaultNamespace
    var declared: Set<String> = []
    func name() {
      if let prefix = element.prefix {
        sink.append(text: prefix)
        sink.append(byte: 58)
      }
      sink.append(text: element.name)
    }
    sink.append(byte: 60)
    name()
    if let prefix = element.prefix {
      declared.insert(prefix)
      sink.append(" xmlns:")
      sink.append(text: prefix)
      sink.append("=\"")
      sink.append(xml: namespace, isAttribute: true)
      sink.append(byte: 34)
    } else if namespace != defaultNamespace {
      inner = namespace
      sink.append(" xmlns=\"")
      sink.append(xml: namespace, isAttribute: true)
      sink.append(byte: 34)
    }
    for attribute in element.attributes { self.attribute(attribute, &declared) }
    sink.append(byte: 62)
    sink.append(xml: element.text)
    for child in element.children { foreign(child, defaultNamespace: inner) }
    sink.append("</")
    name()
    sink.append(byte: 62)
  }

  private func description(_ description: EventDescription) {
    open("description", description.extras)
    text("text", description.text)
    text("type", description.type)
    elements(description.extras)
    close("description")
  }

  private func comment(_ comment: Comment) {
    sink.append("<comment")
    if let id = comment.id {
      sink.append(" id=\"")
      ResourceIdentifier.append(id, .other, to: sink)
      sink.append(byte: 34)
    }
    attributes(comment.extras)
    sink.append(byte: 62)
    text("text", comment.text)
    creationInfo(comment.creationInfo)
    elements(comment.extras)
    close("comment")
  }

  private func creationInfo(_ info: CreationInfo?) {
    guard let info else { return }
    open("creationInfo", info.extras)
    text("agencyID", info.agencyID)
    reference("agencyURI", info.agencyURI)
    text("author", info.author)
    reference("authorURI", info.authorURI)
    time("creationTime", info.creationTime)
    text("version", info.version)
    elements(info.extras)
    close("creationInfo")
  }

  private func waveformID(_ stream: WaveformStreamID?) {
    guard let stream else { return }
    func code(_ name: StaticString, _ value: String?) {
      guard let value else { return }
      sink.append(byte: 32)
      sink.append(name)
      sink.append("=\"")
      sink.append(xml: value, isAttribute: true)
      sink.append(byte: 34)
    }
    sink.append("<waveformID")
    code("networkCode", stream.networkCode)
    code("stationCode", stream.stationCode)
    code("locationCode", stream.locationCode)
    code("channelCode", stream.channelCode)
    attributes(stream.extras)
    if stream.resourceURI == nil && stream.extras == nil {
      sink.append("/>")
    } else {
      sink.append(byte: 62)
      if let uri = stream.resourceURI { ResourceIdentifier.append(uri, .other, to: sink) }
      elements(stream.extras)
      close("waveformID")
    }
  }

  private func evaluation(_ mode: EvaluationMode?, _ status: EvaluationStatus?) {
    text("evaluationMode", mode?.rawValue)
    text("evaluationStatus", status?.rawValue)
  }

  private func origin(_ origin: Origin) {
    sink.append("      ")
    open("origin", publicID: origin.publicID, .origin, origin.extras)
    quantity("time", origin.time) { append($0) }
    real("latitude", origin.latitude)
    real("longitude", origin.longitude)
    real("depth", origin.depth)
    text("depthType", origin.depthType)
    boolean("timeFixed", origin.timeFixed)
    boolean("epicenterFixed", origin.epicenterFixed)
    reference("referenceSystemID", origin.referenceSystemID)
    reference("methodID", origin.methodID)
    reference("earthModelID", origin.earthModelID)
    for date in origin.compositeTimes {
      open("compositeTime", date.extras)
      integer("year", date.year)
      integer("month", date.month)
      integer("day", date.day)
      integer("hour", date.hour)
      integer("minute", date.minute)
      real("second", date.second)
      elements(date.extras)
      close("compositeTime")
    }
    if let quality = origin.quality { self.quality(quality) }
    text("type", origin.type)
    text("region", origin.region)
    evaluation(origin.evaluationMode, origin.evaluationStatus)
    for value in origin.uncertainties { uncertainty(value) }
    for comment in origin.comments { self.comment(comment) }
    creationInfo(origin.creationInfo)
    elements(origin.extras)
    if !origin.arrivals.isEmpty {
      sink.append(byte: 10)
      for arrival in origin.arrivals { line(8) { self.arrival(arrival) } }
      sink.append("      ")
    }
    close("origin")
    sink.append(byte: 10)
  }

  private func quality(_ quality: OriginQuality) {
    open("quality", quality.extras)
    number("associatedPhaseCount", quality.associatedPhaseCount)
    number("usedPhaseCount", quality.usedPhaseCount)
    number("associatedStationCount", quality.associatedStationCount)
    number("usedStationCount", quality.usedStationCount)
    number("depthPhaseCount", quality.depthPhaseCount)
    number("standardError", quality.standardError)
    number("azimuthalGap", quality.azimuthalGap)
    number("secondaryAzimuthalGap", quality.secondaryAzimuthalGap)
    text("groundTruthLevel", quality.groundTruthLevel)
    number("maximumDistance", quality.maximumDistance)
    number("minimumDistance", quality.minimumDistance)
    number("medianDistance", quality.medianDistance)
    elements(quality.extras)
    close("quality")
  }

  private func uncertainty(_ value: OriginUncertainty) {
    open("originUncertainty", value.extras)
    number("horizontalUncertainty", value.horizontalUncertainty)
    number("minHorizontalUncertainty", value.minHorizontalUncertainty)
    number("maxHorizontalUncertainty", value.maxHorizontalUncertainty)
    number("azimuthMaxHorizontalUncertainty", value.azimuthMaxHorizontalUncertainty)
    if let ellipsoid = value.confidenceEllipsoid {
      open("confidenceEllipsoid", ellipsoid.extras)
      number("semiMajorAxisLength", ellipsoid.semiMajorAxisLength)
      number("semiMinorAxisLength", ellipsoid.semiMinorAxisLength)
      number("semiIntermediateAxisLength", ellipsoid.semiIntermediateAxisLength)
      number("majorAxisPlunge", ellipsoid.majorAxisPlunge)
      number("majorAxisAzimuth", ellipsoid.majorAxisAzimuth)
      number("majorAxisRotation", ellipsoid.majorAxisRotation)
      elements(ellipsoid.extras)
      close("confidenceEllipsoid")
    }
    text("preferredDescription", value.preferredDescription)
    number("confidenceLevel", value.confidenceLevel)
    elements(value.extras)
    close("originUncertainty")
  }

  private func arrival(_ arrival: Arrival) {
    open("arrival", publicID: arrival.publicID, .arrival, arrival.extras)
    reference("pickID", arrival.pickID, .pick)
    text("phase", arrival.phase)
    number("timeCorrection", arrival.timeCorrection)
    number("azimuth", arrival.azimuth)
    number("distance", arrival.distance)
    real("takeoffAngle", arrival.takeoffAngle)
    number("timeResidual", arrival.timeResidual)
    number("horizontalSlownessResidual", arrival.horizontalSlownessResidual)
    number("backazimuthResidual", arrival.backazimuthResidual)
    number("timeWeight", arrival.timeWeight)
    number("horizontalSlownessWeight", arrival.horizontalSlownessWeight)
    number("backazimuthWeight", arrival.backazimuthWeight)
    reference("earthModelID", arrival.earthModelID)
    for comment in arrival.comments { self.comment(comment) }
    creationInfo(arrival.creationInfo)
    elements(arrival.extras)
    close("arrival")
  }

  private func pick(_ pick: Pick) {
    open("pick", publicID: pick.publicID, .pick, pick.extras)
    quantity("time", pick.time) { append($0) }
    waveformID(pick.waveformID)
    reference("filterID", pick.filterID)
    reference("methodID", pick.methodID)
    real("horizontalSlowness", pick.horizontalSlowness)
    real("backazimuth", pick.backazimuth)
    reference("slownessMethodID", pick.slownessMethodID)
    text("onset", pick.onset)
    text("phaseHint", pick.phaseHint)
    text("polarity", pick.polarity)
    evaluation(pick.evaluationMode, pick.evaluationStatus)
    for comment in pick.comments { self.comment(comment) }
    creationInfo(pick.creationInfo)
    if let probability = pick.probability {
      sink.append("<hsdl:probability>")
      sink.append(probability)
      sink.append("</hsdl:probability>")
    }
    elements(pick.extras)
    close("pick")
  }

  private func magnitude(_ magnitude: Magnitude) {
    open("magnitude", publicID: magnitude.publicID, .magnitude, magnitude.extras)
    for contribution in magnitude.stationMagnitudeContributions {
      open("stationMagnitudeContribution", contribution.extras)
      reference("stationMagnitudeID", contribution.stationMagnitudeID, .stationMagnitude)
      number("residual", contribution.residual)
      number("weight", contribution.weight)
      elements(contribution.extras)
      close("stationMagnitudeContribution")
    }
    real("mag", magnitude.mag)
    text("type", magnitude.type)
    number("stationCount", magnitude.stationCount)
    number("azimuthalGap", magnitude.azimuthalGap)
    reference("originID", magnitude.originID, .origin)
    reference("methodID", magnitude.methodID)
    evaluation(magnitude.evaluationMode, magnitude.evaluationStatus)
    for comment in magnitude.comments { self.comment(comment) }
    creationInfo(magnitude.creationInfo)
    elements(magnitude.extras)
    close("magnitude")
  }

  private func stationMagnitude(_ magnitude: StationMagnitude) {
    open("stationMagnitude", publicID: magnitude.publicID, .stationMagnitude, magnitude.extras)
    reference("originID", magnitude.originID, .origin)
    real("mag", magnitude.mag)
    text("type", magnitude.type)
    reference("amplitudeID", magnitude.amplitudeID, .amplitude)
    reference("methodID", magnitude.methodID)
    waveformID(magnitude.waveformID)
    for comment in magnitude.comments { self.comment(comment) }
    creationInfo(magnitude.creationInfo)
    elements(magnitude.extras)
    close("stationMagnitude")
  }

  private func amplitude(_ amplitude: Amplitude) {
    open("amplitude", publicID: amplitude.publicID, .amplitude, amplitude.extras)
    real("genericAmplitude", amplitude.genericAmplitude)
    text("type", amplitude.type)
    text("category", amplitude.category)
    text("unit", amplitude.unit)
    reference("methodID", amplitude.methodID)
    real("period", amplitude.period)
    number("snr", amplitude.snr)
    if let window = amplitude.timeWindow {
      open("timeWindow", window.extras)
      number("begin", window.begin)
      number("end", window.end)
      time("reference", window.reference)
      elements(window.extras)
      close("timeWindow")
    }
    reference("pickID", amplitude.pickID, .pick)
    waveformID(amplitude.waveformID)
    reference("filterID", amplitude.filterID)
    quantity("scalingTime", amplitude.scalingTime) { append($0) }
    text("magnitudeHint", amplitude.magnitudeHint)
    evaluation(amplitude.evaluationMode, amplitude.evaluationStatus)
    for comment in amplitude.comments { self.comment(comment) }
    creationInfo(amplitude.creationInfo)
    elements(amplitude.extras)
    close("amplitude")
  }

  private func focalMechanism(_ mechanism: FocalMechanism) {
    open("focalMechanism", publicID: mechanism.publicID, .focalMechanism, mechanism.extras)
    for stream in mechanism.waveformIDs { waveformID(stream) }
    reference("triggeringOriginID", mechanism.triggeringOriginID, .origin)
    number("azimuthalGap", mechanism.azimuthalGap)
    number("stationPolarityCount", mechanism.stationPolarityCount)
    number("misfit", mechanism.misfit)
    number("stationDistributionRatio", mechanism.stationDistributionRatio)
    reference("methodID", mechanism.methodID)
    if let planes = mechanism.nodalPlanes {
      sink.append("<nodalPlanes")
      if let preferred = planes.preferredPlane {
        sink.append(" preferredPlane=\"")
        sink.append(preferred)
        sink.append(byte: 34)
      }
      attributes(planes.extras)
      sink.append(byte: 62)
      plane("nodalPlane1", planes.nodalPlane1)
      plane("nodalPlane2", planes.nodalPlane2)
      elements(planes.extras)
      close("nodalPlanes")
    }
    if let axes = mechanism.principalAxes {
      open("principalAxes", axes.extras)
      axis("tAxis", axes.tAxis)
      axis("pAxis", axes.pAxis)
      axis("nAxis", axes.nAxis)
      elements(axes.extras)
      close("principalAxes")
    }
    if let moment = mechanism.momentTensor { momentTensor(moment) }
    evaluation(mechanism.evaluationMode, mechanism.evaluationStatus)
    for comment in mechanism.comments { self.comment(comment) }
    creationInfo(mechanism.creationInfo)
    elements(mechanism.extras)
    close("focalMechanism")
  }

  private func plane(_ name: StaticString, _ plane: NodalPlane?) {
    guard let plane else { return }
    open(name, plane.extras)
    real("strike", plane.strike)
    real("dip", plane.dip)
    real("rake", plane.rake)
    elements(plane.extras)
    close(name)
  }

  private func axis(_ name: StaticString, _ axis: PrincipalAxis?) {
    guard let axis else { return }
    open(name, axis.extras)
    real("azimuth", axis.azimuth)
    real("plunge", axis.plunge)
    real("length", axis.length)
    elements(axis.extras)
    close(name)
  }

  private func momentTensor(_ moment: MomentTensor) {
    if let publicID = moment.publicID {
      open("momentTensor", publicID: publicID, .momentTensor, moment.extras)
    } else {
      open("momentTensor", moment.extras)
    }
    reference("derivedOriginID", moment.derivedOriginID, .origin)
    reference("momentMagnitudeID", moment.momentMagnitudeID, .magnitude)
    real("scalarMoment", moment.scalarMoment)
    if let tensor = moment.tensor {
      open("tensor", tensor.extras)
      real("Mrr", tensor.mrr)
      real("Mtt", tensor.mtt)
      real("Mpp", tensor.mpp)
      real("Mrt", tensor.mrt)
      real("Mrp", tensor.mrp)
      real("Mtp", tensor.mtp)
      elements(tensor.extras)
      close("tensor")
    }
    number("variance", moment.variance)
    number("varianceReduction", moment.varianceReduction)
    number("doubleCouple", moment.doubleCouple)
    number("clvd", moment.clvd)
    number("iso", moment.iso)
    reference("greensFunctionID", moment.greensFunctionID)
    reference("filterID", moment.filterID)
    if let function = moment.sourceTimeFunction {
      open("sourceTimeFunction", function.extras)
      text("type", function.type)
      number("duration", function.duration)
      number("riseTime", function.riseTime)
      number("decayTime", function.decayTime)
      elements(function.extras)
      close("sourceTimeFunction")
    }
    for data in moment.dataUsed {
      open("dataUsed", data.extras)
      text("waveType", data.waveType)
      number("stationCount", data.stationCount)
      number("componentCount", data.componentCount)
      number("shortestPeriod", data.shortestPeriod)
      number("longestPeriod", data.longestPeriod)
      elements(data.extras)
      close("dataUsed")
    }
    reference("methodID", moment.methodID)
    text("category", moment.category)
    text("inversionType", moment.inversionType)
    for comment in moment.comments { self.comment(comment) }
    creationInfo(moment.creationInfo)
    elements(moment.extras)
    close("momentTensor")
  }
}
