/// What the discriminator is told of a station beside its window: numbers of about unit size, in this order.
///
/// Nothing among them says which station or which region it is: a model is to hold where it has never been. For the same
/// reason amplitudes are told only as ratios.
public enum StationAttribute: Int, CaseIterable, Sendable, Codable {
  /// log10 of the hypocentral distance over 30 km.
  case logDistance
  /// The predicted time from P to S, over 10 s.
  case travelTimeDifference
  /// The sine of the direction from the epicentre to the station.
  case azimuthSine
  /// The cosine of it.
  case azimuthCosine
  /// The depth of the source over 30 km; 0 where the catalog does not say.
  case depth
  /// 1 where the catalog tells the depth.
  case isDepthKnown
  /// The elevation of the station, in km.
  case elevation
  /// 1 with a P pick.
  case hasP
  /// 1 with an S pick.
  case hasS
  /// P pick less predicted P, over 2 s, softly limited; 0 without a pick.
  case residualP
  /// S pick less predicted S, over 2 s, softly limited; 0 without a pick.
  case residualS
  /// The probability of the P pick; 0.5 where the picker does not say, 0 without a pick.
  case probabilityP
  /// The probability of the S pick; 0.5 where the picker does not say, 0 without a pick.
  case probabilityS
  /// log10 of the vertical's power in the 2 s from predicted P on over that before it.
  case signalToNoiseP
  /// log10 of the horizontals' power in the 3 s from predicted S on over that before P; 0 where S lies behind the window.
  case signalToNoiseS
  /// log10 of the largest amplitude over the standard deviation.
  case peak
  /// log10 of the standard deviation over the median of the event's stations that can be compared; 0 without others.
  case relativeAmplitude
  /// The share of samples that are missing.
  case missing
  /// The share of samples that are at the digitizer's rail.
  case clipped
  /// 1 where the horizontals point north and east.
  case isOriented
  /// A picker's probability of P at the P pick; 0 without a pick. See ``PickerEvidence``.
  case pickerAtP
  /// A picker's probability of S at the S pick; 0 without a pick.
  case pickerAtS
  /// A picker's probability of P where P is predicted.
  case pickerNearP
  /// A picker's probability of S where S is predicted.
  case pickerNearS

  /// What the picker that is asked says.
  static let ofPicker: [StationAttribute] = [.pickerAtP, .pickerAtS, .pickerNearP, .pickerNearS]

  /// How many there are.
  public static let count = allCases.count
}
