import ArgumentParser
import Foundation
import SeismicFormats
import Worker
import Yams

/// Takes options from a YAML file, under the names that they have on the command line.
///
///     picks: [a.csv, b.csv]
///     model: forest
///     output: refined
///     quiet: true
///
/// What stands on the command line too is taken from there.
enum Configuration {
  /// The arguments with those of the file that `--config` names put in.
  ///
  /// - Throws: ``FormatError`` when the file cannot be read; ``JobError`` with `configuration` when it is not a list of
  ///   options.
  static func expand(_ arguments: [String]) throws -> [String] {
    var rest: [String] = []
    var path: String?
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      if argument == "--config" {
        guard index + 1 < arguments.count else {
          throw JobError(.usage, "--config needs the path of a YAML file; see --help")
        }
        path = arguments[index + 1]
        index += 2
      } else if argument.hasPrefix("--config=") {
        path = String(argument.dropFirst("--config=".count))
        index += 1
      } else {
        rest.append(argument)
        index += 1
      }
    }
    guard let path else { return arguments }
    return rest + (try options(path, given: names(rest)).flatMap(\.words))
  }

  /// The error to report when the parser objects to something: if that came from the file, an error of the configuration.
  static func blame(_ message: String, _ arguments: [String]) -> JobError? {
    guard let place = arguments.firstIndex(where: { $0 == "--config" || $0.hasPrefix("--config=") }) else { return nil }
    let path =
      arguments[place] == "--config"
      ? (place + 1 < arguments.count ? arguments[place + 1] : "")
      : String(arguments[place].dropFirst("--config=".count))
    guard let entries = try? options(path, given: names(arguments)) else { return nil }
    // The longest name that is named: `--p` would be found in `--picks`.
    let named = entries.filter { message.contains($0.name) }.max { $0.name.utf8.count < $1.name.utf8.count }
    return named.map { JobError(.configuration, "\(path), line \($0.line): \(message)") }
  }

  /// The options that stand on the command line, by their long names.
  private static func names(_ arguments: [String]) -> Set<String> {
    let long = ["-o": "--output", "-q": "--quiet"]
    return Set(arguments.map { String($0.prefix { $0 != "=" }) }.map { long[$0] ?? $0 })
  }

  /// An option of the file.
  private struct Entry {
    /// Its name on the command line.
    var name: String
    /// Where it stands, counted from 1.
    var line: Int
    /// The words that it becomes; none for a flag that is off.
    var words: [String] = []
  }

  private static func options(_ path: String, given: Set<String>) throws -> [Entry] {
    let input = try FileInput(path)
    guard input.size <= 1 << 20 else { throw JobError(.configuration, "\(path): it is too large for a configuration") }
    let text = String(decoding: try input.prefix(input.size), as: UTF8.self)
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      let reason = "\(error)".split(separator: "\n").first.map(String.init) ?? "it is not YAML"
      throw JobError(.configuration, "\(path): \(reason); expected option: value, one a line")
    }
    guard let node else { return [] }
    guard case .mapping(let mapping) = node else {
      throw JobError(.configuration, "\(path): it is not a list of options; expected option: value, one a line")
    }
    var options: [Entry] = []
    for (key, value) in mapping {
      guard let name = key.string else {
        throw JobError(.configuration, "\(path), line \(key.mark?.line ?? 1): a name that is not text")
      }
      let option = "--\(name.replacingUnderscores)"
      guard option != "--config" else {
        throw JobError(
          .configuration, "\(path), line \(key.mark?.line ?? 1): a configuration cannot name another configuration")
      }
      if given.contains(option) { continue }
      var entry = Entry(name: option, line: key.mark?.line ?? 1)
      switch value {
      case .scalar:
        if let flag = value.bool, value.tag == Tag(.bool) {
          if flag { entry.words = [option] }
        } else {
          entry.words = ["\(option)=\(value.string ?? "")"]
        }
      case .sequence(let items):
        let words = items.compactMap(\.string)
        guard words.count == items.count, !words.isEmpty else {
          throw JobError(
            .configuration, "\(path), line \(value.mark?.line ?? 1): \(name) holds something that is not a value")
        }
        entry.words = [option] + words
      default:
        throw JobError(.configuration, "\(path), line \(value.mark?.line ?? 1): \(name) is a list of options itself")
      }
      options.append(entry)
    }
    return options
  }
}

extension String {
  fileprivate var replacingUnderscores: String { String(map { $0 == "_" ? "-" : $0 }) }
}
