import Crypto
import Foundation
public import HSDLCompute
public import MPI
import SeismicFormats

/// A trained model in a folder: `card.json`, and a folder for each model that it is made of.
public struct ModelFolder: Sendable {
  /// The card.
  public var card: ModelCard
  /// The models on features.
  public var ensemble: ShallowEnsemble
  /// The models on features and the network; nil for models on features alone.
  public var hybrid: HybridModel?
  /// The network's files, by name; empty for models on features alone.
  public var deepFiles: [String: [UInt8]]
  /// The files of the picker that the network asks, by name; empty where there is none.
  public var pickerFiles: [String: [UInt8]]

  static let cardName = "card.json"
  /// A model file larger than this is no model.
  static let sizeLimit = 1 << 30

  /// Puts a model and its card together.
  ///
  /// The hashes are worked out here.
  ///
  /// - Parameters:
  ///   - deepFiles: the files of the network, if the card tells of one.
  ///   - pickerFiles: the files of the picker that the network asks, if it asks one.
  /// - Throws: ``JobError`` when the card holds a number that is not finite; ``ComputeError`` when the network does not join
  ///   the models.
  public init(
    card: ModelCard, ensemble: ShallowEnsemble, deepFiles: [String: [UInt8]] = [:], pickerFiles: [String: [UInt8]] = [:]
  ) throws {
    self.ensemble = ensemble
    self.deepFiles = deepFiles
    self.pickerFiles = pickerFiles
    self.card = card
    self.card.kind = card.hybrid == nil ? ModelCard.shallow : ModelCard.hybrid
    self.card.combination = ensemble.stacking
    if let own = card.hybrid {
      hybrid = try HybridModel(shallow: ensemble, deep: own.input, stacking: own.combination)
      self.card.hybrid?.files = deepFiles.mapValues(Self.hash)
      self.card.hybrid?.picker =
        pickerFiles.isEmpty ? nil : ModelCard.Hybrid.Picker(files: pickerFiles.mapValues(Self.hash))
    }
    self.card.members = zip(card.members, ensemble.members).map { entry, member in
      var entry = entry
      entry.files = member.model.files.mapValues { Self.hash(Array($0.utf8)) }
      return entry
    }
    self.card.hash = try Self.hash(of: self.card)
  }

  // MARK: Hashes

