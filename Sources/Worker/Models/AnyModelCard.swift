import Foundation
import SeismicFormats

/// The card of a model folder, whatever kind of model it holds.
public enum AnyModelCard: Sendable {
  /// Models on features, alone or with a network on waveforms.
  case model(ModelCard)
  /// A picker.
  case picker(PickerCard)
  /// An event discriminator.
  case discriminator(DiscriminatorCard)

  /// Whether a folder holds a card.
  public static func isThere(in folder: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(folder)/\(ModelFolder.cardName)")
  }

  /// The model folders at a path: the path itself, or the folders in it that hold a card, by name.
  ///
  /// - Throws: ``FormatError`` with `missing` when there is none.
  public static func folders(at path: String) throws -> [String] {
    if isThere(in: path) { return [path] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted() ?? []
    let found = names.map { path.hasSuffix("/") ? "\(path)\($0)" : "\(path)/\($0)" }.filter(isThere)
    guard !found.isEmpty else {
      throw FormatError(
        .missing, file: path, found: "no \(ModelFolder.cardName) is in it, nor in a folder in it",
        expected: "a model folder, or a folder of them",
        remedy: "check the path; a training that was stopped leaves none")
    }
    return found
  }

  /// Reads the card of a folder, and checks all files that it names against their hashes.
  ///
  /// - Throws: ``FormatError``, ``ComputeError``.
  public static func read(_ folder: String) throws -> AnyModelCard {
    struct Kind: Decodable { var format: String? }
    let path = "\(folder)/\(ModelFolder.cardName)"
    let input = try FileInput(path)
    guard input.size <= 1 << 24 else {
      throw FormatError(.badData, file: path, found: "it has \(input.size) bytes", expected: "a model card")
    }
    let kind = try? JSONDecoder().decode(Kind.self, from: Data(try input.prefix(input.size)))
    switch kind?.format {
    case PickerCard.currentFormat: return .picker(try PickerFolder.read(folder).card)
    case DiscriminatorCard.currentFormat: return .discriminator(try DiscriminatorFolder.read(folder).card)
    // It says itself what is wrong with any other.
    default: return .model(try ModelFolder.open(folder).card)
    }
  }

  /// SHA-256 of the card.
  public var hash: String {
    switch self {
    case .model(let card): card.hash
    case .picker(let card): card.hash
    case .discriminator(let card): card.hash
    }
  }

  /// The version of the program that made the model.
  public var programVersion: String {
    switch self {
    case .model(let card): card.programVersion
    case .picker(let card): card.programVersion
    case .discriminator(let card): card.programVersion
    }
  }
}
