import Foundation
import TestSupport
import Testing

/// A command with an option that takes a file or a folder, which is given something else.
struct WrongKind: Sendable, CustomTestStringConvertible {
  /// The command; `@` stands for what is wrong, behind the kind of an archive too.
  var command: String
  /// Kinds of things that are right here, or of which little can be said.
  var rightKinds: Set<String> = []

  var testDescription: String { command }

  init(_ command: String, except rightKinds: Set<String> = []) {
    self.command = command
    self.rightKinds = rightKinds
  }

  private static let waveforms =
    "--catalog \(SyntheticNetwork.catalog) --archive sds:\(SyntheticNetwork.archive) --stations \(SyntheticNetwork.stations)"
  private static let picks = "refine --picks \(Demonstration.folder)/automatic.csv --model"
  private static let refine = "refine --model \(SyntheticNetwork.model)"
  private static let labelled = "--real \(Demonstration.real) --fake \(Demonstration.fake)"
  private static let features = "\(SyntheticNetwork.featureTable)"
  private static let labels = "\(SyntheticNetwork.labels)"
  private static let events = "\(SyntheticNetwork.folder)/refined/events.csv"

  static let all = [
    WrongKind("refine --picks @ --model \(Demonstration.model)"),
    WrongKind("\(picks) @"),
    WrongKind("\(picks) \(Demonstration.model) --decisions @"),
    WrongKind("\(picks) \(Demonstration.model) --config @", except: ["empty"]),
    WrongKind("refine --catalog @ --model \(Demonstration.model)"),
    WrongKind(
      "\(refine) --catalog @ --archive sds:\(SyntheticNetwork.archive) --stations \(SyntheticNetwork.stations)"),
    WrongKind(
      "\(refine) --catalog \(SyntheticNetwork.catalog) --archive sds:@ --stations \(SyntheticNetwork.stations)"),
    WrongKind(
      "\(refine) --catalog \(SyntheticNetwork.catalog) --archive files:@ --stations \(SyntheticNetwork.stations)"),
    WrongKind(
      "\(refine) --catalog \(SyntheticNetwork.catalog) --archive stead:@ --stations \(SyntheticNetwork.stations)"),
    WrongKind(
      "\(refine) --catalog \(SyntheticNetwork.catalog) --archive seisbench:@ --stations \(SyntheticNetwork.stations)"),
    WrongKind("\(refine) --catalog \(SyntheticNetwork.catalog) --archive sds:\(SyntheticNetwork.archive) --stations @"),
    WrongKind("\(refine) \(waveforms) --velocity-model @"),
    WrongKind(
      "\(refine) --catalog \(SyntheticNetwork.catalog) --archive files:\(SyntheticNetwork.archive) --archive-index @ --stations \(SyntheticNetwork.stations)",
      // An index that is none, or of another version, is made anew.
      except: ["binary", "empty", "picture"]
    ),
    WrongKind("features --picks @"), WrongKind("features --catalog @"),
    WrongKind("features --real @ --fake \(Demonstration.fake)"),
    WrongKind("features --real \(Demonstration.real) --fake @"),
    WrongKind("features \(waveforms) --event-windows 4 --labels @"),
    WrongKind("features \(waveforms) --event-windows 4 --picker @"),
    WrongKind("train shallow --real @ --fake \(Demonstration.fake)"),
    WrongKind("train shallow --feature-table @ --labels \(labels)"),
    WrongKind("train shallow --feature-table \(features) --labels @"),
    WrongKind("train shallow --feature-table \(features) --decisions @"),
    WrongKind("train shallow \(labelled) --config @", except: ["empty"]),
    WrongKind("train picker --data stead:@"), WrongKind("train picker --data seisbench:@"),
    WrongKind("train picker --data npz:@"), WrongKind("train picker --network @"),
    WrongKind(
      "train picker --catalog @ --archive sds:\(SyntheticNetwork.archive) --stations \(SyntheticNetwork.stations)"),
    WrongKind("train picker --network \(SyntheticNetwork.folder)/net --from @"),
    WrongKind("train discriminator --event-windows @"),
    WrongKind("train hybrid --feature-table @ --labels \(labels)"),
    WrongKind("train hybrid --feature-table \(features) --labels @"),
    WrongKind("train hybrid --feature-table \(features) --labels \(labels) --event-windows @"),
    WrongKind("evaluate --real @ --fake \(Demonstration.fake)"),
    WrongKind("evaluate \(labelled) --test-real @ --test-fake \(Demonstration.fake)"),
    WrongKind("evaluate --feature-table \(features) --labels \(labels) --test-feature-table @ --test-labels \(labels)"),
    WrongKind(
      "evaluate --feature-table \(features) --labels \(labels) --test-feature-table \(features) --test-labels @"),
    WrongKind("evaluate --events @ --labels \(labels)"), WrongKind("evaluate --events \(events) --labels @"),
    WrongKind("evaluate --picker @ --network \(SyntheticNetwork.folder)/net"),
    WrongKind("evaluate --discriminator @ --event-windows none"),
    WrongKind("learning-curve --real @ --fake \(Demonstration.fake)"),
    WrongKind("learning-curve --feature-table @ --labels \(labels)"),
    WrongKind("learning-curve --event-windows @"), WrongKind("learning-curve --data npz:@"),
    WrongKind("learning-curve --data stead:@"), WrongKind("learning-curve --network @"),
    WrongKind("pick --archive sds:@"), WrongKind("pick --archive sds:\(SyntheticNetwork.archive) --model @"),
    WrongKind("pick --archive sds:\(SyntheticNetwork.archive) --stations @"),
    WrongKind("inventory @"), WrongKind("inventory --models @"),
    WrongKind("report @"), WrongKind("import-weights @"),
  ]
}

