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
    return rest + (try options(path, given: names(rest)))
  }

  /// The error to report when the parser objects to something: if that came from the file, an error of the configuration.
  static func blame(_ message: String, _ arguments: [String]) -> JobError? {
    guard let place = arguments.firstIndex(where: { $0 == "--config" || $0.hasPrefix("--config=") }) else { return nil }
    let path =
      arguments[place] == "--config"
      ? (place + 1 < arguments.count ? arguments[place + 1] : "")
      : String(arguments[place].dropFirst("--config=".count))
    guard let names = try? options(path, given: names(arguments)).filter({ $0.hasPrefix("--") }) else { return nil }
    for name in names.map({ String($0.prefix { $0 != "=" }) }) where message.contains(name) {
      return JobError(.configuration, "\(path): \(message)")
    }
    return nil
  }

  /// The options that stand on the command line, by their long names.
  private static func names(_ arguments: [String]) -> Set<String> {
    let long = ["-o": "--output", "-q": "--quiet"]
    return Set(arguments.map { String($0.prefix { $0 != "=" }) }.map { long[$0] ?? $0 })
  }

  private static func options(_ path: String, given: Set<String>) throws -> [String] {
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
    var options: [String] = []
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
      switch value {
      case .scalar:
        if let flag = value.bool, value.tag == Tag(.bool) {
          if flag { options.append(option) }
        } else {
          options.append("\(option)=\(value.string ?? "")")
        }
      case .sequence(let items):
        let words = items.compactMap(\.string)
        guard words.count == items.count, !words.isEmpty else {
          throw JobError(
            .configuration, "\(path), line \(value.mark?.line ?? 1): \(name) holds something that is not a value")
        }
        options.append(option)
        options += words
      default:
        throw JobError(.configuration, "\(path), line \(value.mark?.line ?? 1): \(name) is a list of options itself")
      }
    }
    return options
  }
}

extension String {
  fileprivate var replacingUnderscores: String { String(map { $0 == "_" ? "-" : $0 }) }
}
