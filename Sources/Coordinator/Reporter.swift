import Foundation
import SeismicFormats

/// Talks to the user: results on standard output, everything else on standard error, as text or as one JSON object a line.
///
/// Only rank 0 talks. Progress rewrites its line on a terminal and comes as plain lines now and then in a log (``Progress``).
public final class Reporter: @unchecked Sendable {
  /// How messages look.
  public enum Format: String, Sendable, CaseIterable {
    /// Plain lines.
    case text
    /// One JSON object a line.
    case json
  }

  private let isTalking: Bool
  private let isQuiet: Bool
  private let format: Format
  private let isTerminal: Bool

  /// Creates a reporter.
  ///
  /// - Parameters:
  ///   - rank: this rank; only rank 0 talks.
  ///   - format: how messages look.
  ///   - quiet: whether progress and notes are left out. Results, warnings and errors are not.
  public init(rank: Int, format: Format = .text, quiet: Bool = false) {
    isTalking = rank == 0
    isQuiet = quiet
    self.format = format
    isTerminal = isatty(2) == 1
  }

  /// Says a line of the result, on standard output.
  public func say(_ line: String) {
    guard isTalking else { return }
    if format == .json {
      writeLine(1, Self.resultLine(line))
    } else {
      writeLine(1, line)
    }
  }

  /// A line of the result as a JSON object.
  public static func resultLine(_ line: String) -> String {
    JSONValue.object([("level", .string("result")), ("message", .string(line))]).line
  }

  /// Says something about the course of the work, on standard error.
  public func note(_ line: String) {
    guard isTalking, !isQuiet else { return }
    message("info", line)
  }

  /// Says that something is not as it should be, on standard error.
  public func warn(_ line: String) {
    guard isTalking else { return }
    message("warning", line)
  }

  private func message(_ level: String, _ line: String) {
    if format == .json {
      writeLine(2, JSONValue.object([("level", .string(level)), ("message", .string(line))]).line)
    } else {
      writeLine(2, level == "warning" ? "hsdl-mpi: warning: \(line)" : line)
    }
  }

  /// Begins to show how far some work is.
  ///
  /// - Parameter unit: what is counted, in the plural; of `bytes` thousands and millions are told as kB and MB.
  public func progress(_ unit: String) -> Progress {
    Progress(unit: unit, isShown: isTalking && !isQuiet, isTerminal: isTerminal && format == .text) { [format] state in
      if format == .json {
        writeLine(
          2, JSONValue.object([("level", .string("progress")), ("message", .string(state.line))] + state.json).line)
      } else {
        writeLine(2, state.line)
      }
    }
  }
}

/// Writes a line in one call, so that lines of several writers do not mix; a line of progress on the terminal makes room for it.
///
/// - Returns: whether all of it could be written.
@discardableResult
public func writeLine(_ descriptor: Int32, _ line: String) -> Bool {
  TerminalLine.clear()
  var text = line + "\n"
  return text.withUTF8 { bytes in
    var done = 0
    while done < bytes.count, let base = bytes.baseAddress {
      let count = Foundation.write(descriptor, base + done, bytes.count - done)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return false }
      done += count
    }
    return true
  }
}

/// `1 pick`, `2 picks`; `1 event without origin`.
public func counted(_ count: Int, _ plural: String) -> String {
  let words = plural.split(separator: "_").map(String.init)
  guard count == 1, let place = words.firstIndex(where: { $0.hasSuffix("s") }) else {
    return "\(count) \(words.joined(separator: " "))"
  }
  var singular = words
  singular[place].removeLast()
  return "\(count) \(singular.joined(separator: " "))"
}
