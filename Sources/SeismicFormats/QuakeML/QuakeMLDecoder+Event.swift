extension QuakeMLDecoder {
  /// Reads an event.
  ///
  /// - Parameter fallbackID: what to call the event if it has no identifier.
  mutating func event(_ node: Int32, fallbackID: String) throws -> Event {
    let publicID = attribute(node, .publicID) ?? ""
    let id = publicID.isEmpty ? fallbackID : publicID
    // Problems name the event as tables do.
    eventID = Event(publicID: id).tableID
    if publicID.isEmpty {
      try report(
        Problem(
          file: file, line: Int(tree.nodes[Int(node)].line), eventID: fallbackID,
          found: "an <event> has no publicID", expected: "a publicID in each <event>",
          action: "called \(fallbackID)"))
    }
    var event = Event(publicID: id)
    for child in tree.children(node) {
      switch tag(child) {
      case .preferredOriginID: event.preferredOriginID = string(child)
      case .preferredMagnitudeID: event.preferredMagnitudeID = string(child)
      case .preferredFocalMechanismID: event.preferredFocalMechanismID = string(child)
      case .type: event.type = try word(child, .eventType)
      case .typeCertainty: event.typeCertainty = try word(child, .eventTypeCertainty)
      case .description: event.descriptions.append(try description(child))
      case .comment: event.comments.append(try comment(child))
      case .creationInfo: event.creationInfo = try creationInfo(child)
      case .origin:
        if let origin = try origin(child) { event.origins.append(origin) } else { keep(child, &event.extras) }
      case .magnitude:
        if let magnitude = try magnitude(child) {
          event.magnitudes.append(magnitude)
        } else {
          keep(child, &event.extras)
        }
      case .stationMagnitude:
        if let magnitude = try stationMagnitude(child) {
          event.stationMagnitudes.append(magnitude)
        } else {
          keep(child, &event.extras)
        }
      case .amplitude:
        if let amplitude = try amplitude(child) {
          event.amplitudes.append(amplitude)
        } else {
          keep(child, &event.extras)
        }
      case .pick:
        if let pick = try pick(child) { event.picks.append(pick) } else { keep(child, &event.extras) }
      case .focalMechanism: event.focalMechanisms.append(try focalMechanism(child))
      case .column:
        event.columns.append(Event.Column(name: attribute(child, .name) ?? "", value: string(child)))
      default: keep(child, &event.extras)
      }
    }
    keepAttributes(node, except: [.publicID], &event.extras)
    return event
  }

  private func description(_ node: Int32) throws -> EventDescription {
    var description = EventDescription("")
    for child in tree.children(node) {
      switch tag(child) {
      case .text: description.text = string(child)
      case .type: description.type = try word(child, .eventDescriptionType)
      default: keep(child, &description.extras)
      }
    }
    keepAttributes(node, except: [], &description.extras)
    return description
  }

  func origin(_ node: Int32) throws -> Origin? {
    var time: TimeQuantity?
    var latitude: RealQuantity?
    var longitude: RealQuantity?
    // The required children may come last, so they are looked for first.
    for child in tree.children(node) {
      switch tag(child) {
      case .time: time = try timeQuantity(child)
      case .latitude: latitude = try realQuantity(child)
      case .longitude: longitude = try realQuantity(child)
      default: break
      }
    }
    guard let time, let latitude, let longitude else {
      let missing = [
        time == nil ? "time" : nil, latitude == nil ? "latitude" : nil, longitude == nil ? "longitude" : nil,
      ]
      try incomplete(node, needs: missing.compactMap { $0 }.joined(separator: ", "))
      return nil
    }
    var origin = Origin(
      publicID: attribute(node, .publicID) ?? "", time: time, latitude: latitude, longitude: longitude)
    for child in tree.children(node) {
      switch tag(child) {
      case .time, .latitude, .longitude: break
      case .depth: try realQuantity(child, into: &origin.depth, &origin.extras)
      case .depthType: origin.depthType = try word(child, .depthType)
      case .timeFixed: try boolean(child, into: &origin.timeFixed, &origin.extras)
      case .epicenterFixed: try boolean(child, into: &origin.epicenterFixed, &origin.extras)
      case .referenceSystemID: origin.referenceSystemID = string(child)
      case .methodID: origin.methodID = string(child)
      case .earthModelID: origin.earthModelID = string(child)
      case .compositeTime: origin.compositeTimes.append(try compositeTime(child))
      case .quality: origin.quality = try quality(child)
      case .type: origin.type = try word(child, .originType)
      case .region: origin.region = string(child)
      case .evaluationMode: origin.evaluationMode = try evaluationMode(child)
      case .evaluationStatus: origin.evaluationStatus = try evaluationStatus(child)
      case .originUncertainty: origin.uncertainties.append(try originUncertainty(child))
      case .arrival:
        if let arrival = try arrival(child) {
          origin.arrivals.append(arrival)
        } else {
          keep(child, &origin.extras)
        }
      case .comment: origin.comments.append(try comment(child))
      case .creationInfo: origin.creationInfo = try creationInfo(child)
      default: keep(child, &origin.extras)
      }
    }
    keepAttributes(node, except: [.publicID], &origin.extras)
    return origin
  }

  func evaluationMode(_ node: Int32) throws -> EvaluationMode {
    EvaluationMode(rawValue: try word(node, .evaluationMode))
  }

  func evaluationStatus(_ node: Int32) throws -> EvaluationStatus {
    EvaluationStatus(rawValue: try word(node, .evaluationStatus))
  }

  private func compositeTime(_ node: Int32) throws -> CompositeTime {
    var date = CompositeTime()
    for child in tree.children(node) {
      let place: WritableKeyPath<CompositeTime, IntegerQuantity?>
      switch tag(child) {
      case .year: place = \.year
      case .month: place = \.month
      case .day: place = \.day
      case .hour: place = \.hour
      case .minute: place = \.minute
      case .second:
        try realQuantity(child, into: &date.second, &date.extras)
        continue
      default:
        keep(child, &date.extras)
        continue
      }
      if let quantity = try integerQuantity(child) {
        date[keyPath: place] = quantity
      } else {
        try keepBad(child, "a quantity whose <value> is a whole number", &date.extras)
      }
    }
    keepAttributes(node, except: [], &date.extras)
    return date
  }

  private func quality(_ node: Int32) throws -> OriginQuality {
    var quality = OriginQuality()
    for child in tree.children(node) {
      switch tag(child) {
      case .associatedPhaseCount: try integer(child, into: &quality.associatedPhaseCount, &quality.extras)
      case .usedPhaseCount: try integer(child, into: &quality.usedPhaseCount, &quality.extras)
      case .associatedStationCount: try integer(child, into: &quality.associatedStationCount, &quality.extras)
      case .usedStationCount: try integer(child, into: &quality.usedStationCount, &quality.extras)
      case .depthPhaseCount: try integer(child, into: &quality.depthPhaseCount, &quality.extras)
      case .standardError: try real(child, into: &quality.standardError, &quality.extras)
      case .azimuthalGap: try real(child, into: &quality.azimuthalGap, &quality.extras)
      case .secondaryAzimuthalGap: try real(child, into: &quality.secondaryAzimuthalGap, &quality.extras)
      case .groundTruthLevel: quality.groundTruthLevel = string(child)
      case .maximumDistance: try real(child, into: &quality.maximumDistance, &quality.extras)
      case .minimumDistance: try real(child, into: &quality.minimumDistance, &quality.extras)
      case .medianDistance: try real(child, into: &quality.medianDistance, &quality.extras)
      default: keep(child, &quality.extras)
      }
    }
    keepAttributes(node, except: [], &quality.extras)
    return quality
  }

  private func originUncertainty(_ node: Int32) throws -> OriginUncertainty {
    var value = OriginUncertainty()
    for child in tree.children(node) {
      switch tag(child) {
      case .horizontalUncertainty: try real(child, into: &value.horizontalUncertainty, &value.extras)
      case .minHorizontalUncertainty: try real(child, into: &value.minHorizontalUncertainty, &value.extras)
      case .maxHorizontalUncertainty: try real(child, into: &value.maxHorizontalUncertainty, &value.extras)
      case .azimuthMaxHorizontalUncertainty:
        try real(child, into: &value.azimuthMaxHorizontalUncertainty, &value.extras)
      case .confidenceLevel: try real(child, into: &value.confidenceLevel, &value.extras)
      case .preferredDescription: value.preferredDescription = try word(child, .uncertaintyDescription)
      case .confidenceEllipsoid:
        if let ellipsoid = try confidenceEllipsoid(child) {
          value.confidenceEllipsoid = ellipsoid
        } else {
          try keepBad(child, "six numbers", &value.extras)
        }
      default: keep(child, &value.extras)
      }
    }
    keepAttributes(node, except: [], &value.extras)
    return value
  }

  private func confidenceEllipsoid(_ node: Int32) throws -> ConfidenceEllipsoid? {
    var numbers: [QuakeMLTag: Double] = [:]
    var extras: Extras?
    let known: Set<QuakeMLTag> = [
      .semiMajorAxisLength, .semiMinorAxisLength, .semiIntermediateAxisLength, .majorAxisPlunge,
      .majorAxisAzimuth, .majorAxisRotation,
    ]
    for child in tree.children(node) {
      if known.contains(tag(child)) {
        numbers[tag(child)] = parseDecimal(tree.bytes(child))
      } else {
        keep(child, &extras)
      }
    }
    keepAttributes(node, except: [], &extras)
    guard let major = numbers[.semiMajorAxisLength], let minor = numbers[.semiMinorAxisLength],
      let intermediate = numbers[.semiIntermediateAxisLength], let plunge = numbers[.majorAxisPlunge],
      let azimuth = numbers[.majorAxisAzimuth], let rotation = numbers[.majorAxisRotation]
    else { return nil }
    var ellipsoid = ConfidenceEllipsoid(
      semiMajorAxisLength: major, semiMinorAxisLength: minor, semiIntermediateAxisLength: intermediate,
      majorAxisPlunge: plunge, majorAxisAzimuth: azimuth, majorAxisRotation: rotation)
    ellipsoid.extras = extras
    return ellipsoid
  }

  private func arrival(_ node: Int32) throws -> Arrival? {
    var arrival = Arrival(publicID: attribute(node, .publicID) ?? "", pickID: "", phase: "")
    for child in tree.children(node) {
      switch tag(child) {
      case .pickID: arrival.pickID = string(child)
      case .phase: arrival.phase = string(child)
      case .timeCorrection: try real(child, into: &arrival.timeCorrection, &arrival.extras)
      case .azimuth: try real(child, into: &arrival.azimuth, &arrival.extras)
      case .distance: try real(child, into: &arrival.distance, &arrival.extras)
      case .takeoffAngle: try realOrQuantity(child, into: &arrival.takeoffAngle, &arrival.extras)
      case .timeResidual: try real(child, into: &arrival.timeResidual, &arrival.extras)
      case .horizontalSlownessResidual:
        try real(child, into: &arrival.horizontalSlownessResidual, &arrival.extras)
      case .backazimuthResidual: try real(child, into: &arrival.backazimuthResidual, &arrival.extras)
      case .timeWeight: try real(child, into: &arrival.timeWeight, &arrival.extras)
      case .horizontalSlownessWeight: try real(child, into: &arrival.horizontalSlownessWeight, &arrival.extras)
      case .backazimuthWeight: try real(child, into: &arrival.backazimuthWeight, &arrival.extras)
      case .earthModelID: arrival.earthModelID = string(child)
      case .comment: arrival.comments.append(try comment(child))
      case .creationInfo: arrival.creationInfo = try creationInfo(child)
      default: keep(child, &arrival.extras)
      }
    }
    keepAttributes(node, except: [.publicID], &arrival.extras)
    guard !arrival.pickID.isEmpty else {
      try incomplete(node, needs: "pickID")
      return nil
    }
    return arrival
  }

  /// Version 1.0 had plain numbers where 1.2 has quantities.
  private func realOrQuantity(_ node: Int32, into value: inout RealQuantity?, _ extras: inout Extras?) throws {
    if let number = parseDecimal(tree.bytes(node)) {
      value = RealQuantity(number)
    } else {
      try realQuantity(node, into: &value, &extras)
    }
  }

  func pick(_ node: Int32) throws -> Pick? {
    var time: TimeQuantity?
    var pick = Pick(
      publicID: attribute(node, .publicID) ?? "", time: TimeQuantity(.epoch),
      waveformID: WaveformStreamID(networkCode: "", stationCode: ""))
    for child in tree.children(node) {
      switch tag(child) {
      case .time: time = try timeQuantity(child)
      case .waveformID: pick.waveformID = waveformID(child)
      case .filterID: pick.filterID = string(child)
      case .methodID: pick.methodID = string(child)
      case .horizontalSlowness: try realQuantity(child, into: &pick.horizontalSlowness, &pick.extras)
      case .backazimuth: try realQuantity(child, into: &pick.backazimuth, &pick.extras)
      case .slownessMethodID: pick.slownessMethodID = string(child)
      case .onset: pick.onset = try word(child, .onset)
      case .phaseHint: pick.phaseHint = string(child)
      case .polarity: pick.polarity = try word(child, .polarity)
      case .evaluationMode: pick.evaluationMode = try evaluationMode(child)
      case .evaluationStatus: pick.evaluationStatus = try evaluationStatus(child)
      case .probability: try real(child, into: &pick.probability, &pick.extras)
      case .comment: pick.comments.append(try comment(child))
      case .creationInfo: pick.creationInfo = try creationInfo(child)
      default: keep(child, &pick.extras)
      }
    }
    keepAttributes(node, except: [.publicID], &pick.extras)
    guard let time else {
      try incomplete(node, needs: "time")
      return nil
    }
    pick.time = time
    return pick
  }
}
