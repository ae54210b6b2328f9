import Foundation
public import HSDLCompute
import SeismicFormats

/// Weights of a picker in any form that is read here.
public enum PickerWeights {
  /// Reads the weights of a picker.
  ///
  /// - Parameters:
  ///   - path: a model folder, a `.safetensors` file with SeisBench's names, or a `.npz` file with the names of the original EQTransformer or PhaseNet.
  ///   - wanted: the form that is expected; nil takes it from the names and shapes.
  /// - Throws: ``FormatError``; ``ComputeError`` that names the first tensor that does not fit.
  public static func read(_ path: String, as wanted: AnyPickerArchitecture? = nil) throws -> PickerFolder {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
      let folder = try PickerFolder.read(path)
      if let wanted, wanted.architecture.description.architecture != folder.card.description.architecture {
        throw ComputeError.badModel(
          reason:
            "\(path): it is a network of the kind \(folder.card.description.architecture); expected \(wanted.architecture.description.architecture)"
        )
      }
      return folder
    }
    let arrays: [WeightImport.Named]
    let input = try FileInput(path)
    if try input.prefix(4) == [0x50, 0x4b, 3, 4] {
      let archive = try NumPyArchive(path)
      arrays = try archive.names.map { ($0, try archive.array($0)) }
    } else {
      arrays = try SafeTensors(path).arrays()
    }
    let imported = try WeightImport.network(arrays, as: wanted, from: path)
    var card = PickerCard(
      architecture: imported.architecture, description: imported.architecture.architecture.description)
    card.training.text["imported_from"] = path
    card.training.text["origin"] = imported.origin.rawValue
    return PickerFolder(card: card, parameters: imported.parameters)
  }
}
