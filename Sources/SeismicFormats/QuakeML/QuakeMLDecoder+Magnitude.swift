extension QuakeMLDecoder {
  func magnitude(_ node: Int32) throws -> Magnitude? {
    var mag: RealQuantity?
    var magnitude = Magnitude(publicID: attribute(node, .publicID) ?? "", mag: RealQuantity(0))
    for child in tree.children(node) {
      switch tag(child) {
      case .mag: mag = try realQuantity(child)
      case .type: magnitude.type = string(child)
      case .stationCount: try integer(child, into: &magnitude.stationCount, &magnitude.extras)
      case .azimuthalGap: try real(child, into: &magnitude.azimuthalGap, &magnitude.extras)
      case .originID: magnitude.originID = string(child)
      case .methodID: magnitude.methodID = string(child)
      case .stationMagnitudeContribution:
        magnitude.stationMagnitudeContributions.append(try contribution(child))
      case .evaluationMode: magnitude.evaluationMode = try evaluationMode(child)
      case .evaluationStatus: magnitude.evaluationStatus = try evaluationStatus(child)
      case .comment: magnitude.comments.append(try comment(child))
      case .creationInfo: magnitude.creationInfo = try creationInfo(child)
      default: keep(child, &magnitude.extras)
      }
    }
    keepAttributes(node, except: [.publicID], &magnitude.extras)
    guard let mag else {
      try incomplete(node, needs: "mag")
      return nil
    }
    magnitude.mag = mag
    return magnitude
  }

  private func contribution(_ node: Int32) throws -> StationMagnitudeContribution {
    var contribution = StationMagnitudeContribution(stationMagnitudeID: "")
    for child in tree.children(node) {
      switch tag(child) {
      case .stationMagnitudeID: contribution.stationMagnitudeID = string(child)
      case .residual: try real(child, into: &contribution.residual, &contribution.extras)
      case .weight: try real(child, into: &contribution.weight, &contribution.extras)
      default: keep(child, &contribution.extras)
      }
    }
    keepAttributes(node, except: [], &contribution.extras)
    return contribution
  }

  func stationMagnitude(_ node: Int32) throws -> StationMagnitude? {
    var mag: RealQuantity?
    var magnitude = StationMagnitude(publicID: attribute(node, .publicID) ?? "", mag: RealQuantity(0))
    for child in tree.children(node) {
      switch tag(child) {
      case .mag: mag = try realQuantity(child)
      case .originID: magnitude.originID = string(child)
      case .type: magnitude.type = string(child)
      case .amplitudeID: magnitude.amplitudeID = string(child)
      case .methodID: magnitude.methodID = string(child)
      case .waveformID: magnitude.waveformID = waveformID(child)
      case .comment: magnitude.comments.append(try comment(child))
      case .creationInfo: magnitude.creationInfo = try creationInfo(child)
      default: keep(child, &magnitude.extras)
      }
    }
    keepAttributes(node, except: [.publicID], &magnitude.extras)
    guard let mag else {
      try incomplete(node, needs: "mag")
      return nil
    }
    magnitude.mag = mag
    return magnitude
  }

  func amplitude(_ node: Int32) throws -> Amplitude? {
    var value: RealQuantity?
    var amplitude = Amplitude(publicID: attribute(node, .publicID) ?? "", genericAmplitude: RealQuantity(0))
    for child in tree.children(node) {
      switch tag(child) {
      case .genericAmplitude: value = try realQuantity(child)
      case .type: amplitude.type = string(child)
      case .category: amplitude.category = try word(child, .amplitudeCategory)
      case .unit: amplitude.unit = try word(child, .amplitudeUnit)
      case .methodID: amplitude.methodID = string(child)
      case .period: try realQuantity(child, into: &amplitude.period, &amplitude.extras)
      case .snr: try real(child, into: &amplitude.snr, &amplitude.extras)
      case .timeWindow:
        if let window = try timeWindow(child) {
          amplitude.timeWindow = window
        } else {
          try keepBad(child, "begin, end and reference", &amplitude.extras)
        }
      case .pickID: amplitude.pickID = string(child)
      case .waveformID: amplitude.waveformID = waveformID(child)
      case .filterID: amplitude.filterID = string(child)
      case .scalingTime:
        if let time = try timeQuantity(child) {
          amplitude.scalingTime = time
        } else {
          try keepBad(child, "a quantity whose <value> is a time", &amplitude.extras)
        }
      case .magnitudeHint: amplitude.magnitudeHint = string(child)
      case .evaluationMode: amplitude.evaluationMode = try evaluationMode(child)
      case .evaluationStatus: amplitude.evaluationStatus = try evaluationStatus(child)
      case .comment: amplitude.comments.append(try comment(child))
      case .creationInfo: amplitude.creationInfo = try creationInfo(child)
      default: keep(child, &amplitude.extras)
      }
    }
    keepAttributes(node, except: [.publicID], &amplitude.extras)
    guard let value else {
      try incomplete(node, needs: "genericAmplitude")
      return nil
    }
    amplitude.genericAmplitude = value
    return amplitude
  }

  private func timeWindow(_ node: Int32) throws -> TimeWindow? {
    var begin: Double?
    var end: Double?
    var reference: UTCTime?
    var extras: Extras?
    for child in tree.children(node) {
      switch tag(child) {
      case .begin: begin = parseDecimal(tree.bytes(child))
      case .end: end = parseDecimal(tree.bytes(child))
      case .reference: reference = UTCTime(bytes: tree.bytes(child))
      default: keep(child, &extras)
      }
    }
    keepAttributes(node, except: [], &extras)
    guard let begin, let end, let reference else { return nil }
    var window = TimeWindow(begin: begin, end: end, reference: reference)
    window.extras = extras
    return window
  }
}
