import Foundation
import TestSupport
import Testing

@Suite("Wrong model folders")
struct WrongModelTests {
  /// A folder with a pick table `t.csv` and a copy of the model, `model`.
  static func workplace() throws -> Workplace {
    let place = try Workplace()
    try place.folder.write("t.csv", Demonstration.table(Demonstration.rows[0..<20]))
    try FileManager.default.copyItem(atPath: Demonstration.model, toPath: place.folder.path("model"))
    return place
  }

  static let command = "refine --no-report --picks t.csv --model model --output out --quiet"

  @Test("The folder must be there, and be a model")
  func missing() throws {
    let place = try Self.workplace()
    try place.fail(
      "refine --no-report --picks t.csv --model nothing --output out", 66,
      "nothing: there is no such folder; expected a model folder; check the path, or train a model with `train shallow`"
    )
    try place.fail(
      "refine --no-report --picks t.csv --model t.csv --output out", 66,
      "t.csv: it is not a folder; expected a model folder; give the folder that holds card.json")
    try place.fail(
      "refine --no-report --picks t.csv --model . --output out", 66,
      ".: there is no card.json in the folder; expected a model folder; check the path; a training that was stopped "
        + "leaves none")
    #expect(place.names("out") == [])
  }

  @Test("A changed byte in any file is found", arguments: [nil, 3])
  func changedByte(ranks: Int?) throws {
    for file in ["forest/model.txt", "boosting/model.txt", "svm/standardisation.json", "logistic/model.json"] {
      let place = try Self.workplace()
      var bytes = try place.folder.bytes("model/\(file)")
      bytes[bytes.count / 2] ^= 1
      try place.folder.write("model/\(file)", bytes)
      try place.fail(
        Self.command, 65,
        "model/\(file): it is not the file that the card names: its hash does not match; copy the model folder again, "
          + "or train anew", ranks: ranks)
      #expect(place.names("out") == [])
    }
  }

  @Test("A changed card is found")
  func changedCard() throws {
    let place = try Self.workplace()
    let card = try place.folder.text("model/card.json")
    try place.folder.write("model/card.json", card.replacing("\"events\" : 160", with: "\"events\" : 161"))
    try place.fail(
      Self.command, 65,
      "model/card.json: the card is not the one that was written: its hash does not match; copy the model folder again, "
        + "or train anew")
    for wrong in ["", "{", "[]", String(card.prefix(card.count / 2))] {
      try place.folder.write("model/card.json", wrong)
      let outcome = try place.run(Self.command)
      #expect(outcome.exitCode == 65)
      #expect(outcome.errorLines.count == 1)
      #expect(outcome.errorOutput.hasPrefix("hsdl-mpi: error: model/card.json: it is not a model card ("))
    }
    #expect(place.names("out") == [])
  }

  @Test("A file that is not there is named")
  func missingFile() throws {
    let place = try Self.workplace()
    try FileManager.default.removeItem(atPath: place.folder.path("model/svm/model.txt"))
    try place.fail(Self.command, 66, "model/svm/model.txt: there is no such file; check the path")
  }

  @Test("A model with other features than the card's is refused")
  func otherFeatures() throws {
    let place = try Self.workplace()
    // The new name sorts as the old one, so the card looks as if it had been written so; its hash is made to fit.
    let card = try place.folder.text("model/card.json").replacing("sp_ratio", with: "sp_ratiq")
    let hash = try #require(card.firstMatch(of: /"hash" : "([0-9a-f]{64})"/)).1
    try place.folder.write("blank", card.replacing(hash, with: ""))
    let sum = try place.shell("sha256sum blank").output.prefix(64)
    try place.folder.write("model/card.json", card.replacing(hash, with: sum))
    try place.fail(
      Self.command, 65,
      "model/forest: the model cannot be read: its features are not those of the card, in their order; train anew")
    #expect(place.names("out") == [])
  }
}
