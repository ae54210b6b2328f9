import ArgumentParser
import Coordinator
import SeismicFormats
import Worker

/// Makes a model folder of weights that other programs have trained.
struct ImportWeights: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import-weights",
    abstract: "Make a picker of weights that another program has trained.",
    discussion: """
      Reads .safetensors with SeisBench's names of PhaseNet, EQTransformer or EQCCT, and .npz with the names of the original \
      EQTransformer (Keras) or PhaseNet (TensorFlow). Which network it is shows in the names. Writes model.safetensors and card.json.

      Examples:

        hsdl-mpi import-weights eqt_conservative.npz -o eqt
        hsdl-mpi import-weights instance.safetensors --blind 500 \\
          -o phasenet-instance
      """)

  @Argument(help: ArgumentHelp("The weights.", valueName: "file"), completion: .file())
  var weights: String

  @Option(help: ArgumentHelp("The name of the weights, for the card.", valueName: "name"))
  var name: String?

  @Option(
    help: ArgumentHelp(
      "The pass band of the data that the picker was trained on, in Hz, as LOW-HIGH, or none; by default 1-45 for EQTransformer and EQCCT.",
      valueName: "band"))
  var band: String?

  @Option(help: ArgumentHelp("Samples at each end of a window that are left to its neighbours.", valueName: "n"))
  var blind: Int?

  @OptionGroup var out: OutputOptions
  @OptionGroup var log: LogOptions

  func validate() throws {
    if let band, band != "none", PassBand(band) == nil {
      throw ValidationError("--band must be LOW-HIGH in Hz, such as 1-45, or none")
    }
    if let blind, !(0...100_000).contains(blind) { throw ValidationError("--blind must not be negative") }
  }

  func run() throws {
    try Program.onAllRanks(log) { communicator, report in
      try communicator.agreeOnRoot {
        var picker = try PickerWeights.read(weights)
        if let name { picker.card.training.text["name"] = name }
        if let band {
          picker.card.description.band = PassBand(band)?.range
        } else if picker.card.description.architecture != "phasenet" {
          picker.card.description.band = 1...45
        }
        if let blind {
          guard 2 * blind < picker.card.description.windowLength else {
            throw JobError(
              .usage, "--blind \(blind) leaves nothing of windows of \(picker.card.description.windowLength) samples")
          }
          picker.card.description.blind = blind
        }
        // Not before the weights are known to be good: a folder without anything in it would stay.
        let folder = try OutputFolder(out.output, files: PickerFolder.files, overwrites: out.overwrite)
        try picker.write(to: folder.path)
        let description = picker.card.description
        report.say(
          "\(description.architecture), \(picker.parameters.weights.count + picker.parameters.statistics.count) numbers, windows of \(description.windowLength) samples at \(description.samplingRate) Hz, components \(description.componentOrder), gives \(description.outputs.map(\.rawValue).joined(separator: ", "))"
        )
        report.say("picker in \(out.output); model \(picker.card.shortHash)")
      }
    }
  }
}

/// A pass band on the command line: `1-45`.
struct PassBand: ExpressibleByArgument {
  var range: ClosedRange<Double>

  init?(argument: String) { self.init(argument) }

  init?(_ text: String) {
    let parts = text.split(separator: "-").map { Double($0) }
    guard parts.count == 2, let low = parts[0], let high = parts[1], low > 0, high > low, high.isFinite else {
      return nil
    }
    range = low...high
  }
}
