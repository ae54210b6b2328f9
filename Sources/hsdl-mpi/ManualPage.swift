import Coordinator
import Worker

/// A page of the manual of a command, in the language of `man` (troff with its macros).
struct ManualPage {
  private let command: CommandTree.Command
  private var text = ""

  /// The name of the file: `hsdl-mpi-train-shallow.1`.
  var fileName: String { "\(command.words.joined(separator: "-")).1" }

  /// Writes the page of a command.
  ///
  /// - Parameter related: the pages to refer to.
  init(_ command: CommandTree.Command, related: [String]) {
    self.command = command
    let name = command.words.joined(separator: "-")
    let title = Self.quoted(name.uppercased())
    text = ".TH \(title) 1 \"\" \"hsdl-mpi \(programVersion)\" \"hsdl-mpi manual\"\n.nh\n"
    section("NAME")
    line("\(Self.escaped(name)) \\- \(Self.escaped(Self.withoutStop(command.abstract ?? "")))")
    section("SYNOPSIS")
    synopsis()
    let (prose, examples) = Self.parts(command.discussion ?? "")
    if !prose.isEmpty {
      section("DESCRIPTION")
      paragraphs(prose)
    }
    if !command.shown.isEmpty {
      section("COMMANDS")
      for child in command.shown {
        entry("\\fB\(Self.escaped(child.commandName))\\fR", child.abstract ?? "")
      }
      line(".PP")
      line("Each has a page of its own, as has \(Self.escaped(name)).")
    }
    arguments()
    if !examples.isEmpty {
      section("EXAMPLES")
      paragraphs(examples)
    }
    section("EXIT STATUS")
    for (code, meaning) in ExitStatus.meanings { entry("\\fB\(code)\\fR", meaning) }
    if command.superCommands?.isEmpty ?? true {
      section("ENVIRONMENT")
      for (name, meaning) in Self.variables { entry("\\fB\(Self.escaped(name))\\fR", meaning) }
    }
    section("SEE ALSO")
    let pages = (related + ["mpirun"]).map { "\\fB\(Self.escaped($0))\\fR(1)" }
    line(pages.joined(separator: ",\n"))
  }

  /// The page.
  var content: String { text }

  /// The variables of the environment that the program heeds.
  private static let variables = [
    (
      ShippedModels.variable,
      "The folder that holds the models which come with the program, where it is not found beside it."
    ),
    (
      Progress.variable,
      "Seconds between two lines of progress in a log; 10 by default, 0 for each step. A terminal's line is rewritten at least twice a second."
    ), ("LIBTORCH", "When the program is built: the folder of another libtorch than the system's."),
  ]

  private mutating func line(_ words: String) { text += words + "\n" }

  private mutating func section(_ title: String) { line(".SH \(title)") }

  /// A term, and what it means behind it.
  private mutating func entry(_ term: String, _ meaning: String) {
    line(".TP")
    line(term)
    line(Self.escaped(meaning))
  }

  private mutating func synopsis() {
    let own = (command.arguments ?? []).filter(\.isShown)
    var parts = ["\\fB\(Self.escaped(command.words.joined(separator: " ")))\\fR"]
    if !command.shown.isEmpty { parts.append("\\fIcommand\\fR") }
    for argument in own where argument.kind == "positional" {
      let value =
        "\\fI\(Self.escaped(argument.valueName ?? "argument"))\\fR\(argument.isRepeating ?? false ? " ..." : "")"
      parts.append(argument.isOptional ?? false ? "[\(value)]" : value)
    }
    for argument in own where argument.kind == "option" && !(argument.isOptional ?? true) {
      parts.append(Self.term(argument))
    }
    parts.append("[\\fIoptions\\fR]")
    line(parts.joined(separator: "\n"))
  }

  private mutating func arguments() {
    let own = (command.arguments ?? []).filter(\.isShown)
    let positional = own.filter { $0.kind == "positional" }
    if !positional.isEmpty {
      section("ARGUMENTS")
      for argument in positional {
        entry("\\fI\(Self.escaped(argument.valueName ?? "argument"))\\fR", Self.meaning(argument))
      }
    }
    let options = own.filter { $0.kind != "positional" }
    guard !options.isEmpty else { return }
    section("OPTIONS")
    for option in options { entry(Self.term(option), Self.meaning(option)) }
  }

