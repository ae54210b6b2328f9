/// How fast the program was, and how much memory a rank took, where it was measured; estimates of plans are made from it.
///
/// One processor of 2.5 GHz with AVX-512, of which two are one core; see Benchmarks/README.md and the README.
enum MeasuredRates {
  /// What estimates say of where they come from.
  static let origin = "rates of one processor of 2.5 GHz with AVX-512, see Benchmarks/README.md"

  /// Features of waveforms: windows of three components a second.
  static let windows = 1300.0
  /// Scoring with a hybrid of 20 stations an event: events a second.
  static let hybridEvents = 150.0
  /// Scoring and explaining with models on features: events a second.
  static let scoredEvents = 2600.0
  /// Pick tables with a small model, all included: bytes a second.
  static let tableBytes = 8e6
  /// Reading and filtering a station-day, and all else that picking takes besides the network, in s.
  static let stationDay = 3.2
  /// Training the discriminator: windows of stations a second, forward, backward and step.
  static let discriminatorWindows = 820.0
  /// Training models on features: events a second and model, calibration and scoring by cross-validation included.
  static let labelledEvents = 60.0

  /// A picker's forward pass: windows a second.
  static func picking(_ architecture: String) -> Double { architecture.contains("eq") ? 713 : 2797 }

  /// A picker's training: windows a second.
  static func training(_ architecture: String) -> Double { architecture.contains("eq") ? 45 : 224 }

  /// Memory of a rank that looks at waveforms of events, in bytes: 182 MB for a week of 40 stations, and a hybrid's network.
  static let catalogMemory = 320_000_000
  /// Memory of a rank that goes through pick tables, in bytes.
  static let tableMemory = 134_000_000
  /// Memory of a rank that picks, in bytes.
  static let pickingMemory = 950_000_000
  /// Memory of a rank that trains a picker, in bytes.
  static let pickerTrainingMemory = 900_000_000
  /// Memory of a rank that trains a discriminator, in bytes.
  static let discriminatorTrainingMemory = 900_000_000
}
