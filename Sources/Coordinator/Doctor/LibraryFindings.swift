import Foundation
import MPI
import SeismicFormats
import Worker

/// Whether libraries and models are there, and the same on all nodes.
enum LibraryFindings {
  /// What is to be said of the libraries that the ranks have loaded.
  static func findings(_ reports: [RankReport]) -> [Finding] {
    guard let first = reports.first else { return [] }
    var all: [Finding] = []
    for name in LoadedLibraries.needed {
      guard let library = first.libraries.first(where: { $0.name == name }) else {
        all.append(Finding(name, .notice, "it is not a shared library of this program, so nothing can be told of it"))
        continue
      }
      all.append(Finding(name, .fine, "\(library.version.map { "\($0), " } ?? "")\(library.path)"))
    }
    for name in ["OpenBLAS", "MKL"] {
      if let library = first.libraries.first(where: { $0.name == name }) {
        all.append(Finding(name, .fine, "\(library.version.map { "\($0), " } ?? "")\(library.path)"))
      }
    }
    let openMP = first.libraries.filter { $0.name.hasSuffix("OpenMP") }
    if Set(openMP.map(\.name)).count > 1 {
      all.append(
        Finding(
          "OpenMP", .notice,
          "two are loaded: \(openMP.map { "\($0.path) (\($0.name))" }.joined(separator: ", "))",
          remedy: "each starts threads of its own: export OMP_NUM_THREADS=1"))
    }
    if let other = reports.first(where: { versions($0) != versions(first) }) {
      let differing = Set(versions(other)).symmetricDifference(versions(first)).sorted().prefix(4)
      all.append(
        Finding(
          "libraries of the nodes", .wrong,
          "\(first.host) and \(other.host) have other ones: \(differing.joined(separator: ", "))",
          remedy: "load the same modules on all nodes; results may differ otherwise"))
    }
    return all
  }

  private static func versions(_ report: RankReport) -> [String] {
    report.libraries.map { "\($0.name) \($0.version ?? $0.path)" }
  }

  /// Whether the models that come with the program are found and whole.
  ///
  /// Collective.
  static func models(over communicator: any Communicator) throws -> [Finding] {
    var all: [Finding] = []
    for name in ShippedModels.Name.allCases {
      let topic = "model \(name.rawValue)"
      do {
        let folder = try communicator.agree { try ShippedModels.folder(name) }
        switch name {
        case .event:
          let model = try ModelFolder.load(folder, over: communicator)
          if let own = model.card.hybrid {
            _ = try DiscriminatorFolder.load("\(folder)/\(own.folder)", over: communicator)
          }
          all.append(Finding(topic, .fine, "\(folder), whole (\(model.card.shortHash))"))
        case .picker:
          let model = try PickerFolder.load(folder, over: communicator)
          all.append(Finding(topic, .fine, "\(folder), whole (\(model.card.hash.prefix(12)))"))
        }
      } catch let failure as AgreedFailure {
        all.append(
          Finding(
            topic, .notice, failure.description,
            remedy:
              "commands that are given --model do not need it; else copy it again, or set \(ShippedModels.variable)"))
      }
    }
    return all
  }
}
