public import HSDLCompute

/// What a word for the type of an event means here: a label, a type of QuakeML 1.2, or SeisComP's own type.
public struct EventTypeMeaning: Sendable, Equatable {
  /// The label; nil for types that do not say whether there was an event.
  public var label: Label?
  /// The type in QuakeML's words; nil where the word says no more than the label.
  public var type: String?

  /// Takes a word.
  ///
  /// - Parameter word: `real`, `fake`, `uncertain`, `1`, `0`, or a type of events; upper and lower case are the same.
  /// - Returns: nil for a word that is none of these.
  public init?(_ word: String) {
    let word = word.lowercased().replacing("_", with: " ")
    let key = String(word.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    switch key {
    case "real", "1": label = .real
    case "fake", "0", "not existing": label = .fake
    // SeisComP: there are signals, but no place that explains them.
    case "uncertain", "not locatable": label = .uncertain
    case _ where Self.undecided.contains(key): break
    case _ where Self.types.contains(key):
      label = .real
      type = key
    default:
      guard let known = Self.seisComP[key] else { return nil }
      label = .real
      type = known.isEmpty ? nil : known
    }
  }

  /// What a type says that QuakeML and SeisComP have for events of which it is not told whether there was one.
  private static let undecided: Set<String> = [
    "other event", "other", "not reported", "duplicate", "unknown", "null",
  ]

  /// SeisComP's types that QuakeML does not have, and QuakeML's words for them; empty where there is none.
  private static let seisComP: [String: String] = [
    "induced earthquake": "induced or triggered event", "meteor impact": "meteorite", "rocket": "crash",
    "rocket impact": "crash", "rocket launch": "anthropogenic event", "artillery strike": "anthropogenic event",
    "bomb detonation": "explosion", "moving aircraft": "atmospheric event", "submarine landslide": "landslide",
    "frost quake": "ice quake", "calving": "ice quake", "tremor pulse": "", "outside of network interest": "",
  ]

  /// QuakeML's types of events that did happen.
  private static let types: Set<String> = [
    "earthquake", "anthropogenic event", "collapse", "cavity collapse", "mine collapse", "building collapse",
    "explosion", "accidental explosion", "chemical explosion", "controlled explosion", "experimental explosion",
    "industrial explosion", "mining explosion", "quarry blast", "road cut", "blasting levee", "nuclear explosion",
    "induced or triggered event", "rock burst", "reservoir loading", "fluid injection", "fluid extraction", "crash",
    "plane crash", "train crash", "boat crash", "atmospheric event", "sonic boom", "sonic blast", "acoustic noise",
    "thunder", "avalanche", "snow avalanche", "debris avalanche", "hydroacoustic event", "ice quake", "slide",
    "landslide", "rockslide", "meteorite", "volcanic eruption",
  ]
}
