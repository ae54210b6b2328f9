import Foundation
public import HSDLCompute
public import MPI
import SeismicFormats

/// What is known of a network in a folder, beside its weights.
public protocol NetworkCard: Codable, Sendable, Equatable {
  /// The layout of the folder that this version writes and reads.
  static var currentFormat: String { get }
  /// What it is a card of, in words: `a picker`.
  static var subject: String { get }
  /// The command that makes such folders, in words.
  static var maker: String { get }
  /// The layout of the folder.
  var format: String { get }
  /// SHA-256 of each file beside the card.
  var files: [String: String] { get set }
  /// SHA-256 of the card without this line, and so of everything that it names.
  var hash: String { get set }
  /// The tensors of the network.
  var layout: [TensorSpecification] { get }

  /// Objects to a card that this version cannot work with.
  ///
  /// - Throws: ``FormatError``, ``ComputeError``.
  func validate(in path: String) throws
}

extension NetworkCard {
  /// A short form of the hash, for messages and catalogs.
  public var shortHash: String { String(hash.prefix(12)) }
}

/// A network in a folder: `card.json` and `model.safetensors`.
public struct NetworkFolder<Card: NetworkCard> {
  /// The card.
  public var card: Card
  /// The weights and statistics.
  public var parameters: NetworkParameters

  /// The files of a network, for the check before anything is replaced.
  public static var files: [String] { [ModelFolder.cardName, weightsName] }
  static var weightsName: String { "model.safetensors" }
  /// A card larger than this is none.
  private static var cardLimit: Int { 1 << 20 }

  /// Puts a card and weights together; hashes are worked out when they are written.
  public init(card: Card, parameters: NetworkParameters) {
    self.card = card
    self.parameters = parameters
  }

  /// Writes the folder, the card last, so that a folder with a card is whole; sets the hashes.
  ///
  /// - Throws: ``FormatError``, ``JobError``.
  public mutating func write(to path: String) throws {
    try makeFolder(path)
    let weights = "\(path)/\(Self.weightsName)"
    try SafeTensors.write(parameters.tensors, metadata: [("format", Card.currentFormat)], to: weights)
    card.files = [Self.weightsName: try Self.hash(weights)]
    card.hash = ""
    card.hash = ModelFolder.hash(Array(try Self.encode(card).utf8))
    let output = try FileOutput("\(path)/\(ModelFolder.cardName)")
    try output.write(try Self.encode(card))
    try output.commit()
  }

  /// Reads a folder and checks everything in it against the card.
  ///
  /// Rank 0 reads; all ranks get the network. Collective.
  ///
  /// - Throws: ``AgreedFailure`` on all ranks when the folder is missing, or anything in it is not what the card says.
  public static func load(_ path: String, over communicator: any Communicator) throws -> NetworkFolder {
    var text = ""
    var weights: [Float] = []
    var statistics: [Float] = []
    try communicator.agreeOnRoot {
      let folder = try read(path)
      text = try encode(folder.card)
      weights = Array(folder.parameters.weights)
      statistics = Array(folder.parameters.statistics)
    }
    text = try communicator.broadcast(text)
    weights = try communicator.broadcast(weights)
    statistics = try communicator.broadcast(statistics)
    return try communicator.agree {
      let card = try decode(text, path)
      let parameters = NetworkParameters(card.layout)
      _ = parameters.weights.update(fromContentsOf: weights)
      _ = parameters.statistics.update(fromContentsOf: statistics)
      return NetworkFolder(card: card, parameters: parameters)
    }
  }

  /// Reads a folder on one rank alone.
  ///
  /// - Throws: ``FormatError``, ``ComputeError``.
  public static func read(_ path: String) throws -> NetworkFolder {
    let cardPath = "\(path)/\(ModelFolder.cardName)"
    guard FileManager.default.fileExists(atPath: cardPath) else {
      throw FormatError(
        .missing, file: path, found: "there is no \(ModelFolder.cardName)", expected: "the folder of \(Card.subject)",
        remedy: "check the path, or make one with \(Card.maker)")
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
        remedy: "make the folder again, or take it from where it came from")
    }
    try card.validate(in: cardPath)
    let weightsPath = "\(path)/\(weightsName)"
    guard try hash(weightsPath) == card.files[weightsName] else {
      throw FormatError(
        .badData, file: weightsPath, found: "its hash is not the one of the card", expected: "the weights of the card",
        remedy: "make the folder again, or take it from where it came from")
    }
    let parameters = NetworkParameters(card.layout)
    try parameters.take(try SafeTensors(weightsPath).arrays(), from: weightsPath)
    return NetworkFolder(card: card, parameters: parameters)
  }

  private static func hash(_ path: String) throws -> String {
    let input = try FileInput(path)
    guard input.size <= ModelFolder.sizeLimit else {
      throw FormatError(.badData, file: path, found: "it has \(input.size) bytes", expected: "weights")
    }
    return ModelFolder.hash(try input.prefix(input.size))
  }

  private static func encode(_ card: Card) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(card), as: UTF8.self) + "\n"
    } catch {
      throw JobError(.internalError, "the card cannot be written: a number in it is not finite")
    }
  }

  private static func decode(_ text: String, _ path: String) throws -> Card {
    let card: Card
    do {
      card = try JSONDecoder().decode(Card.self, from: Data(text.utf8))
    } catch {
      throw FormatError(
        .badData, file: path, found: "it is not the card of \(Card.subject)", expected: Card.currentFormat,
        remedy: "give a folder that \(Card.maker) wrote")
    }
    guard card.format == Card.currentFormat else {
      throw FormatError(
        .unsupported, file: path, found: "its format is \(quoted(card.format))", expected: Card.currentFormat)
    }
    return card
  }
}
