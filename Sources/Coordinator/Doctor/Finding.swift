import HSDLCompute

/// What was found of one thing that a site may get wrong, whether it is as it should be, and what to do.
public struct Finding: Sendable, Equatable {
  /// Whether it is as it should be.
  public enum State: String, Sendable, CaseIterable {
    /// It is.
    case fine = "ok"
    /// It will do, but better is possible, or something is missing that not all need.
    case notice = "note"
    /// It is not: jobs will fail, hang, or crawl.
    case wrong
  }

  /// What was looked at.
  public var topic: String
  /// Whether it is as it should be.
  public var state: State
  /// What was found.
  public var found: String
  /// What to do; nil where there is nothing to be done.
  public var remedy: String?

  /// Creates a finding.
  public init(_ topic: String, _ state: State, _ found: String, remedy: String? = nil) {
    self.topic = topic
    self.state = state
    self.found = found
    self.remedy = remedy
  }

  /// The finding in one line.
  public var line: String {
    let mark = state.rawValue + String(repeating: " ", count: 5 - state.rawValue.utf8.count)
    return "\(mark) \(topic): \(found)" + (remedy.map { "; \($0)" } ?? "")
  }

  /// The finding as JSON.
  public var json: JSONValue {
    .object([
      ("topic", .string(topic)), ("state", .string(state.rawValue)), ("found", .string(found)),
      ("remedy", remedy.map { .string($0) } ?? .null),
    ])
  }
}

/// A size as people say it: `512 B`, `3.4 MB`, `1.2 TB`.
public func byteText(_ count: Int) -> String {
  var value = Double(max(0, count))
  var place = 0
  let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
  while value >= 999.5, place + 1 < units.count {
    value /= 1000
    place += 1
  }
  return "\(fixed(value, decimals: place == 0 || value >= 99.5 ? 0 : 1)) \(units[place])"
}
