public import HSDLCompute
public import MPI
import SeismicFormats

/// Where labelled events come from.
public enum LabelledSource: Sendable, Equatable {
  /// Pick tables of real and of fake events.
  case picks(real: [String], fake: [String])
  /// Tables of features, and tables that say what the events are.
  case features(tables: [String], labels: [String])

  /// The features that are used when none are asked for; nil for all that there are.
  public var usualFeatures: FeatureSet? {
    switch self {
    case .picks: .hsdl8
    case .features: nil
    }
  }

  /// All features that there are; nil for all that a table has.
  public var allFeatures: FeatureSet? {
    switch self {
    case .picks: .picks
    case .features: nil
    }
  }

  /// The files, for the record.
  public var files: (real: [String], fake: [String]) {
    switch self {
    case .picks(let real, let fake): (real, fake)
    case .features(let tables, let labels): (tables + labels, [])
    }
  }

  /// What persons have decided on the events, by identifier.
  ///
  /// - Throws: ``FormatError``.
  public func decided() throws -> [String: Label] {
    guard case .features(_, let labels) = self else { return [:] }
    return try Decisions(labels.filter { try Decisions.isDecisionFile($0) }).byID.mapValues(\.label)
  }

  /// Reads the events.
  ///
  /// Collective.
  ///
  /// - Parameter features: which features; nil for the usual ones.
  /// - Throws: ``AgreedFailure`` on all ranks.
  public func events(_ features: FeatureSet?, over communicator: any Communicator) throws -> LabelledEvents {
    switch self {
    case .picks(let real, let fake):
      try LabelledEvents(real: real, fake: fake, features: features ?? .hsdl8, over: communicator)
    case .features(let tables, let labels):
      try LabelledEvents(featureTables: tables, labels: labels, features: features, over: communicator)
    }
  }
}
