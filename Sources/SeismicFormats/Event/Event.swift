/// An event: what is known of one earthquake, or of something that was taken for one.
///
/// The types of this folder follow QuakeML 1.2 BED (Schorlemmer et al., 2011); their fields are named as there.
public struct Event: Hashable, Sendable {
  /// Resource identifier, or the identifier that the catalog uses.
  public var publicID: String
  /// Resource identifier of the preferred origin.
  public var preferredOriginID: String?
  /// Resource identifier of the preferred magnitude.
  public var preferredMagnitudeID: String?
  /// Resource identifier of the preferred focal mechanism.
  public var preferredFocalMechanismID: String?
  /// What it is: `earthquake`, `quarry blast`, `not existing`, and so on.
  public var type: String?
  /// `known` or `suspected`.
  public var typeCertainty: String?
  /// Names of the event or of its region.
  public var descriptions: [EventDescription] = []
  /// Remarks.
  public var comments: [Comment] = []
  /// Who made it.
  public var creationInfo: CreationInfo?
  /// Origins.
  public var origins: [Origin] = []
  /// Magnitudes.
  public var magnitudes: [Magnitude] = []
  /// Station magnitudes.
  public var stationMagnitudes: [StationMagnitude] = []
  /// Amplitudes.
  public var amplitudes: [Amplitude] = []
  /// Picks.
  public var picks: [Pick] = []
  /// Focal mechanisms.
  public var focalMechanisms: [FocalMechanism] = []
  /// Columns of a table that have no place elsewhere, in the order of the table.
  public var columns: [Column] = []
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates an event about which nothing is known.
  public init(publicID: String) { self.publicID = publicID }

  /// The origin that the event prefers, else its first.
  public var preferredOrigin: Origin? {
    origins.first { $0.publicID == preferredOriginID && preferredOriginID != nil } ?? origins.first
  }

  /// The magnitude that the event prefers, else its first.
  public var preferredMagnitude: Magnitude? {
    magnitudes.first { $0.publicID == preferredMagnitudeID && preferredMagnitudeID != nil } ?? magnitudes.first
  }

  /// When it happened: the origin time, else the earliest pick; nil when neither is known.
  public var time: UTCTime? {
    preferredOrigin?.time.value ?? picks.lazy.map(\.time.value).min()
  }

  /// A named value of a table.
  public struct Column: Hashable, Sendable {
    /// The column's name.
    public var name: String
    /// The value as it stood.
    public var value: String

    /// Creates a column value.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }
}

/// A name of an event or of its region.
public struct EventDescription: Hashable, Sendable {
  /// The name.
  public var text: String
  /// `felt report`, `Flinn-Engdahl region`, `earthquake name`, `region name`, and so on.
  public var type: String?
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates a description.
  public init(_ text: String, type: String? = nil) {
    self.text = text
    self.type = type
  }
}

/// A catalog: events, and what is said of all of them.
///
/// Catalogs that do not fit into memory are read and written event by event; this type is for those that do.
public struct Catalog: Hashable, Sendable {
  /// What is said of all events.
  public var header: CatalogHeader
  /// The events.
  public var events: [Event]

  /// Creates a catalog.
  public init(header: CatalogHeader = CatalogHeader(), events: [Event] = []) {
    self.header = header
    self.events = events
  }
}

/// What is said of all events of a catalog.
public struct CatalogHeader: Hashable, Sendable {
  /// Resource identifier.
  public var publicID: String?
  /// Description.
  public var description: String?
  /// Remarks.
  public var comments: [Comment] = []
  /// Who made it.
  public var creationInfo: CreationInfo?
  /// What was in the file and has no place in this type.
  public var extras: Extras?

  /// Creates an empty header.
  public init(publicID: String? = nil) { self.publicID = publicID }
}
