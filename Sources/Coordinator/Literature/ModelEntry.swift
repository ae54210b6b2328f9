import Foundation
import HSDLCompute
import SeismicFormats
import Worker

/// Makes rows of the table of papers of the program's own models.
enum ModelEntry {
  /// The row of a model folder.
  ///
  /// - Parameters:
  ///   - folder: the folder.
  ///   - usesLongNames: whether the table says `Neural Network` and `Random Forest` where others say `ANN` and `RF`.
  /// - Throws: ``FormatError``, ``ComputeError``.
  static func read(_ folder: String, usesLongNames: Bool) throws -> LiteratureEntry {
    let card = try AnyModelCard.read(folder)
    var entry = LiteratureEntry()
    entry.model = folder
    entry[.author] = "hsdl-mpi"
    entry[.category] = "Data Processing Automation"
    entry[.subCategory] = "Passive Seismology"
    entry[.subject] = "Seismic Monitoring"
    entry[.journal] = "hsdl-mpi \(card.programVersion)"
    entry.set(.training, ListCell(words: ["Supervised_Learning"]))
    let network = usesLongNames ? "Neural Network" : "ANN"
    switch card {
    case .picker(let card): describe(card, network, &entry)
    case .discriminator(let card): describe(card, network, &entry)
    case .model(let card): describe(card, network, usesLongNames, &entry)
    }
    let remarks = [entry[.notes], "card \(card.hash.prefix(12))"].filter { !$0.isEmpty }
    entry[.notes] = remarks.joined(separator: "; ")
    return entry
  }

  private static func describe(_ card: PickerCard, _ network: String, _ entry: inout LiteratureEntry) {
    let (title, types, names, tasks): (String, [String], [String], [String]) =
      switch card.architecture {
      case .phaseNet: ("PhaseNet", ["CNN"], ["U-Net"], ["Phase Picking"])
      case .eqTransformer:
        (
          "EQTransformer", ["CNN", "RNN", "FC"], ["LSTM", "Attention", "Transformer"],
          ["Event Detection", "Phase Picking"]
        )
      case .eqcct: ("EQCCT", ["CNN", "FC"], ["Transformer", "Attention"], ["Phase Picking"])
      }
    entry[.title] = "\(title), a picker of P and S"
    entry.set(.task, ListCell(words: tasks))
    entry.set(.modelType, ListCell(words: [network]))
    entry.set(.networkType, ListCell(words: types))
    entry.set(.networkName, ListCell(words: names))
    entry.set(.hiddenLayers, layers(card.layout))
    entry.set(.inputs, ListCell(words: ["3C waveform"]))
    entry.set(.outputs, ListCell(words: card.description.outputs.map(\.rawValue)))
    entry.set(.domain, ListCell(words: ["time"]))
    if let windows = card.training.numbers["training_windows"] { entry.set(.dataSize, numbers([windows], decimals: 0)) }
    var measures: [(String, Double)] = []
    for phase in ["p", "s"] {
      if let hit = card.scores["validation_\(phase)_hit"], let found = card.scores["validation_\(phase)_found"],
        let there = card.scores["validation_\(phase)_true"], found + there > 0
      {
        measures.append(("\(phase.uppercased()) F1-score", 2 * hit / (found + there)))
      }
    }
    set(measures, &entry)
    entry[.notes] = card.training.text["data"].map { "trained on \($0)" } ?? ""
  }