  /// `-o, --output folder`, with its marks.
  private static func term(_ option: CommandTree.Argument) -> String {
    let names = (option.names ?? []).sorted { $0.text.count < $1.text.count }.map { "\\fB\(escaped($0.text))\\fR" }
    let value = option.kind == "option" ? " \\fI\(escaped(option.valueName ?? "value"))\\fR" : ""
    return names.joined(separator: ", ") + value + (option.isRepeating ?? false ? " ..." : "")
  }

  private static func meaning(_ argument: CommandTree.Argument) -> String {
    var parts = [argument.abstract ?? ""]
    if let discussion = argument.discussion, !discussion.isEmpty { parts.append(discussion) }
    if let values = argument.allValues, !values.isEmpty { parts.append("One of \(values.joined(separator: ", ")).") }
    if let value = argument.defaultValue, !value.isEmpty, argument.kind != "flag" {
      parts.append("By default \(value).")
    }
    return parts.filter { !$0.isEmpty }.joined(separator: " ")
  }

  // MARK: Prose

  /// The discussion without its examples, and they.
  private static func parts(_ discussion: String) -> (prose: [Substring], examples: [Substring]) {
    let lines = discussion.split(separator: "\n", omittingEmptySubsequences: false)
    guard let place = lines.firstIndex(where: { $0 == "Examples:" || $0 == "Example:" }) else { return (lines, []) }
    var end = place + 1
    // What is indented, and empty lines between.
    while end < lines.count, lines[end].isEmpty || lines[end].hasPrefix("  ") { end += 1 }
    return (Array(lines[..<place]) + Array(lines[end...]), Array(lines[(place + 1)..<end]))
  }

  /// Paragraphs as they run; lines that are indented as they stand.
  private mutating func paragraphs(_ lines: [Substring]) {
    var isLiteral = false
    var isBegun = false
    for words in lines {
      let isIndented = words.hasPrefix("  ")
      if isLiteral, !isIndented, !words.isEmpty {
        line(".fi\n.RE")
        isLiteral = false
      }
      if words.isEmpty {
        if isBegun { line(isLiteral ? ".sp" : ".PP") }
        continue
      }
      if isIndented, !isLiteral {
        line(".RS 2\n.nf")
        isLiteral = true
      }
      line(Self.escaped(isIndented ? String(words.dropFirst(2)) : String(words)))
      isBegun = true
    }
    if isLiteral { line(".fi\n.RE") }
  }

  private static func withoutStop(_ words: String) -> String { words.hasSuffix(".") ? String(words.dropLast()) : words }

  private static func quoted(_ words: String) -> String { "\"\(words)\"" }

  /// The words so that troff takes none of their signs for its own.
  private static func escaped(_ words: String) -> String {
    var text = ""
    for line in words.split(separator: "\n", omittingEmptySubsequences: false) {
      if !text.isEmpty { text += "\n" }
      if line.first == "." || line.first == "'" { text += "\\&" }
      for character in line {
        switch character {
        case "\\": text += "\\e"
        case "-": text += "\\-"
        case "'": text += "\\(aq"
        case "`": text += "\\(ga"
        case "^": text += "\\(ha"
        case "~": text += "\\(ti"
        default: text.append(character)
        }
      }
    }
    return text
  }
}

extension ExitStatus {
  /// The exit codes and what they mean.
  static let meanings: [(code: Int32, meaning: String)] = [
    (done.rawValue, "Done."), (usage.rawValue, "The command line is wrong."),
    (badData.rawValue, "An input holds bad data; the message says which file, line or byte."),
    (missingInput.rawValue, "An input is missing."),
    (unavailable.rawValue, "A library, a service or another rank is not available."),
    (internalError.rawValue, "An internal fault."), (cannotCreate.rawValue, "An output cannot be created."),
    (inputOutput.rawValue, "Reading or writing broke off."),
    (stoppedEarly.rawValue, "Stopped early; the same command goes on."),
    (configuration.rawValue, "The configuration file is wrong."),
  ]
}