@Suite("A thing of another kind given to an option")
struct WrongKindTests {
  /// What is given: a folder without anything in it, bytes that mean nothing, nothing, and a file of a format that no option takes.
  private static let things = ["folder", "binary", "empty", "picture"]

  private static func make(_ place: Workplace) throws {
    try FileManager.default.createDirectory(
      at: place.folder.url.appendingPathComponent("folder"), withIntermediateDirectories: true)
    var state: UInt64 = 7
    let bytes = (0..<9000).map { _ -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(state >> 56)
    }
    try Data(bytes).write(to: place.folder.url.appendingPathComponent("binary"))
    try Data().write(to: place.folder.url.appendingPathComponent("empty"))
    try Data([0x89] + Array("PNG\r\n\u{1A}\n".utf8) + bytes.prefix(300)).write(
      to: place.folder.url.appendingPathComponent("picture"))
  }

  @Test("is refused in one line that names it, as text and as JSON, and nothing is left", arguments: WrongKind.all)
  func refused(_ wrong: WrongKind) throws {
    let place = try Workplace()
    try Self.make(place)
    let output = wrong.command.hasPrefix("report") ? "" : " --output out"
    for (number, thing) in Self.things.enumerated() where !wrong.rightKinds.contains(thing) {
      let command = wrong.command.replacing("@", with: thing) + output
      let outcome = try place.run("\(command) --quiet --log-format json", ranks: number == 1 ? 2 : nil)
      #expect([65, 66, 78].contains(outcome.exitCode), "\(command): \(outcome.exitCode)")
      #expect(outcome.output == "", "\(command)")
      // What is said of other files before it are warnings.
      let lines = try outcome.errorOutput.split(separator: "\n").map {
        try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
      }
      #expect(lines.allSatisfy { ["warning", "error"].contains($0?["level"] as? String) }, "\(command)")
      let errors = lines.filter { $0?["level"] as? String == "error" }
      #expect(errors.count == 1, "\(command): \(outcome.errorOutput)")
      let object = errors.last ?? nil
      let message = object?["message"] as? String ?? ""
      #expect(object?["exit_code"] as? Int == Int(outcome.exitCode), "\(command)")
      #expect(message.contains(thing), "\(command): \(message)")
      #expect(try place.folder.names().sorted() == Self.things.sorted(), "\(command)")
    }
  }
}
