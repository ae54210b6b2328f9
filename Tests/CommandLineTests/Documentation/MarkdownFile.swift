import Foundation
import Testing

/// A file of the documentation, as far as its commands and links go.
///
/// A block in `sh` is run by the tests where `<!-- run -->` stands before it. In `<!-- run; A => B; C => D -->` the text `A` is replaced by `B` first, so that
/// what is shown is as large as users have it, and what is run is small. `<!-- run: COMMAND -->` is run and not shown: it stands for what a reader does by hand.
struct MarkdownFile: CustomTestStringConvertible {
  /// A block of code.
  struct Block {
    /// What stands behind the fence.
    var language: String
    /// The text.
    var text: String
    /// The line of the fence.
    var line: Int
    /// What is run; nil where nothing is.
    var script: String?
  }

  /// The path below the project.
  var name: String
  /// The blocks, in order; what is run and not shown is one of language `hidden`.
  var blocks: [Block] = []
  /// The text without blocks, with lines.
  var prose: [(line: Int, text: String)] = []

  var testDescription: String { name }

  /// The folder of the project.
  static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../..").standardizedFileURL

  /// All files of the documentation.
  static let all: [MarkdownFile] = {
    let docs = (try? FileManager.default.contentsOfDirectory(atPath: project.appendingPathComponent("docs").path)) ?? []
    let names = ["README.md", "CONTRIBUTING.md"] + docs.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
    return names.map(MarkdownFile.init)
  }()

  /// Reads a file; one that cannot be read has nothing in it.
  init(name: String) {
    self.name = name
    let text = (try? String(contentsOf: Self.project.appendingPathComponent(name), encoding: .utf8)) ?? ""
    var open: Block?
    var mark: [(String, String)]?
    for (number, part) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = String(part)
      if var block = open {
        if line.hasPrefix("```") {
          if let mark { block.script = mark.reduce(block.text) { $0.replacing($1.0, with: $1.1) } }
          mark = nil
          blocks.append(block)
          open = nil
        } else {
          block.text += line + "\n"
          open = block
        }
      } else if line.hasPrefix("```") {
        open = Block(language: String(line.dropFirst(3)), text: "", line: number + 1)
      } else if line.hasPrefix("<!-- run: "), line.hasSuffix(" -->") {
        let script = line.dropFirst(10).dropLast(4) + "\n"
        blocks.append(Block(language: "hidden", text: String(script), line: number + 1, script: String(script)))
      } else if line.hasPrefix("<!-- run"), line.hasSuffix(" -->") {
        mark = line.dropFirst(8).dropLast(4).split(separator: ";").compactMap { part in
          let sides = part.split(separator: " => ", maxSplits: 1)
          guard sides.count == 2 else { return nil }
          return (sides[0].trimmingCharacters(in: .whitespaces), sides[1].trimmingCharacters(in: .whitespaces))
        }
      } else {
        prose.append((number + 1, line))
      }
    }
  }

  /// What is run, in order.
  var scripts: [Block] { blocks.filter { $0.script != nil } }

  /// The words of every command of this program that is shown in a block or between backquotes, with their lines.
  var commands: [(line: Int, words: [String])] {
    var found: [(Int, [String])] = []
    for block in blocks where ["sh", "hidden", "bash", ""].contains(block.language) {
      let text = block.text.replacing("\\\n", with: " ")
      for line in text.split(separator: "\n") where line.contains("hsdl-mpi ") {
        found += Self.commands(String(line)).map { (block.line, $0) }
      }
    }
    for (line, text) in prose {
      for (place, part) in text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      where place % 2 == 1 {
        let span = String(part)
        found += Self.commands(span.contains("hsdl-mpi ") ? span : "hsdl-mpi " + span).map { (line, $0) }
      }
    }
    return found
  }

  /// The commands of this program in a line of a shell.
  private static func commands(_ line: String) -> [[String]] {
    var commands: [[String]] = []
    var words: [String]?
    for word in line.split(separator: " ").map(String.init) {
      if ["|", "&&", "||", ";", ">", "<", "#", "2>", "2>&1"].contains(word) {
        if let own = words { commands.append(own) }
        words = nil
      } else if word == "hsdl-mpi" || word.hasSuffix("/hsdl-mpi") || word.hasSuffix("hsdl-mpi.sif") {
        if let own = words { commands.append(own) }
        words = []
      } else {
        words?.append(word)
      }
    }
    if let own = words { commands.append(own) }
    return commands
  }

  /// The files that are linked to, with their lines.
  var links: [(line: Int, path: String)] {
    prose.flatMap { line, text in
      text.matches(of: /\]\(([^)#\s]+)[^)]*\)/).map { (line, String($0.1)) }.filter { !$0.1.contains("://") }
    }
  }
}

/// The commands of the program and their options, as it tells of them itself.
struct CommandTree: Decodable {
  struct Command: Decodable {
    struct Argument: Decodable {
      struct Name: Decodable {
        var kind: String
        var name: String
      }
      var kind: String
      var names: [Name]?
    }
    var commandName: String
    var arguments: [Argument]?
    var subcommands: [Command]?
  }
  var command: Command

  /// What is wrong with the words of a command; nil for nothing, or for words that are none of the program's commands.
  ///
  /// - Parameter isCertain: whether the first word must be a command.
  func fault(_ words: [String], isCertain: Bool) -> String? {
    var level = command
    var path: [String] = []
    var rest = words[...]
    while let word = rest.first, let next = level.subcommands?.first(where: { $0.commandName == word }) {
      level = next
      path.append(word)
      rest = rest.dropFirst()
    }
    guard !path.isEmpty || rest.first?.hasPrefix("-") ?? true else {
      let isWord = rest.first?.allSatisfy { $0.isLetter || $0 == "-" } ?? false
      return isCertain && isWord ? "there is no command \(rest.first ?? "")" : nil
    }
    guard !path.isEmpty || isCertain else { return nil }
    var known: Set<String> = ["--help", "-h", "--version"]
    // The parser has it for the whole program, and does not list it.
    if path.isEmpty { known.insert("--generate-completion-script") }
    for name in (level.arguments ?? []).flatMap({ $0.names ?? [] }) {
      known.insert(name.kind == "short" ? "-\(name.name)" : "--\(name.name)")
    }
    for word in rest where word.hasPrefix("-") {
      let name = String(word.split(separator: "=")[0].prefix { $0.isLetter || $0 == "-" || $0.isNumber })
      guard name.dropFirst().first.map({ $0.isLetter || $0 == "-" }) ?? false else { continue }
      if !known.contains(name) { return "\(path.joined(separator: " ")) has no option \(name)" }
    }
    return nil
  }
}
