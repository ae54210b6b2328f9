public import SeismicFormats
import Worker

/// Which rows of a table of papers are wanted.
///
/// Words are compared by letters and digits, without regard to case; of the words for one column one must fit, and every column that is asked for must.
public struct LiteratureFilter: Sendable {
  /// What is done.
  public var tasks: [String] = []
  /// Kinds of layers, or names of forms of networks.
  public var networks: [String] = []
  /// Words of the three levels of the order of subjects.
  public var categories: [String] = []
  /// Where it was published.
  public var journals: [String] = []
  /// First authors.
  public var authors: [String] = []
  /// How it is trained.
  public var trainings: [String] = []
  /// Stretches of years; empty for all.
  public var years: [ClosedRange<Int>] = []
  /// Words that must stand somewhere in the row, each of them.
  public var text = ""

  /// A filter that lets everything through.
  public init() {}

  /// Stretches of years from their text: `2018-2021,2015`, `2018-`, `-2000`; nil for anything else.
  public static func years(_ text: String) -> [ClosedRange<Int>]? {
    var years: [ClosedRange<Int>] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.filter { $0 != " " }.split(separator: "-", omittingEmptySubsequences: false)
      guard ends.count == 1 || ends.count == 2, let first = ends.first, let last = ends.last else { return nil }
      guard !first.isEmpty || !last.isEmpty else { return nil }
      guard let low = first.isEmpty ? 0 : Int(first), let high = last.isEmpty ? 9999 : Int(last),
        (0...9999).contains(low), (0...9999).contains(high), low <= high
      else { return nil }
      years.append(low...high)
    }
    return years.isEmpty ? nil : years
  }

  /// Lists for columns, with the name of the option that gives them.
  private var lists: [(option: String, words: [String], columns: [LiteratureColumn], isOfPapers: Bool)] {
    [
      ("--task", tasks, [.task], false), ("--network", networks, [.networkType, .networkName], false),
      ("--category", categories, [.category, .subCategory, .subject], false),
      ("--journal", journals, [.journal], true), ("--author", authors, [.author], true),
      ("--training", trainings, [.training], false),
    ]
  }

  /// Objects to words that stand nowhere in the table.
  ///
  /// - Throws: ``JobError`` with `usage`, which names the word that was probably meant, or those that there are.
  public func check(against entries: [LiteratureEntry]) throws {
    for list in lists where !list.words.isEmpty {
      var counts: [String: Int] = [:]
      for entry in entries {
        for column in list.columns { for word in entry.list(column).words { counts[word, default: 0] += 1 } }
      }
      let known = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }.map(\.key)
      let folded = Set(known.map(Spelling.folded))
      for word in list.words where !folded.contains(Spelling.folded(word)) {
        if let near = Spelling.nearest(to: word, among: known) {
          throw JobError(.usage, "\(list.option) \(word): no row has it; did you mean '\(near)'?")
        }
        let some = known.prefix(12).map { "'\($0)'" }.joined(separator: ", ")
        throw JobError(
          .usage,
          "\(list.option) \(word): no row has it; there \(known.count == 1 ? "is" : "are") \(some)\(known.count > 12 ? " and \(known.count - 12) more" : "")"
        )
      }
    }
  }

  /// Whether a row is wanted; models of one's own are not asked for year, journal and author.
  public func matches(_ entry: LiteratureEntry) -> Bool {
    for list in lists where !list.words.isEmpty {
      if list.isOfPapers, entry.model != nil { continue }
      let wanted = Set(list.words.map(Spelling.folded))
      let isThere = list.columns.contains { column in
        entry.list(column).words.contains { wanted.contains(Spelling.folded($0)) }
      }
      guard isThere else { return false }
    }
    if !years.isEmpty, entry.model == nil {
      guard let year = entry.year, years.contains(where: { $0.contains(year) }) else { return false }
    }
    let words = text.lowercased().split(whereSeparator: \.isWhitespace)
    guard !words.isEmpty else { return true }
    let whole = LiteratureColumn.allCases.map { entry[$0] }.joined(separator: "\n").lowercased()
    return words.allSatisfy { whole.contains($0) }
  }

  /// What is asked for, in words; empty for everything.
  public var description: String {
    var parts = lists.filter { !$0.words.isEmpty }.map { "\($0.option) \($0.words.joined(separator: ","))" }
    if !years.isEmpty {
      let spans = years.map { span in
        span.lowerBound == span.upperBound
          ? "\(span.lowerBound)"
          : "\(span.lowerBound == 0 ? "" : "\(span.lowerBound)")-\(span.upperBound == 9999 ? "" : "\(span.upperBound)")"
      }
      parts.append("--year \(spans.joined(separator: ","))")
    }
    if !text.isEmpty { parts.append("--text '\(text)'") }
    return parts.joined(separator: " ")
  }
}
