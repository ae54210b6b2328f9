/// Who made something, and when.
public struct CreationInfo: Hashable, Sendable {
  /// Short name of the agency.
  public var agencyID: String?
  /// Resource identifier of the agency.
  public var agencyURI: String?
  /// Name of the author, or of the program.
  public var author: String?
  /// Resource identifier of the author.
  public var authorURI: String?
  /// When it was made.
  public var creationTime: UTCTime?
  /// Version.
  public var version: String?
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates an empty statement.
  public init(agencyID: String? = nil, author: String? = nil, creationTime: UTCTime? = nil, version: String? = nil) {
    self.agencyID = agencyID
    self.author = author
    self.creationTime = creationTime
    self.version = version
  }
}

/// A remark on something.
public struct Comment: Hashable, Sendable {
  /// The text.
  public var text: String
  /// Resource identifier of the comment.
  public var id: String?
  /// Who made it.
  public var creationInfo: CreationInfo?
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates a comment.
  public init(_ text: String, id: String? = nil, creationInfo: CreationInfo? = nil) {
    self.text = text
    self.id = id
    self.creationInfo = creationInfo
  }
}

/// Whether a person or a program made it.
public struct EvaluationMode: RawRepresentable, Hashable, Sendable {
  /// The text in the file.
  public var rawValue: String
  /// Creates a mode from the text in a file; any text is kept.
  public init(rawValue: String) { self.rawValue = rawValue }
  /// Made by a person.
  public static let manual = EvaluationMode(rawValue: "manual")
  /// Made by a program.
  public static let automatic = EvaluationMode(rawValue: "automatic")
  static let known: Set<String> = ["manual", "automatic"]
}

/// How far it has been looked at.
public struct EvaluationStatus: RawRepresentable, Hashable, Sendable {
  /// The text in the file.
  public var rawValue: String
  /// Creates a status from the text in a file; any text is kept.
  public init(rawValue: String) { self.rawValue = rawValue }
  /// Not yet looked at.
  public static let preliminary = EvaluationStatus(rawValue: "preliminary")
  /// Confirmed.
  public static let confirmed = EvaluationStatus(rawValue: "confirmed")
  /// Reviewed.
  public static let reviewed = EvaluationStatus(rawValue: "reviewed")
  /// Final.
  public static let final = EvaluationStatus(rawValue: "final")
  /// Rejected.
  public static let rejected = EvaluationStatus(rawValue: "rejected")
  static let known: Set<String> = ["preliminary", "confirmed", "reviewed", "final", "rejected"]
}

/// Where a waveform was recorded: network, station, location and channel codes.
public struct WaveformStreamID: Hashable, Sendable {
  /// Network code; empty where it is not known.
  public var networkCode: String
  /// Station code.
  public var stationCode: String
  /// Location code; nil where it is not stated, which is not the same as an empty one.
  public var locationCode: String?
  /// Channel code.
  public var channelCode: String?
  /// Resource identifier of the waveform.
  public var resourceURI: String?
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates a stream identifier.
  public init(
    networkCode: String, stationCode: String, locationCode: String? = nil, channelCode: String? = nil,
    resourceURI: String? = nil
  ) {
    self.networkCode = networkCode
    self.stationCode = stationCode
    self.locationCode = locationCode
    self.channelCode = channelCode
    self.resourceURI = resourceURI
  }
}
