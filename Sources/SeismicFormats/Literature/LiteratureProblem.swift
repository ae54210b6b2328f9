/// Something in a table of papers that is not as it should be.
public struct LiteratureProblem: Sendable, Hashable {
  /// What kind of thing it is.
  public enum Kind: String, Sendable, CaseIterable {
    /// The row has not as many cells as the header line, or a quote is not closed.
    case cells
    /// Nothing is said that must be.
    case missing
    /// Another row has the same title.
    case doubled
    /// A list is not written as one.
    case list
    /// A number is none, or cannot be.
    case number
    /// A word is none of those that are known.
    case unknown
    /// Measures and their values do not go together.
    case mismatch
    /// There is nothing but blanks.
    case blank
    /// Blanks stand around the text.
    case spaces
    /// Bytes that are not text: control characters, or not UTF-8.
    case encoding

    /// What is counted, in words.
    public var title: String {
      switch self {
      case .cells: "rows with too few or too many cells"
      case .missing: "cells that are missing"
      case .doubled: "titles that another row has"
      case .list: "malformed lists"
      case .number: "numbers that cannot be"
      case .unknown: "unknown words"
      case .mismatch: "measures without their values"
      case .blank: "cells of blanks"
      case .spaces: "texts with blanks around them"
      case .encoding: "cells with characters that are no text"
      }
    }
  }

  /// The line, counted from 1.
  public var line: Int
  /// The name of the column; nil where it concerns the whole row.
  public var column: String?
  /// What kind of thing it is.
  public var kind: Kind
  /// What was found.
  public var found: String
  /// What was expected.
  public var expected: String
  /// What was done about it.
  public var action: String

  init(
    _ kind: Kind, line: Int, column: String?, found: String, expected: String, action: String = "kept as it stands"
  ) {
    self.line = line
    self.column = column
    self.kind = kind
    self.found = found
    self.expected = expected
    self.action = action
  }

  /// The problem as the error that ends the work, for those who do not want to go on.
  public func error(file: String) -> FormatError {
    FormatError(
      .badData, file: file, at: .line(line), found: column.map { "column \($0): \(found)" } ?? found,
      expected: expected, remedy: "correct the table")
  }
}
