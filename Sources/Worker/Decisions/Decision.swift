public import HSDLCompute
public import SeismicFormats

/// What a person has decided an event to be, whatever a model says.
public struct Decision: Sendable, Hashable {
  /// The event's identifier in tables.
  public var eventID: String
  /// What it is.
  public var label: Label
  /// Who decided.
  public var who: String
  /// The agency of whoever decided; empty where it is not told.
  public var agency = ""
  /// Why; may be empty.
  public var why: String
  /// When it was decided; nil where that is not told.
  public var time: UTCTime?
  /// The type of the event in QuakeML's words, where more is told than the label says.
  public var type: String?
  /// The file that it stands in.
  public var file: String
  /// The line there; nil where it is not known.
  public var line: Int?

  /// States a decision.
  public init(
    eventID: String, label: Label, who: String, why: String, time: UTCTime? = nil, file: String = "", line: Int? = nil
  ) {
    self.eventID = eventID
    self.label = label
    self.who = Self.oneLine(who)
    self.why = Self.oneLine(why)
    self.time = time
    self.file = file
    self.line = line
  }

  /// A row of a table is a line.
  private static func oneLine(_ text: String) -> String {
    let scalars = text.unicodeScalars.map {
      $0.value < 32 || $0.value == 127 || $0.value == 0x85 || $0.value == 0x2028 ? " " : $0
    }
    let line = String(String.UnicodeScalarView(scalars))
    return line.split(separator: " ").joined(separator: " ")
  }

  /// Whoever decided, in words.
  public var decider: String { agency.isEmpty || agency == who ? who : "\(who) (\(agency))" }

  /// The decision in words: `decided fake by A. Analyst, 2024-05-01T00:00:00Z: quarry blast`.
  public var words: String {
    let day = time.map { ", " + "\($0)".replacing(".000000Z", with: "Z") } ?? ""
    return "decided \(label.rawValue) by \(decider)\(day)" + (why.isEmpty ? "" : ": \(why)")
  }

  /// Where it stands, in words.
  var place: String { line.map { "\(file), line \($0)" } ?? file }

  /// Whether another decision says the same, wherever it stands.
  func saysTheSame(as other: Decision) -> Bool {
    label == other.label && who == other.who && agency == other.agency && why == other.why && time == other.time
      && type == other.type
  }

  // MARK: As texts, to be sent

  /// The decision as texts.
  var fields: [String] {
    [
      eventID, label.rawValue, who, agency, why, time.map { "\($0.seconds)" } ?? "",
      time.map { "\($0.nanoseconds)" } ?? "", type ?? "", file, line.map { "\($0)" } ?? "",
    ]
  }

  /// Takes what ``fields`` gave.
  init?(fields: some RandomAccessCollection<String>) {
    let fields = Array(fields)
    guard fields.count == Self.fieldCount, let label = Label(rawValue: fields[1]) else { return nil }
    self.init(eventID: fields[0], label: label, who: fields[2], why: fields[4], file: fields[8], line: Int(fields[9]))
    agency = fields[3]
    if let seconds = Int64(fields[5]), let nanoseconds = Int64(fields[6]) {
      time = UTCTime(seconds: seconds, nanoseconds: nanoseconds)
    }
    type = fields[7].isEmpty ? nil : fields[7]
  }

  static let fieldCount = 10
}

// MARK: As a comment on an event

extension Decision {
  private static let beginning = "decision: "

  /// The decision as a comment of QuakeML: author, agency and time are those of whoever decided.
  var comment: Comment {
    var info = CreationInfo(author: who, creationTime: time)
    if !agency.isEmpty { info.agencyID = agency }
    return Comment("\(Self.beginning)\(label.rawValue)\(why.isEmpty ? "" : "; \(why)")", creationInfo: info)
  }

  /// Whether a comment tells of a decision.
  static func isDecision(_ comment: Comment) -> Bool { comment.text.hasPrefix(beginning) }

  /// Takes a comment that ``comment`` made, or that a person wrote like one.
  ///
  /// - Returns: nil when it names no label.
  init?(_ comment: Comment, eventID: String, file: String) {
    guard Self.isDecision(comment) else { return nil }
    let text = comment.text.dropFirst(Self.beginning.count)
    let parts = text.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
    guard let word = parts.first, let meaning = EventTypeMeaning(String(word)), let label = meaning.label else {
      return nil
    }
    var why = parts.count > 1 ? parts[1][...] : ""
    if why.first == " " { why = why.dropFirst() }
    self.init(
      eventID: eventID, label: label,
      who: comment.creationInfo?.author ?? comment.creationInfo?.agencyID ?? "not named",
      why: String(why), time: comment.creationInfo?.creationTime, file: file)
    agency = comment.creationInfo?.agencyID ?? ""
    type = meaning.type
  }
}
