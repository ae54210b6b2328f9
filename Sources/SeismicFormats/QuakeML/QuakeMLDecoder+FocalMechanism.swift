extension QuakeMLDecoder {
  func focalMechanism(_ node: Int32) throws -> FocalMechanism {
    var mechanism = FocalMechanism(publicID: attribute(node, .publicID) ?? "")
    for child in tree.children(node) {
      switch tag(child) {
      case .waveformID: mechanism.waveformIDs.append(waveformID(child))
      case .triggeringOriginID: mechanism.triggeringOriginID = string(child)
      case .azimuthalGap: try real(child, into: &mechanism.azimuthalGap, &mechanism.extras)
      case .stationPolarityCount: try integer(child, into: &mechanism.stationPolarityCount, &mechanism.extras)
      case .misfit: try real(child, into: &mechanism.misfit, &mechanism.extras)
      case .stationDistributionRatio:
        try real(child, into: &mechanism.stationDistributionRatio, &mechanism.extras)
      case .methodID: mechanism.methodID = string(child)
      case .nodalPlanes: mechanism.nodalPlanes = try nodalPlanes(child)
      case .principalAxes: mechanism.principalAxes = try principalAxes(child)
      case .momentTensor: mechanism.momentTensor = try momentTensor(child)
      case .evaluationMode: mechanism.evaluationMode = try evaluationMode(child)
      case .evaluationStatus: mechanism.evaluationStatus = try evaluationStatus(child)
      case .comment: mechanism.comments.append(try comment(child))
      case .creationInfo: mechanism.creationInfo = try creationInfo(child)
      default: keep(child, &mechanism.extras)
      }
    }
    keepAttributes(node, except: [.publicID], &mechanism.extras)
    return mechanism
  }

  /// Reads real quantities by name; nil when one of them is missing or not understood.
  private func quantities(_ node: Int32, _ names: [QuakeMLTag], _ extras: inout Extras?) throws -> [RealQuantity]? {
    var found = [RealQuantity?](repeating: nil, count: names.count)
    for child in tree.children(node) {
      if let index = names.firstIndex(of: tag(child)) {
        found[index] = try realQuantity(child)
      } else {
        keep(child, &extras)
      }
    }
    keepAttributes(node, except: [], &extras)
    let whole = found.compactMap { $0 }
    return whole.count == names.count ? whole : nil
  }

  private func nodalPlanes(_ node: Int32) throws -> NodalPlanes {
    var planes = NodalPlanes()
    planes.preferredPlane = attribute(node, .preferredPlane).flatMap { Int($0) }
    for child in tree.children(node) {
      switch tag(child) {
      case .nodalPlane1, .nodalPlane2:
        var extras: Extras?
        guard let values = try quantities(child, [.strike, .dip, .rake], &extras) else {
          try keepBad(child, "strike, dip and rake", &planes.extras)
          continue
        }
        var plane = NodalPlane(strike: values[0], dip: values[1], rake: values[2])
        plane.extras = extras
        if tag(child) == .nodalPlane1 { planes.nodalPlane1 = plane } else { planes.nodalPlane2 = plane }
      default: keep(child, &planes.extras)
      }
    }
    keepAttributes(node, except: planes.preferredPlane == nil ? [] : [.preferredPlane], &planes.extras)
    return planes
  }

  private func principalAxes(_ node: Int32) throws -> PrincipalAxes {
    var axes = PrincipalAxes()
    for child in tree.children(node) {
      switch tag(child) {
      case .tAxis, .pAxis, .nAxis:
        var extras: Extras?
        guard let values = try quantities(child, [.azimuth, .plunge, .length], &extras) else {
          try keepBad(child, "azimuth, plunge and length", &axes.extras)
          continue
        }
        var axis = PrincipalAxis(azimuth: values[0], plunge: values[1], length: values[2])
        axis.extras = extras
        switch tag(child) {
        case .tAxis: axes.tAxis = axis
        case .pAxis: axes.pAxis = axis
        default: axes.nAxis = axis
        }
      default: keep(child, &axes.extras)
      }
    }
    keepAttributes(node, except: [], &axes.extras)
    return axes
  }

  private func momentTensor(_ node: Int32) throws -> MomentTensor {
    var moment = MomentTensor(publicID: attribute(node, .publicID))
    for child in tree.children(node) {
      switch tag(child) {
      case .derivedOriginID: moment.derivedOriginID = string(child)
      case .momentMagnitudeID: moment.momentMagnitudeID = string(child)
      case .scalarMoment: try realQuantity(child, into: &moment.scalarMoment, &moment.extras)
      case .tensor:
        var extras: Extras?
        if let values = try quantities(child, [.mrr, .mtt, .mpp, .mrt, .mrp, .mtp], &extras) {
          var tensor = Tensor(
            mrr: values[0], mtt: values[1], mpp: values[2], mrt: values[3], mrp: values[4], mtp: values[5])
          tensor.extras = extras
          moment.tensor = tensor
        } else {
          try keepBad(child, "six elements", &moment.extras)
        }
      case .variance: try real(child, into: &moment.variance, &moment.extras)
      case .varianceReduction: try real(child, into: &moment.varianceReduction, &moment.extras)
      case .doubleCouple: try real(child, into: &moment.doubleCouple, &moment.extras)
      case .clvd: try real(child, into: &moment.clvd, &moment.extras)
      case .iso: try real(child, into: &moment.iso, &moment.extras)
      case .greensFunctionID: moment.greensFunctionID = string(child)
      case .filterID: moment.filterID = string(child)
      case .sourceTimeFunction:
        if let function = try sourceTimeFunction(child) {
          moment.sourceTimeFunction = function
        } else {
          try keepBad(child, "type and duration", &moment.extras)
        }
      case .dataUsed: moment.dataUsed.append(try dataUsed(child))
      case .methodID: moment.methodID = string(child)
      case .category: moment.category = try word(child, .momentTensorCategory)
      case .inversionType: moment.inversionType = try word(child, .inversionType)
      case .comment: moment.comments.append(try comment(child))
      case .creationInfo: moment.creationInfo = try creationInfo(child)
      default: keep(child, &moment.extras)
      }
    }
    keepAttributes(node, except: [.publicID], &moment.extras)
    return moment
  }

  private func sourceTimeFunction(_ node: Int32) throws -> SourceTimeFunction? {
    var duration: Double?
    var function = SourceTimeFunction(type: "unknown", duration: 0)
    for child in tree.children(node) {
      switch tag(child) {
      case .type: function.type = try word(child, .sourceTimeFunctionType)
      case .duration: duration = parseDecimal(tree.bytes(child))
      case .riseTime: try real(child, into: &function.riseTime, &function.extras)
      case .decayTime: try real(child, into: &function.decayTime, &function.extras)
      default: keep(child, &function.extras)
      }
    }
    keepAttributes(node, except: [], &function.extras)
    guard let duration else { return nil }
    function.duration = duration
    return function
  }

  private func dataUsed(_ node: Int32) throws -> DataUsed {
    var data = DataUsed(waveType: "unknown")
    for child in tree.children(node) {
      switch tag(child) {
      case .waveType: data.waveType = try word(child, .waveType)
      case .stationCount: try integer(child, into: &data.stationCount, &data.extras)
      case .componentCount: try integer(child, into: &data.componentCount, &data.extras)
      case .shortestPeriod: try real(child, into: &data.shortestPeriod, &data.extras)
      case .longestPeriod: try real(child, into: &data.longestPeriod, &data.extras)
      default: keep(child, &data.extras)
      }
    }
    keepAttributes(node, except: [], &data.extras)
    return data
  }
}
