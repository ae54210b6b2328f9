/// A file that could not be read or written as asked.
///
/// It says which file, where in it, what was found, what was expected and what to do, in one line.
public struct FormatError: Error, Hashable, Sendable {
  /// What kind of trouble it is.
  public enum Kind: Hashable, Sendable {
    /// There is no such file.
    case missing
    /// It is there and is not a file that can be read: a directory, or without permission.
    case unreadable
    /// Its content is not what it should be.
    case badData
    /// Its content is of a format that is not read here.
    case unsupported
    /// A file or folder cannot be made.
    case cannotCreate
    /// Reading or writing broke off.
    case inputOutput
  }

  /// Where in a file.
  public enum Place: Hashable, Sendable {
    /// In a line, counted from 1.
    case line(Int)
    /// At a byte, counted from 0.
    case byte(Int)
  }

  /// What kind of trouble it is.
  public var kind: Kind
  /// The file.
  public var file: String
  /// Where in the file; nil where it concerns the file as a whole.
  public var place: Place?
  /// What was found.
  public var found: String
  /// What was expected.
  public var expected: String?
  /// What to do about it.
  public var remedy: String?

  /// Creates an error.
  public init(
    _ kind: Kind, file: String, at place: Place? = nil, found: String, expected: String? = nil,
    remedy: String? = nil
  ) {
    self.kind = kind
    self.file = file
    self.place = place
    self.found = found
    self.expected = expected
    self.remedy = remedy
  }
}

extension FormatError: CustomStringConvertible {
  public var description: String {
    var text = file.isEmpty ? "''" : file
    switch place {
    case .line(let line): text += ", line \(line)"
    case .byte(let byte): text += ", byte \(byte)"
    case nil: break
    }
    text += ": \(found)"
    if let expected { text += "; expected \(expected)" }
    if let remedy { text += "; \(remedy)" }
    return printable(text)
  }
}

/// The text in one line, without control characters.
func printable(_ text: String) -> String {
  String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
}

/// A piece of a file for a message: in quotes, shortened, in one line.
public func quoted(_ text: String) -> String {
  let line = printable(text)
  return line.count <= 40 ? "'\(line)'" : "'\(line.prefix(37))…'"
}

/// Something in a file that could not be used, while the rest of the file was.
public struct Problem: Hashable, Sendable, Codable {
  /// The file.
  public var file: String
  /// The line, counted from 1; nil where it is not known.
  public var line: Int?
  /// The byte, counted from 0; nil where it is not known.
  public var byte: Int?
  /// The event that it concerns; empty where there is none.
  public var eventID: String
  /// What was found.
  public var found: String
  /// What was expected.
  public var expected: String
  /// What was done about it.
  public var action: String

  /// Creates a problem.
  public init(
    file: String, line: Int? = nil, byte: Int? = nil, eventID: String = "", found: String, expected: String,
    action: String
  ) {
    self.file = file
    self.line = line
    self.byte = byte
    self.eventID = eventID
    self.found = found
    self.expected = expected
    self.action = action
  }
}

extension Problem {
  /// The problem as the error that ends the work, for those who do not want to go on.
  public var error: FormatError {
    FormatError(
      .badData, file: file, at: line.map { .line($0) } ?? byte.map { .byte($0) },
      found: eventID.isEmpty ? found : "event \(quoted(eventID)): \(found)", expected: expected)
  }
}

/// Takes the problems that a reader finds.
public typealias ProblemHandler = (Problem) throws -> Void
