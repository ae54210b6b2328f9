import Foundation
import SeismicFormats

/// Talks to the user: results on standard output, everything else on standard error, as text or as one JSON object a line.
///
/// Only rank 0 talks. Progress rewrites its line on a terminal and comes as plain lines now and then in a log.
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
      writeLine(1, JSONValue.object([("level", .string("result")), ("message", .string(line))]).line)
    } else {
      writeLine(1, line)
    }
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
  /// - Parameter unit: what is counted.
  public func progress(_ unit: String) -> Progress {
    Progress(unit: unit, isShown: isTalking && !isQuiet, isTerminal: isTerminal && format == .text) { [self] line in
      message("progress", line)
    }
  }
}

/// Writes a line in one call, so that lines of several writers do not mix.
///
/// - Returns: whether all of it could be written.
@discardableResult
public func writeLine(_ descriptor: Int32, _ line: String) -> Bool {
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

/// Shows how far some work is: how much of how much, how fast, and how long it will still take.
public final class Progress: @unchecked Sendable {
  private let unit: String
  private let isShown: Bool
  private let isTerminal: Bool
  private let emit: (String) -> Void
  private let start = Date()
  private var lastShown = Date()
  private var hasLine = false

  init(unit: String, isShown: Bool, isTerminal: Bool, emit: @escaping (String) -> Void) {
    self.unit = unit
    self.isShown = isShown
    self.isTerminal = isTerminal
    self.emit = emit
  }

  /// Says how much is done.
  ///
  /// Cheap to call often.
  public func update(_ done: Int, _ total: Int) {
    guard isShown, done > 0 else { return }
    let now = Date()
    // A terminal is rewritten twice a second; a log gets a line every ten.
    guard now.timeIntervalSince(lastShown) >= (isTerminal ? 0.5 : 10) else { return }
    lastShown = now
    let elapsed = now.timeIntervalSince(start)
    let rate = Double(done) / max(elapsed, 1e-9)
    let left = Double(total - done) / max(rate, 1e-9)
    let rateText = rate >= 10 ? fixed(rate, 0) : fixed(rate, 2)
    let line = "\(done) of \(total) \(unit), \(rateText)/s, \(Self.duration(left)) left"
    if isTerminal {
      var text = "\r\u{1B}[K" + line
      text.withUTF8 { _ = Foundation.write(2, $0.baseAddress, $0.count) }
      hasLine = true
    } else {
      emit(line)
    }
  }

  /// Ends the line.
  public func finish() {
    guard hasLine else { return }
    var text = "\r\u{1B}[K"
    text.withUTF8 { _ = Foundation.write(2, $0.baseAddress, $0.count) }
    hasLine = false
  }

  private func fixed(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(decimals)f", value) }

  /// Seconds in words: `12 s`, `3 min 20 s`, `2 h 05 min`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e7 else { return "a long time" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60 < 10 ? "0" : "")\(whole % 3600 / 60) min"
  }
}
