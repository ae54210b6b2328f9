import Foundation
import Worker

/// Shows how far some work is: how much of how much, how fast, how long it will still take, and the most memory that this rank has had.
///
/// On a terminal one line is rewritten; in a log a line comes every ten seconds, or as often as ``variable`` says, and one at the end.
public final class Progress: @unchecked Sendable {
  /// The variable that says how many seconds pass between two lines in a log.
  public static let variable = "HSDL_MPI_PROGRESS_SECONDS"

  /// How far the work is at a moment.
  package struct State {
    package var unit: String
    package var done: Int
    package var total: Int
    /// Per second; nil where there is nothing to tell by.
    package var rate: Double?
    /// Seconds that have passed.
    package var elapsed: Double
    /// Bytes.
    package var memory: Int

    package init(unit: String, done: Int, total: Int, rate: Double?, elapsed: Double, memory: Int) {
      self.unit = unit
      self.done = done
      self.total = total
      self.rate = rate
      self.elapsed = elapsed
      self.memory = memory
    }

    /// Seconds that are left; nil where there is nothing to tell by.
    var left: Double? { rate.flatMap { $0 > 0 ? Double(max(total - done, 0)) / $0 : nil } }
    var isDone: Bool { done >= total }

    /// For a person: `120 of 480 events (25 %), 3.2 events/s, 1 min 52 s left, 182 MB`.
    package var line: String {
      var parts: [String] = []
      let share = total > 0 ? " (\(min(100, Int(100 * Double(done) / Double(total)))) %)" : ""
      if unit == "bytes" {
        let (divisor, name) = Self.scale(Double(max(total, done)))
        func amount(_ value: Double) -> String { divisor == 1 ? "\(Int(value))" : Self.fixed(value / divisor, 1) }
        parts.append("\(amount(Double(done))) of \(amount(Double(total))) \(name)\(share)")
        if let rate {
          let (divisor, name) = Self.scale(rate)
          parts.append("\(Self.fixed(rate / divisor, divisor == 1 ? 0 : 1)) \(name)/s")
        }
      } else {
        parts.append("\(done) of \(total) \(unit)\(share)")
        if let rate { parts.append("\(Self.fixed(rate, rate >= 10 ? 0 : rate >= 1 ? 1 : 3)) \(unit)/s") }
      }
      if isDone {
        parts.append("in \(Progress.duration(elapsed))")
      } else if let left {
        parts.append("\(Progress.duration(left)) left")
      }
      parts.append("\(memory / 1_000_000) MB")
      return parts.joined(separator: ", ")
    }

    /// For machines.
    package var json: [(String, JSONValue)] {
      func rounded(_ value: Double?) -> JSONValue { value.map { .number(($0 * 1000).rounded() / 1000) } ?? .null }
      return [
        ("done", .integer(done)), ("total", .integer(total)), ("unit", .string(unit)), ("per_second", rounded(rate)),
        ("elapsed_s", rounded(elapsed)), ("left_s", rounded(left)), ("peak_memory_bytes", .integer(memory)),
      ]
    }

    private static func scale(_ bytes: Double) -> (Double, String) {
      bytes >= 1e9 ? (1e9, "GB") : bytes >= 1e6 ? (1e6, "MB") : bytes >= 1e3 ? (1e3, "kB") : (1, "bytes")
    }

    private static func fixed(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(decimals)f", value) }
  }

  private let unit: String
  private let isShown: Bool
  private let isTerminal: Bool
  private let emit: (State) -> Void
  private let start = monotonicSeconds()
  private let interval: Double
  private var lastShown: Double
  /// What was done already when the work began, as when it goes on with that of an earlier run.
  private var before: Int?
  private var last: (done: Int, total: Int)?
  private var wasShown = false

  init(unit: String, isShown: Bool, isTerminal: Bool, emit: @escaping (State) -> Void) {
    self.unit = unit
    self.isShown = isShown
    self.isTerminal = isTerminal
    self.emit = emit
    let asked = ProcessInfo.processInfo.environment[Self.variable].flatMap(Double.init)
    let seconds = asked.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    // A terminal is rewritten twice a second; a log gets a line every ten.
    interval = isTerminal ? min(seconds ?? 0.5, 0.5) : seconds ?? 10
    lastShown = start
  }

  /// Says how much is done.
  ///
  /// Cheap to call often.
  public func update(_ done: Int, _ total: Int) {
    guard isShown, done > 0 else { return }
    last = (done, total)
    let now = monotonicSeconds()
    if before == nil { before = now - start < 1 && unit != "bytes" && done > 1 ? done : 0 }
    guard now - lastShown >= interval else { return }
    lastShown = now
    show(state(done, total, now))
    wasShown = true
  }

  /// Ends the line on a terminal; in a log that has lines of it, says how it ended.
  public func finish() {
    guard wasShown else { return }
    wasShown = false
    if isTerminal {
      TerminalLine.clear()
    } else if let last {
      emit(state(last.done, last.total, monotonicSeconds()))
    }
  }

  private func state(_ done: Int, _ total: Int, _ now: Double) -> State {
    let elapsed = now - start
    let fresh = Double(done - (before ?? 0))
    return State(
      unit: unit, done: done, total: total, rate: fresh > 0 && elapsed > 0 ? fresh / elapsed : nil, elapsed: elapsed,
      memory: RunRecord.peakMemory)
  }

  private func show(_ state: State) {
    if isTerminal { TerminalLine.show(state.line) } else { emit(state) }
  }

  /// Seconds in words: `12 s`, `3 min 20 s`, `2 h 05 min`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e7 else { return "a long time" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60 < 10 ? "0" : "")\(whole % 3600 / 60) min"
  }
}
