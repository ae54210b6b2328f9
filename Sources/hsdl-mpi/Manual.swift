import ArgumentParser
import Coordinator
import SeismicFormats
import Worker

/// Writes the manual and the completions of shells, where an installation keeps them.
struct Manual: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write manual pages, and completions for shells.",
    discussion: """
      Writes man/man1/ (a page for each command), bash-completion/completions/hsdl-mpi, zsh/site-functions/_hsdl-mpi and \
      fish/vendor_completions.d/hsdl-mpi.fish, as they stand in the share folder of an installation. `make install` does it.

      Examples:

        hsdl-mpi manual -o ~/.local/share
        man -l ~/.local/share/man/man1/hsdl-mpi-refine.1
      """)

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The share folder; made if it is not there. Older pages are replaced.", valueName: "folder"),
    completion: .directory)
  var output: String

  @OptionGroup var log: LogOptions

  func run() throws {
    guard Program.isFirstRank else { return }
    let report = Reporter(rank: 0, format: log.logFormat, quiet: log.quiet)
    let tree: CommandTree
    do {
      tree = try CommandTree.read()
    } catch {
      throw JobError(.internalError, "the commands cannot be listed: \(error)")
    }
    let pages = Self.pages(tree.command, parent: nil)
    for page in pages { try write("man/man1/\(page.fileName)", page.content) }
    for (shell, path) in [
      (CompletionShell.bash, "bash-completion/completions/hsdl-mpi"), (.zsh, "zsh/site-functions/_hsdl-mpi"),
      (.fish, "fish/vendor_completions.d/hsdl-mpi.fish"),
    ] {
      try write(path, HSDLMPI.completionScript(for: shell) + "\n")
    }
    report.say("\(counted(pages.count, "pages")) in \(output)/man/man1; completions for bash, zsh and fish")
  }

  private func write(_ path: String, _ text: String) throws {
    let whole = "\(output)/\(path)"
    try makeFolder(String(whole[..<(whole.lastIndex(of: "/") ?? whole.endIndex)]))
    let file = try FileOutput(whole, isDurable: false)
    try file.write(text)
    try file.commit()
  }

  /// The pages of a command and those below it.
  private static func pages(_ command: CommandTree.Command, parent: CommandTree.Command?) -> [ManualPage] {
    let children = command.shown.map { $0.words.joined(separator: "-") }
    let above = parent.map { [$0.words.joined(separator: "-")] } ?? []
    return [ManualPage(command, related: above + children)]
      + command.shown.flatMap { pages($0, parent: command) }
  }
}
