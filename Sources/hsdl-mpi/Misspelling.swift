import SeismicFormats

/// Finds the word of a command line that is no command and no option.
///
/// The parser objects to what is missing before it looks at what is too much, so that `--catlog` would be answered by asking for a catalog.
enum Misspelling {
  /// What to tell the user; nil where all words are known.
  static func find(_ arguments: [String]) -> String? {
    guard let tree = try? CommandTree.read() else { return nil }
    let (command, begin) = tree.command(of: arguments)
    let rest = arguments[begin...]
    if !(command.shown.isEmpty), let word = rest.first, !word.hasPrefix("-") {
      let names = command.shown.map(\.commandName)
      let group = command.words.dropFirst().joined(separator: " ")
      let all = group.isEmpty ? "hsdl-mpi --help" : "hsdl-mpi \(group) --help"
      let what = group.isEmpty ? "there is no command '\(word)'" : "'\(group)' has no command '\(word)'"
      return nearest(word, names).map { "\(what); did you mean '\($0)'" }
        ?? "\(what); \(all) lists those that there are"
    }
    let names = (command.arguments ?? []).filter(\.isShown).flatMap { $0.names ?? [] }.map(\.text)
    let hidden = [
      "--help", "-h", "--help-hidden", "--version", "--generate-completion-script", "--experimental-dump-help",
    ]
    for word in rest {
      if word == "--" { return nil }
      guard word.hasPrefix("--") else { continue }
      let name = String(word.prefix { $0 != "=" })
      guard !names.contains(name), !hidden.contains(name) else { continue }
      let meant = nearest(name, names.filter { $0.hasPrefix("--") })
      return "Unknown option '\(name)'" + (meant.map { "; did you mean '\($0)'" } ?? "")
    }
    return nil
  }

  private static func nearest(_ word: String, _ names: [String]) -> String? {
    Spelling.nearest(to: word, among: names)
  }
}