  private static func describe(_ card: DiscriminatorCard, _ network: String, _ entry: inout LiteratureEntry) {
    entry[.title] = "Event discriminator on the waveforms of many stations"
    entry[.subTask] = "Multi_Station"
    entry.set(.task, ListCell(words: ["Event Discrimination"]))
    entry.set(.modelType, ListCell(words: [network]))
    entry.set(.networkType, ListCell(words: ["CNN", "FC"]))
    entry.set(.networkName, ListCell(words: ["Transformer", "Attention"]))
    entry.set(.hiddenLayers, layers(card.layout))
    entry.set(.inputs, ListCell(words: ["multi-station waveform"]))
    entry.set(.outputs, ListCell(words: ["real event", "false event"]))
    entry.set(.domain, ListCell(words: ["time"]))
    if let events = card.training["events"].flatMap(Double.init) {
      entry.set(.dataSize, numbers([events], decimals: 0))
    }
    set(card.scores["validation_roc_auc"].map { [("ROC-AUC", $0)] } ?? [], &entry)
    entry[.notes] = card.training["windows"].map { "trained on \($0)" } ?? ""
  }

  private static func describe(
    _ card: ModelCard, _ network: String, _ usesLongNames: Bool, _ entry: inout LiteratureEntry
  ) {
    let isHybrid = card.hybrid != nil
    entry[.title] = "\(isHybrid ? "Hybrid" : "Model") of \(card.parts.joined(separator: ", "))"
    entry[.subTask] = isHybrid ? "Multi_Station" : ""
    entry.set(.task, ListCell(words: ["Event Discrimination"]))
    let types = card.members.map { name(of: $0.kind, usesLongNames) } + (isHybrid ? [network] : [])
    entry.set(.modelType, ListCell(words: types))
    if isHybrid {
      entry.set(.networkType, ListCell(words: ["CNN", "FC"]))
      entry.set(.networkName, ListCell(words: ["Transformer", "Attention"]))
    }
    entry.set(.inputs, ListCell(words: ["features"] + (isHybrid ? ["multi-station waveform"] : [])))
    entry.set(.outputs, ListCell(words: ["real event", "false event"]))
    entry.set(.domain, ListCell(words: isHybrid ? ["feature", "time"] : ["feature"]))
    entry.set(.dataSize, numbers([Double(card.training.events)], decimals: 0))
    let own =
      card.scores["hybrid"] ?? card.scores["shallow"] ?? card.scores["mean"]
      ?? card.scores.min { $0.key < $1.key }?.value
    let names = [
      ("Accuracy", "accuracy"), ("Precision", "precision"), ("Recall", "recall"), ("F1-score", "f1"),
      ("ROC-AUC", "roc_auc"), ("Brier score", "brier"),
    ]
    set(names.compactMap { title, key in own?[key].map { (title, $0) } }, &entry)
    entry[.notes] =
      "\(card.features.count) features; \(card.training.realEvents) real and \(card.training.events - card.training.realEvents) false events of \((card.training.realFiles + card.training.fakeFiles).joined(separator: ", ")); \(card.scoring)"
  }

  private static func name(of kind: ShallowModelKind, _ usesLongNames: Bool) -> String {
    switch kind {
    case .forest: usesLongNames ? "Random Forest" : "RF"
    case .boosting: "Gradient Boosting Machine"
    case .svm: usesLongNames ? "Support Vector Machine" : "SVM"
    case .logistic: usesLongNames ? "Logistic Regression" : "LR"
    case .pcaForest: usesLongNames ? "Random Forest" : "RF"
    case .threshold: "threshold"
    }
  }

  /// The outputs of each layer but the last, which is what the published table lists.
  private static func layers(_ layout: [TensorSpecification]) -> ListCell {
    let widths = layout.filter { $0.role == .weight && $0.shape.count >= 2 }.compactMap(\.shape.first)
    return numbers(widths.dropLast().map(Double.init), decimals: 0)
  }

  private static func set(_ measures: [(String, Double)], _ entry: inout LiteratureEntry) {
    let known = measures.filter { $0.1.isFinite }
    entry.set(.metric, ListCell(words: known.map(\.0)))
    entry.set(.score, numbers(known.map(\.1), decimals: 4))
  }

  private static func numbers(_ values: [Double], decimals: Int) -> ListCell {
    ListCell(values.filter(\.isFinite).map { ListCell.Item(fixed($0, decimals: decimals), isNumber: true) })
  }
}
