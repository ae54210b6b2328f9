/// The names of elements and attributes that QuakeML's value types know.
enum QuakeMLTag: String, CaseIterable {
  case unknown = ""
  case quakeml, eventParameters, event, origin, magnitude, stationMagnitude, amplitude, pick, arrival
  case focalMechanism, momentTensor
  case publicID, id, networkCode, stationCode, locationCode, channelCode
  case preferredOriginID, preferredMagnitudeID, preferredFocalMechanismID
  case type, typeCertainty, description, text, comment, creationInfo
  case agencyID, agencyURI, author, authorURI, creationTime, version
  case value, uncertainty, lowerUncertainty, upperUncertainty, confidenceLevel
  case time, latitude, longitude, depth, depthType, timeFixed, epicenterFixed
  case referenceSystemID, methodID, earthModelID, compositeTime, quality, region
  case evaluationMode, evaluationStatus, originUncertainty
  case year, month, day, hour, minute, second
  case associatedPhaseCount, usedPhaseCount, associatedStationCount, usedStationCount, depthPhaseCount
  case standardError, azimuthalGap, secondaryAzimuthalGap, groundTruthLevel
  case maximumDistance, minimumDistance, medianDistance
  case horizontalUncertainty, minHorizontalUncertainty, maxHorizontalUncertainty
  case azimuthMaxHorizontalUncertainty, confidenceEllipsoid, preferredDescription
  case semiMajorAxisLength, semiMinorAxisLength, semiIntermediateAxisLength
  case majorAxisPlunge, majorAxisAzimuth, majorAxisRotation
  case pickID, phase, timeCorrection, azimuth, distance, takeoffAngle, timeResidual
  case horizontalSlownessResidual, backazimuthResidual, timeWeight, horizontalSlownessWeight, backazimuthWeight
  case waveformID, filterID, horizontalSlowness, backazimuth, slownessMethodID, onset, phaseHint, polarity
  case mag, stationCount, originID, stationMagnitudeContribution, stationMagnitudeID, residual, weight
  case amplitudeID, genericAmplitude, category, unit, period, snr, timeWindow, scalingTime, magnitudeHint
  case begin, end, reference
  case triggeringOriginID, stationPolarityCount, misfit, stationDistributionRatio
  case nodalPlanes, nodalPlane1, nodalPlane2, preferredPlane, strike, dip, rake
  case principalAxes, tAxis, pAxis, nAxis, plunge, length
  case derivedOriginID, momentMagnitudeID, scalarMoment, tensor, variance, varianceReduction
  case doubleCouple, clvd, iso, greensFunctionID, sourceTimeFunction, dataUsed, inversionType
  case mrr = "Mrr"
  case mtt = "Mtt"
  case mpp = "Mpp"
  case mrt = "Mrt"
  case mrp = "Mrp"
  case mtp = "Mtp"
  case duration, riseTime, decayTime
  case waveType, componentCount, shortestPeriod, longestPeriod
  // Our own elements, in our own namespace.
  case probability, column, name
}
