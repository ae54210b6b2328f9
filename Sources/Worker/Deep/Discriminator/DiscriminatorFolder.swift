import Foundation
public import HSDLCompute
public import MPI
import SeismicFormats

/// A trained event discriminator in a folder: `card.json` and `model.safetensors`.
public struct DiscriminatorFolder {
  /// The card.
  public var card: DiscriminatorCard
  /// The weights.
  public var parameters: NetworkParameters

  /// The files of a discriminator, for the check before anything is replaced.
  public static let files = ["card.json", "model.safetensors"]
  static let weightsName = "model.safetensors"
  /// A card larger than this is none.
  static let cardLimit = 1 << 20

  /// Puts a card and weights together; hashes are worked out when they are written.
  public init(card: DiscriminatorCard, parameters: NetworkParameters) {
    self.card = card
    self.parameters = parameters
  }

  /// The discriminator, ready to score.
  ///
  /// - Throws: ``ComputeError``.
  public func discriminator() throws -> EventDiscriminator { try EventDiscriminator(card.architecture, parameters) }

  /// Writes the folder, the card last, so that a folder with a card is whole; sets the hashes.
  ///
  /// - Throws: ``FormatError``, ``JobError``.
  public mutating func write(to path: String) throws {
    try makeFolder(path)
    let weights = "\(path)/\(Self.weightsName)"
    try SafeTensors.write(parameters.tensors, metadata: [("format", DiscriminatorCard.currentFormat)], to: weights)
    card.files = [Self.weightsName: try Self.hash(weights)]
    card.hash = ""
    card.hash = ModelFolder.hash(Array(try Self.encode(card).utf8))
    let output = try FileOutput("\(path)/\(ModelFolder.cardName)")
    try output.write(try Self.encode(card))
    try output.commit()
  }

  /// Reads a folder and checks everything in it against the card.
  ///
  /// Rank 0 reads; all ranks get the model. Collective.
  ///
  /// - Throws: ``AgreedFailure`` on all ranks when the folder is missing, or anything in it is not what the card says.
  public static func load(_ path: String, over communicator: any Communicator) throws -> DiscriminatorFolder {
    var text = ""
    var weights: [Float] = []
    try communicator.agreeOnRoot {
      let folder = try read(path)
      text = try encode(folder.card)
      weights = Array(folder.parameters.weights)
    }
    text = try communicator.broadcast(text)
    weights = try communicator.broadcast(weights)
    return try communicator.agree {
      let card = try decode(text, path)
      let parameters = NetworkParameters(card.architecture.layout)
      _ = parameters.weights.update(fromContentsOf: weights)
      return DiscriminatorFolder(card: card, parameters: parameters)
    }
  }

  private static func read(_ path: String) throws -> DiscriminatorFolder {
    let cardPath = "\(path)/\(ModelFolder.cardName)"
    guard FileManager.default.fileExists(atPath: cardPath) else {
      throw FormatError(
        .missing, file: path, found: "there is no \(ModelFolder.cardName)", expected: "the folder of a discriminator",
        remedy: "check the path, or train one with `train discriminator`")
    }
    let input = try FileInput(cardPath)
    guard input.size <= cardLimit else {
      throw FormatError(.badData, file: cardPath, found: "it has \(input.size) bytes", expected: "a card")
    }
    let card = try decode(String(decoding: try input.prefix(input.size), as: UTF8.self), cardPath)
    var unsigned = card
    unsigned.hash = ""
    guard ModelFolder.hash(Array(try encode(unsigned).utf8)) == card.hash else {
      throw FormatError(
        .badData, file: cardPath, found: "its hash is not its own", expected: "a card that was not changed",
        remedy: "train the discriminator again, or take it from where it came from")
    }
    guard card.windows == DiscriminatorCard.Windows(), card.attributes == StationAttribute.allCases.map({ "\($0)" })
    else {
      throw FormatError(
        .unsupported, file: cardPath, found: "it takes other windows or attributes than this version makes",
        expected: "a discriminator of this version", remedy: "train it again")
    }
    let weightsPath = "\(path)/\(weightsName)"
    guard try hash(weightsPath) == card.files[weightsName] else {
      throw FormatError(
        .badData, file: weightsPath, found: "its hash is not the one of the card", expected: "the weights of the card",
        remedy: "train the discriminator again, or take it from where it came from")
    }
    let parameters = NetworkParameters(card.architecture.layout)
    try parameters.take(try SafeTensors(weightsPath).arrays(), from: weightsPath)
    return DiscriminatorFolder(card: card, parameters: parameters)
  }

  private static func hash(_ path: String) throws -> String {
    let input = try FileInput(path)
    guard input.size <= ModelFolder.sizeLimit else {
      throw FormatError(.badData, file: path, found: "it has \(input.size) bytes", expected: "weights")
    }
    return ModelFolder.hash(try input.prefix(input.size))
  }

  private static func encode(_ card: DiscriminatorCard) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(card), as: UTF8.self) + "\n"
    } catch {
      throw JobError(.internalError, "the card cannot be written: a number in it is not finite")
    }
  }

  private static func decode(_ text: String, _ path: String) throws -> DiscriminatorCard {
    let card: DiscriminatorCard
    do {
      card = try JSONDecoder().decode(DiscriminatorCard.self, from: Data(text.utf8))
    } catch {
      throw FormatError(
        .badData, file: path, found: "it is not the card of a discriminator", expected: DiscriminatorCard.currentFormat,
        remedy: "give a folder that `train discriminator` wrote")
    }
    guard card.format == DiscriminatorCard.currentFormat else {
      throw FormatError(
        .unsupported, file: path, found: "its format is \(quoted(card.format))",
        expected: DiscriminatorCard.currentFormat)
    }
    try card.architecture.validate()
    return card
  }
}
