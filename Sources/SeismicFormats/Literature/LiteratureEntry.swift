/// A row of the table of papers: a paper, or a model of one's own in the same columns.
public struct LiteratureEntry: Sendable, Hashable {
  /// The line of the table on which it begins, counted from 1; 0 for one that comes from elsewhere.
  public var line = 0
  /// The text of a column that is not a list.
  private var texts: [LiteratureColumn: String] = [:]
  /// The items of a column that is one.
  private var lists: [LiteratureColumn: ListCell] = [:]
  /// The folder of the model, where it is one; nil for a paper.
  public var model: String?
  /// The line of the first row that has the same title; nil where there is none.
  public var sameTitleAs: Int?

  /// An empty row.
  public init() {}

  /// The text of a column; that of a list is as Python writes it.
  public subscript(column: LiteratureColumn) -> String {
    get { column.isList ? list(column).text : texts[column] ?? "" }
    set { if column.isList { lists[column] = ListCell.read(newValue).list } else { texts[column] = newValue } }
  }

  /// The items of a column that is a list; the text of another as its only item.
  public func list(_ column: LiteratureColumn) -> ListCell {
    if column.isList { return lists[column] ?? ListCell() }
    return ListCell(words: texts[column].map { $0.isEmpty ? [] : [$0] } ?? [])
  }

  /// Sets the items of a column that is a list.
  public mutating func set(_ column: LiteratureColumn, _ list: ListCell) { lists[column] = list }

  /// The years in which a paper on learning machines in seismology can have been published.
  public static let years = 1950...2050

  /// The year; nil where none is given that can be.
  public var year: Int? { Int(self[.year]).flatMap { Self.years.contains($0) ? $0 : nil } }

  /// What is done, each once.
  public var tasks: [String] { distinct(.task) }

  /// Kinds of layers, each once.
  public var networkTypes: [String] { distinct(.networkType) }

  /// Names of forms of networks, each once.
  public var networkNames: [String] { distinct(.networkName) }

  private func distinct(_ column: LiteratureColumn) -> [String] {
    var words: [String] = []
    for word in list(column).words where !words.contains(word) { words.append(word) }
    return words
  }

  /// The title by which rows are compared: letters and digits, without regard to case.
  public var titleKey: String { Spelling.folded(self[.title]) }
}
