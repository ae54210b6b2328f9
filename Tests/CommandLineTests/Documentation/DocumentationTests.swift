import Foundation
import TestSupport
import Testing

@Suite("Documentation")
struct DocumentationTests {
  static let tree = Result {
    try JSONDecoder().decode(
      CommandTree.self, from: Data(try Program.run("hsdl-mpi", ["--experimental-dump-help"]).output.utf8))
  }

  @Test("There is documentation, and it has commands that are run")
  func isThere() {
    #expect(MarkdownFile.all.count > 8)
    for name in ["README.md", "docs/tutorial.md", "docs/review.md"] {
      #expect(MarkdownFile.all.contains { $0.name == name && !$0.scripts.isEmpty }, "\(name)")
    }
  }

  @Test("Every command that is shown exists, with its options", arguments: MarkdownFile.all)
  func commands(_ file: MarkdownFile) throws {
    let tree = try Self.tree.get()
    for (line, words) in file.commands {
      let isShown = file.blocks.contains { $0.line == line }
      #expect(
        tree.fault(words, isCertain: isShown) == nil, "\(file.name), line \(line): \(words.joined(separator: " "))")
    }
  }

  @Test("A command that does not exist is found")
  func wrongCommands() throws {
    let tree = try Self.tree.get()
    #expect(tree.fault(["refine", "--picks", "a", "--output=b", "-q"], isCertain: true) == nil)
    #expect(tree.fault(["refine", "--pick", "a"], isCertain: true) == "refine has no option --pick")
    #expect(
      tree.fault(["train", "shallow", "--archive", "a"], isCertain: false) == "train shallow has no option --archive")
    #expect(tree.fault(["refin", "--picks"], isCertain: true) == "there is no command refin")
    #expect(tree.fault(["events.csv"], isCertain: false) == nil)
  }

  @Test("Every file that is linked to is there", arguments: MarkdownFile.all)
  func links(_ file: MarkdownFile) {
    let folder = MarkdownFile.project.appendingPathComponent(file.name).deletingLastPathComponent()
    for (line, path) in file.links {
      #expect(
        FileManager.default.fileExists(atPath: folder.appendingPathComponent(path).path),
        "\(file.name), line \(line): \(path)")
    }
  }

  @Test("Every page of docs is linked from the README")
  func index() throws {
    let readme = try #require(MarkdownFile.all.first)
    let linked = Set(readme.links.map(\.path))
    for file in MarkdownFile.all where file.name.hasPrefix("docs/") {
      #expect(linked.contains(file.name), "\(file.name)")
    }
  }

  @Test(
    "Commands do what they are said to do, on small data", arguments: MarkdownFile.all.filter { !$0.scripts.isEmpty })
  func run(_ file: MarkdownFile) throws {
    let place = try Workplace()
    let program = Program.builtProducts.appendingPathComponent("hsdl-mpi").path
    try FileManager.default.createDirectory(
      at: place.folder.url.appendingPathComponent("bin"), withIntermediateDirectories: true)
    let net = "\(SyntheticNetwork.folder)/net"
    for (name, target) in [
      ("bin/hsdl-mpi", program), ("hsdl-mpi", MarkdownFile.project.path), ("catalog.xml", "\(net)/automatic.xml"),
      ("archive", "\(net)/archive"), ("stations.xml", "\(net)/stations.xml"), ("velocity.csv", "\(net)/velocity.csv"),
      ("labels.csv", "\(net)/labels.csv"), ("truth.xml", "\(net)/truth.xml"),
    ] {
      try FileManager.default.createSymbolicLink(
        atPath: place.folder.path(name), withDestinationPath: target)
    }
    for block in file.scripts {
      let outcome = try Program.execute(
        "/usr/bin/env",
        ["bash", "-c", "set -eo pipefail; PATH=\"$PWD/bin:$PATH\"; export OMP_NUM_THREADS=1\n" + (block.script ?? "")],
        directory: place.folder.url, timeout: 100)
      try #require(
        outcome.exitCode == 0,
        "\(file.name), line \(block.line): \(outcome.exitCode)\n\(outcome.output)\(outcome.errorOutput)")
    }
  }
}
