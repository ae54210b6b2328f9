/// All that a job's results depend on, and nothing else: two runs with the same identity give the same bytes.
///
/// The number of ranks, the place of the output and how much is told do not belong here.
package struct JobIdentity: Sendable, Equatable {
  /// A thing that the results depend on.
  package struct Part: Sendable, Equatable {
    /// What it is.
    package var name: String
    /// Its value, as text.
    package var value: String
  }

  /// The parts, in the order in which they were added.
  package private(set) var parts: [Part] = []

  /// Starts with the command and the version of the program.
  package init(command: String, version: String) {
    add("command", command)
    add("program", version)
  }

  /// Takes parts that were kept.
  package init(parts: [Part]) { self.parts = parts }

  /// Adds a part.
  package mutating func add(_ name: String, _ value: some CustomStringConvertible) {
    parts.append(Part(name: name, value: value.description))
  }

  /// Adds the fields of a structure, each under its own name.
  mutating func addFields(of settings: Any) {
    for child in Mirror(reflecting: settings).children {
      guard let label = child.label else { continue }
      add(label, "\(child.value)")
    }
  }

  /// A hash of all parts.
  package var hash: UInt64 {
    var checksum = Checksum()
    for part in parts {
      for text in [part.name, part.value] {
        withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { checksum.add($0) }
        var text = text
        text.withUTF8 { checksum.add(UnsafeRawBufferPointer($0)) }
      }
    }
    return checksum.value
  }

  /// What is not the same here as in an earlier identity, in words; empty when they are the same.
  package func differences(from earlier: JobIdentity) -> [String] {
    var before: [String: String] = [:]
    for part in earlier.parts { before[part.name] = part.value }
    var now: [String: String] = [:]
    for part in parts { now[part.name] = part.value }
    var texts: [String] = []
    for part in earlier.parts where now[part.name] != part.value {
      texts.append("\(part.name) was \(part.value) and is \(now[part.name] ?? "not given") now")
    }
    for part in parts where before[part.name] == nil {
      texts.append("\(part.name) was not given and is \(part.value) now")
    }
    return texts
  }

  /// The differences in one line of bounded length.
  func difference(from earlier: JobIdentity) -> String {
    let texts = differences(from: earlier)
    let more = texts.count > 3 ? "; and \(texts.count - 3) more" : ""
    return texts.prefix(3).joined(separator: "; ") + more
  }
}