  static func hash(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: bytes).map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0\(text)" : text
    }.joined()
  }

  static func hash(of card: ModelCard) throws -> String {
    var card = card
    card.hash = ""
    return hash(Array(try encode(card).utf8))
  }

  private static func encode(_ card: ModelCard) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(card), as: UTF8.self) + "\n"
    } catch {
      throw JobError(.internalError, "the model card cannot be written: a number in it is not finite")
    }
  }

  // MARK: Writing

  /// The files of a model in a folder of this program, for the check before anything is replaced.
  public static let files = [cardName]

  /// Writes the folder.
  ///
  /// Files get their names only when all of them are written, the card last: a folder with a card is whole, and a model
  /// that is to be replaced stays until then.
  ///
  /// - Throws: ``FormatError``.
  public func write(to path: String) throws {
    var outputs: [FileOutput] = []
    for (entry, member) in zip(card.members, ensemble.members) {
      let folder = "\(path)/\(entry.folder)"
      try makeFolder(folder)
      for (name, text) in member.model.files.sorted(by: { $0.key < $1.key }) {
        let output = try FileOutput("\(folder)/\(name)")
        try output.write(text)
        outputs.append(output)
      }
    }
    func add(_ files: [String: [UInt8]], in folder: String) throws {
      try makeFolder("\(path)/\(folder)")
      for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
        let output = try FileOutput("\(path)/\(folder)/\(name)")
        try bytes.withUnsafeBufferPointer { try output.write($0) }
        outputs.append(output)
      }
    }
    if let own = card.hybrid {
      try add(deepFiles, in: own.folder)
      if let picker = own.picker { try add(pickerFiles, in: picker.folder) }
    }
    let output = try FileOutput("\(path)/\(Self.cardName)")
    try output.write(try Self.encode(card))
    for output in outputs + [output] { try output.commit() }
  }

  // MARK: Reading

  /// Reads a folder and checks everything in it against the card.
  ///
  /// Rank 0 reads; all ranks get the model. Collective.
  ///
  /// - Throws: ``AgreedFailure`` on all ranks when the folder is missing, or anything in it is not what the card says.
  public static func load(_ path: String, over communicator: any Communicator) throws -> ModelFolder {
    var files: [String: [UInt8]] = [:]
    try communicator.agreeOnRoot { files = try read(path) }
    let names = try communicator.broadcast(files.keys.sorted().joined(separator: "\n"))
      .split(separator: "\n").map(String.init)
    for name in names { files[name] = try communicator.broadcast(files[name] ?? []) }
    return try communicator.agree { try assemble(files, path) }
  }

  /// Reads a folder on one rank alone, and checks everything in it against the card.
  ///
  /// - Throws: ``FormatError``.
  public static func open(_ path: String) throws -> ModelFolder { try assemble(read(path), path) }

  private static func read(_ path: String) throws -> [String: [UInt8]] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw FormatError(
        .missing, file: path, found: "there is no such folder", expected: "a model folder",
        remedy: "check the path, or train a model with `train shallow`")
    }
    guard isDirectory.boolValue else {
      throw FormatError(
        .unreadable, file: path, found: "it is not a folder", expected: "a model folder",
        remedy: "give the folder that holds \(cardName)")
    }
    let cardPath = "\(path)/\(cardName)"
    guard FileManager.default.fileExists(atPath: cardPath) else {
      throw FormatError(
        .missing, file: path, found: "there is no \(cardName) in the folder", expected: "a model folder",
        remedy: "check the path; a training that was stopped leaves none")
    }
    var files = [cardName: try content(cardPath)]
    let card = try decode(files[cardName] ?? [], cardPath)
    for (folder, names) in card.fileNames {
      for name in names { files["\(folder)/\(name)"] = try content("\(path)/\(folder)/\(name)") }
    }
    return files
  }

  /// The bytes of a file of a model.
  private static func content(_ path: String) throws -> [UInt8] {
    let input = try FileInput(path)
    guard input.size <= sizeLimit else {
      throw FormatError(.badData, file: path, found: "it has \(input.size) bytes", expected: "at most 1 GiB")
    }
    return try input.prefix(input.size)
  }

  private static func text(_ bytes: [UInt8], _ path: String) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw FormatError(.badData, file: path, found: "it is not text", remedy: "copy the model folder again")
    }
    return text
  }

  private static func decode(_ bytes: [UInt8], _ path: String) throws -> ModelCard {
    let text = try text(bytes, path)
    let card: ModelCard
    do {
      card = try JSONDecoder().decode(ModelCard.self, from: Data(text.utf8))
    } catch {
      throw FormatError(
        .badData, file: path, found: "it is not a model card (\(describe(error)))",
        remedy: "copy the model folder again")
    }
    guard card.format == ModelCard.currentFormat,
      card.kind == (card.hybrid == nil ? ModelCard.shallow : ModelCard.hybrid)
    else {
      throw FormatError(
        .unsupported, file: path, found: "it is a '\(card.format)' of kind '\(card.kind)'",
        expected: "a shallow or hybrid model that this version (\(programVersion)) knows",
        remedy: "use the version that made it")
    }
    guard try card.hash == hash(of: card) else {
      throw FormatError(
        .badData, file: path, found: "the card is not the one that was written: its hash does not match",
        remedy: "copy the model folder again, or train anew")
    }
    // Names of folders and files stay inside the model folder.
    for (folder, names) in card.fileNames {
      for name in [folder] + names where name.contains("/") || name.hasPrefix(".") || name.isEmpty {
        throw FormatError(.badData, file: path, found: "it names a file outside the model folder (\(quoted(name)))")
      }
    }
    return card
  }

  private static func describe(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "'\(key.stringValue)' is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' is not what it should be"
    default: "it is not JSON"
    }
  }

  private static func assemble(_ contents: [String: [UInt8]], _ path: String) throws -> ModelFolder {
    let cardPath = "\(path)/\(cardName)"
    let card = try decode(contents[cardName] ?? [], cardPath)
    let features = FeatureSet(card.features)
    guard !card.features.isEmpty, !card.members.isEmpty, card.costs.areValid else {
      throw FormatError(.badData, file: cardPath, found: "it names no features, no models or no costs")
    }
    /// The bytes of a file, if they are those that the card names.
    func checked(_ file: String, _ expected: String) throws -> [UInt8] {
      let bytes = contents[file] ?? []
      guard hash(bytes) == expected else {
        throw FormatError(
          .badData, file: "\(path)/\(file)", found: "it is not the file that the card names: its hash does not match",
          remedy: "copy the model folder again, or train anew")
      }
      return bytes
    }
    let members = try card.members.map { member -> CalibratedModel in
      var files: [String: String] = [:]
      for (name, expected) in member.files.sorted(by: { $0.key < $1.key }) {
        let file = "\(member.folder)/\(name)"
        files[name] = try text(checked(file, expected), "\(path)/\(file)")
      }
      do {
        return try CalibratedModel(
          kind: member.kind, files: files, calibration: member.calibration, features: features)
      } catch let error as ComputeError {
        throw FormatError(.badData, file: "\(path)/\(member.folder)", found: "\(error)", remedy: "train anew")
      }
    }
    var deepFiles: [String: [UInt8]] = [:]
    var pickerFiles: [String: [UInt8]] = [:]
    if let own = card.hybrid {
      for (name, expected) in own.files.sorted(by: { $0.key < $1.key }) {
        deepFiles[name] = try checked("\(own.folder)/\(name)", expected)
      }
      if let picker = own.picker {
        for (name, expected) in picker.files.sorted(by: { $0.key < $1.key }) {
          pickerFiles[name] = try checked("\(picker.folder)/\(name)", expected)
        }
      }
    }
    do {
      return try ModelFolder(
        card: card, ensemble: ShallowEnsemble(members, stacking: card.combination), deepFiles: deepFiles,
        pickerFiles: pickerFiles)
    } catch let error as ComputeError {
      throw FormatError(.badData, file: cardPath, found: "\(error)", remedy: "train anew")
    }
  }
}

extension ModelCard {
  /// The folders of the model's parts, and the names of the files in them, in a fixed order.
  var fileNames: [(folder: String, names: [String])] {
    members.map { ($0.folder, $0.files.keys.sorted()) } + (hybrid.map { [($0.folder, $0.files.keys.sorted())] } ?? [])
      + (hybrid?.picker.map { [($0.folder, $0.files.keys.sorted())] } ?? [])
  }
}
