import Foundation
import TestSupport
import Testing

@Suite("Paths")
struct PathTests {
  /// All paths below a folder with sizes and times of change: what was written anywhere shows.
  static func tree(_ root: String) -> [String: String] {
    var found: [String: String] = [:]
    guard let paths = FileManager.default.enumerator(atPath: root) else { return [:] }
    while let path = paths.nextObject() as? String {
      var status = stat()
      guard lstat("\(root)/\(path)", &status) == 0 else { continue }
      found[path] =
        status.st_mode & S_IFMT == S_IFDIR
        ? "folder" : "\(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }
    return found
  }

  static let refine =
    "--catalog \(SyntheticNetwork.catalog) --archive sds:\(SyntheticNetwork.archive) --stations \(SyntheticNetwork.stations) --model \(SyntheticNetwork.model) --no-report --quiet"
    .split(separator: " ").map(String.init)

  /// Results that do not say where they are.
  static let results = ["events.csv", "features.csv", "refined.xml", "rejected.xml", "problems.csv"]

  @Test("Folders with blanks, quotes and letters of any script; relative and absolute: the same results")
  func names() throws {
    let place = try Workplace()
    try place.succeed((["refine"] + Self.refine + ["--output", "plain"]).joined(separator: " "), ranks: 2)
    for output in ["with blank", "Ärger 'und' \"Ø\"", "地震/カタログ", "./b//c/", place.folder.path("whole path"), "-dash"] {
      let option = output.hasPrefix("-") ? ["--output=\(output)"] : ["--output", output]
      let outcome = try place.run(["refine"] + Self.refine + option, ranks: 2)
      #expect(outcome.exitCode == 0, "\(output): \(outcome.errorOutput.prefix(300))")
      let folder = output.hasPrefix("/") ? output : place.folder.path(output)
      for name in Self.results {
        let (own, plain) = ("\(folder)/\(name)", place.folder.path("plain/\(name)"))
        #expect(FileManager.default.contentsEqual(atPath: own, andPath: plain), "\(output)/\(name)")
      }
    }
  }

  @Test("Inputs are named with blanks and any letters, and lie where nothing can be written")
  func inputs() throws {
    let place = try Workplace()
    try place.succeed((["refine"] + Self.refine + ["--output", "plain"]).joined(separator: " "))
    let source = "Quellen für 'é'"
    #expect(try place.shell("cp -r \(SyntheticNetwork.folder) '\(source.replacing("'", with: "'\\''"))'").exitCode == 0)
    let root = place.folder.path(source)
    // Root may write anywhere, so permissions alone prove nothing: what is there must stay as it was.
    _ = try place.shell("chmod -R a-w '\(source.replacing("'", with: "'\\''"))'")
    defer { _ = try? place.shell("chmod -R u+w .") }
    let before = Self.tree(root)
    #expect(before.count > 5)
    func moved(_ path: String) -> String { path.replacing(SyntheticNetwork.folder, with: root) }
    let words = Self.refine.map(moved)
    let outcome = try place.run(["refine"] + words + ["--output", "out"], ranks: 2)
    #expect(outcome.exitCode == 0, "\(outcome.errorOutput.prefix(300))")
    #expect(Self.tree(root) == before)
    for name in ["events.csv", "features.csv"] {
      #expect(try place.folder.bytes("out/\(name)") == place.folder.bytes("plain/\(name)"))
    }
  }

  @Test(
    "A loop of links in an archive neither hangs nor shows anything twice", .timeLimit(.minutes(2)),
    arguments: ["sds", "files"])
  func loop(kind: String) throws {
    let place = try Workplace()
    try place.succeed(
      (["refine"] + Self.refine + ["--output", "plain"]).joined(separator: " ").replacing("sds:", with: "\(kind):"))
    #expect(
      try place.shell(
        """
        cp -r \(SyntheticNetwork.archive) archive && cd archive && first=$(ls | head -n 1) \
        && ln -s . itself && ln -s .. "$first/up" && ln -s "$PWD" "$first/round" && ln -s nowhere "$first/dangling"
        """
      ).exitCode == 0)
    let words = Self.refine.map { $0.hasPrefix("sds:") ? "\(kind):archive" : $0 }
    let outcome = try place.run(["refine"] + words + ["--output", "out"], ranks: 2)
    #expect(outcome.exitCode == 0, "\(outcome.errorOutput.prefix(300))")
    #expect(try place.folder.bytes("out/features.csv") == place.folder.bytes("plain/features.csv"))
  }

  @Test("Nothing is written outside of --output", .timeLimit(.minutes(2)))
  func outside() throws {
    let place = try Workplace()
    try place.folder.write("t.csv", Demonstration.table(Demonstration.rows[..<60]))
    #expect(try place.shell("mkdir home temporary work && cp t.csv work/").exitCode == 0)
    let before = Self.tree(place.folder.url.path)
    let model = Demonstration.model
    let modelBefore = Self.tree(Demonstration.folder)
    let script = [
      "mpirun -n 2 $PROGRAM refine --no-report --picks t.csv --model \(model) --output ../out/refine",
      "mpirun -n 2 $PROGRAM refine \(Self.refine.joined(separator: " ")) --output ../out/catalog",
      "mpirun -n 2 $PROGRAM features --picks t.csv --output ../out/features",
      "$PROGRAM train shallow --real \(Demonstration.real) --fake \(Demonstration.fake) --models logistic --output ../out/model",
      "$PROGRAM evaluate --real \(Demonstration.real) --fake \(Demonstration.fake) --models logistic --repeats 1 --output ../out/evaluation",
      "$PROGRAM refine --no-report --picks t.csv --model \(model) --output ../out/none --dry-run",
      "$PROGRAM inspect t.csv",
    ].map { "\($0) >/dev/null 2>&1 || exit" }.joined(separator: "\n")
    let outcome = try place.shell(
      "cd work; export HOME=\(place.folder.path("home")) TMPDIR=\(place.folder.path("temporary"))\n" + script)
    #expect(outcome.exitCode == 0)
    let after = Self.tree(place.folder.url.path)
    let others = after.filter { $0.key != "out" && !$0.key.hasPrefix("out/") }
    #expect(others == before)
    #expect(place.names("out") == ["catalog", "evaluation", "features", "model", "refine"])
    #expect(Self.tree(Demonstration.folder) == modelBefore)
  }
}
