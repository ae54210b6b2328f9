import Foundation
import HSDLCompute
import SeismicFormats

/// A catalog that a person has worked on, read as decisions: by comments that tell of one, and by the types of its events.
enum DecisionCatalog {
  /// Reads QuakeML or SeisComP XML.
  ///
  /// - Throws: ``FormatError``.
  static func read(_ path: String) throws -> (decisions: [Decision], problems: [Problem]) {
    var decisions: [Decision] = []
    var problems: [Problem] = []
    let reader = try CatalogFormat.open(path).reader
    while let event = try reader.next() {
      let id = event.tableID
      var own: Decision?
      for comment in event.comments where Decision.isDecision(comment) {
        guard let found = Decision(comment, eventID: id, file: path) else {
          problems.append(
            Problem(
              file: path, eventID: id, found: "the comment \(quoted(comment.text)) names no label",
              expected: "decision: real, fake or uncertain", action: "decides nothing"))
          continue
        }
        // The last of several, unless an earlier one tells of a later time.
        if let before = own?.time, let now = found.time, now < before { continue }
        own = found
      }
      switch statement(of: event, decided: own?.label) {
      case .nothing: break
      case .unclear(let word):
        if own == nil {
          problems.append(
            Problem(
              file: path, eventID: id, found: "the type is \(quoted(word))",
              expected: "a type that tells whether there was an event", action: "decides nothing"))
        }
      case .decided(let label, let type, let word):
        own = decision(event, id, label, type, word, path)
      }
      if var decision = own {
        if decision.label == .real, let meaning = event.type.flatMap({ EventTypeMeaning($0) }), meaning.label == .real {
          decision.type = decision.type ?? meaning.type
        }
        decisions.append(decision)
      }
    }
    return (decisions, problems)
  }

  private enum Statement {
    case nothing
    case unclear(String)
    case decided(Label, type: String?, word: String)
  }

  /// What the type of an event says beyond what a program has left there.
  ///
  /// - Parameter decided: what a comment says that a person has decided.
  private static func statement(of event: Event, decided: Label?) -> Statement {
    guard let word = event.statedType else { return .nothing }
    guard let meaning = EventTypeMeaning(word), let label = meaning.label else { return .unclear(word) }
    if let decided, decided != .uncertain, label == decided { return .nothing }
    if let left = event.comments.last(where: { Verdict.isVerdict($0) }).flatMap({ Verdict($0) }), decided != .fake,
      decided != .real
    {
      // As the program has left it: nobody has touched it, nor said that it is known.
      let before =
        left.label == .fake && decided == nil
        ? (type: "not existing", certainty: "suspected") : (type: left.foundType, certainty: left.foundCertainty)
      if word == before.type && (event.typeCertainty != "known" || before.certainty == "known") { return .nothing }
    }
    return .decided(label, type: meaning.type, word: word)
  }

  private static func decision(
    _ event: Event, _ id: String, _ label: Label, _ type: String?, _ word: String, _ path: String
  ) -> Decision {
    let origin = event.preferredOrigin
    let info = [
      origin?.evaluationMode == .manual ? origin?.creationInfo : nil, event.creationInfo, origin?.creationInfo,
    ]
    .compactMap { $0 }.first { $0.author != nil || $0.agencyID != nil }
    var decision = Decision(
      eventID: id, label: label, who: info?.author ?? info?.agencyID ?? "not named", why: "event type \(word)",
      time: info?.creationTime, file: path)
    decision.agency = info?.agencyID ?? ""
    decision.type = type
    return decision
  }
}

extension Event {
  /// The type of the event, in SeisComP's words where QuakeML has none; nil where there is none.
  var statedType: String? {
    extras?.elements.first { Self.isSeisComPType($0) }?.text ?? type
  }

  /// Says what the event is, and how sure that is.
  mutating func setType(_ type: String, certainty: String) {
    self.type = type
    typeCertainty = certainty
    extras?.elements.removeAll { Self.isSeisComPType($0) }
    if extras?.isEmpty ?? false { extras = nil }
  }

  private static func isSeisComPType(_ element: ForeignElement) -> Bool {
    element.name == "type" && (element.namespace ?? "").contains("seiscomp")
  }
}

/// What a comment tells that this program has left on an event.
struct Verdict: Equatable {
  /// The model's label.
  var label: Label
  /// The type that the event had before; nil for none.
  var foundType: String?
  /// How sure that type was.
  var foundCertainty: String?

  private static let beginning = "hsdl-mpi "
  private static let probability = ", P(real) "
  private static let typeBegin = ", type "
  private static let typeEnd = " as found"

  static func isVerdict(_ comment: Comment) -> Bool {
    comment.text.hasPrefix(beginning) && comment.text.contains(probability)
  }

  /// What is told of the type that an event had.
  static func words(_ type: String?, _ certainty: String?) -> String {
    type.map { "\(typeBegin)\($0)\(certainty.map { " (\($0))" } ?? "")\(typeEnd)" } ?? ""
  }

  init?(_ comment: Comment) {
    let text = comment.text
    guard let mark = text.range(of: Self.probability), let colon = text[..<mark.lowerBound].range(of: ": "),
      let label = Label(rawValue: String(text[colon.upperBound..<mark.lowerBound]))
    else { return nil }
    self.label = label
    guard let end = text[mark.upperBound...].range(of: ": ") else { return }
    let rest = text[mark.upperBound..<end.lowerBound]
    guard let begin = rest.range(of: Self.typeBegin), rest.hasSuffix(Self.typeEnd) else { return }
    var type = rest[begin.upperBound...].dropLast(Self.typeEnd.count)
    for certainty in ["known", "suspected"] where type.hasSuffix(" (\(certainty))") {
      foundCertainty = certainty
      type = type.dropLast(certainty.count + 3)
    }
    foundType = String(type)
  }
}
