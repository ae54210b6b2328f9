/// The lists of words that QuakeML 1.2 allows.
enum QuakeMLWords {
  case eventType, eventTypeCertainty, eventDescriptionType, depthType, originType, uncertaintyDescription
  case evaluationMode, evaluationStatus, onset, polarity, amplitudeCategory, amplitudeUnit
  case momentTensorCategory, inversionType, sourceTimeFunctionType, waveType

  var words: Set<String> {
    switch self {
    case .eventType: Self.eventTypes
    case .eventTypeCertainty: ["known", "suspected"]
    case .eventDescriptionType: Self.descriptionTypes
    case .depthType: Self.depthTypes
    case .originType: Self.originTypes
    case .uncertaintyDescription: ["horizontal uncertainty", "uncertainty ellipse", "confidence ellipsoid"]
    case .evaluationMode: EvaluationMode.known
    case .evaluationStatus: EvaluationStatus.known
    case .onset: ["emergent", "impulsive", "questionable"]
    case .polarity: ["positive", "negative", "undecidable"]
    case .amplitudeCategory: ["point", "mean", "duration", "period", "integral", "other"]
    case .amplitudeUnit: ["m", "s", "m/s", "m/(s*s)", "m*s", "dimensionless", "other"]
    case .momentTensorCategory: ["teleseismic", "regional"]
    case .inversionType: ["general", "zero trace", "double couple"]
    case .sourceTimeFunctionType: ["box car", "triangle", "trapezoid", "unknown"]
    case .waveType: ["P waves", "body waves", "surface waves", "mantle waves", "combined", "unknown"]
    }
  }

  private static let eventTypes: Set<String> = [
    "not existing", "not reported", "earthquake", "anthropogenic event", "collapse", "cavity collapse",
    "mine collapse", "building collapse", "explosion", "accidental explosion", "chemical explosion",
    "controlled explosion", "experimental explosion", "industrial explosion", "mining explosion", "quarry blast",
    "road cut", "blasting levee", "nuclear explosion", "induced or triggered event", "rock burst",
    "reservoir loading", "fluid injection", "fluid extraction", "crash", "plane crash", "train crash", "boat crash",
    "other event", "atmospheric event", "sonic boom", "sonic blast", "acoustic noise", "thunder", "avalanche",
    "snow avalanche", "debris avalanche", "hydroacoustic event", "ice quake", "slide", "landslide", "rockslide",
    "meteorite", "volcanic eruption",
  ]

  private static let descriptionTypes: Set<String> = [
    "felt report", "Flinn-Engdahl region", "local time", "tectonic summary", "nearest cities", "earthquake name",
    "region name",
  ]

  private static let depthTypes: Set<String> = [
    "from location", "from moment tensor inversion", "from modeling of broad-band P waveforms",
    "constrained by depth phases", "constrained by direct phases", "constrained by depth and direct phases",
    "operator assigned", "other",
  ]

  private static let originTypes: Set<String> = [
    "hypocenter", "centroid", "amplitude", "macroseismic", "rupture start", "rupture end",
  ]
}
