import ArgumentParser
import Foundation

/// The commands and their options, as the parser tells of them.
struct CommandTree: Decodable {
  /// A command.
  struct Command: Decodable {
    var commandName: String
    var abstract: String?
    var discussion: String?
    var superCommands: [String]?
    var subcommands: [Command]?
    var arguments: [Argument]?
    var shouldDisplay: Bool?

    /// The commands below it that are shown.
    var shown: [Command] { (subcommands ?? []).filter { ($0.shouldDisplay ?? true) && $0.commandName != "help" } }
    /// All words by which it is called: `hsdl-mpi train shallow`.
    var words: [String] { (superCommands ?? []) + [commandName] }
  }

  /// An argument, an option or a flag.
  struct Argument: Decodable {
    /// One of its names.
    struct Name: Decodable {
      var kind: String
      var name: String

      var text: String { kind == "long" ? "--\(name)" : "-\(name)" }
    }
    var kind: String
    var names: [Name]?
    var valueName: String?
    var abstract: String?
    var discussion: String?
    var defaultValue: String?
    var allValues: [String]?
    var isOptional: Bool?
    var isRepeating: Bool?
    var shouldDisplay: Bool?

    var isShown: Bool { shouldDisplay ?? true }
  }

  /// The program.
  var command: Command

  /// What the parser knows.
  ///
  /// - Throws: `DecodingError`, should the parser tell in another way than it did.
  static func read() throws -> CommandTree {
    try JSONDecoder().decode(CommandTree.self, from: Data(HSDLMPI._dumpHelp().utf8))
  }

  /// The command that arguments name, and where its own arguments begin.
  func command(of arguments: [String]) -> (command: Command, begin: Int) {
    var (found, begin) = (command, 0)
    while begin < arguments.count,
      let next = (found.subcommands ?? []).first(where: { $0.commandName == arguments[begin] })
    {
      found = next
      begin += 1
    }
    return (found, begin)
  }
}
