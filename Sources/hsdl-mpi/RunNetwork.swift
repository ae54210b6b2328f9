import ArgumentParser
import Coordinator
import HSDLCompute
import SeismicFormats
import Worker

/// One forward pass of a network on an array.
struct RunNetwork: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run-network",
    abstract: "Run a picker's network on windows in a .npy file.",
    discussion: """
      The input has the shape windows × 3 × samples, normalised and with components in the network's order; the output has the shape \
      windows × outputs × samples.

      Example:

        hsdl-mpi run-network --architecture phasenet \\
          --weights phasenet.safetensors --input x.npy --output-file y.npy
      """)

  @Option(
    help: ArgumentHelp(
      "\(AnyPickerArchitecture.names.joined(separator: ", ")); by default as the weights say.", valueName: "name"))
  var architecture: String?

  @Option(
    help: ArgumentHelp("A model folder, a .safetensors or an original .npz file.", valueName: "path"),
    completion: .file())
  var weights: String

  @Option(help: ArgumentHelp("The windows.", valueName: "X.npy"), completion: .file())
  var input: String

  @Option(help: ArgumentHelp("Where the curves go.", valueName: "Y.npy"), completion: .file())
  var outputFile: String

  @Flag(help: "Compute in libtorch, instead of in loops made for the kind of processor.")
  var libtorch = false

  @Flag(
    help:
      "Normalise batches by the statistics of these windows, as in training, instead of the stored ones. Computes in libtorch."
  )
  var batchStatistics = false

  @OptionGroup var log: LogOptions

  func validate() throws {
    if let architecture, AnyPickerArchitecture(name: architecture) == nil {
      throw ValidationError("--architecture must be one of \(AnyPickerArchitecture.names.joined(separator: ", "))")
    }
  }

  func run() throws {
    try Program.onAllRanks(log) { communicator, report in
      try communicator.agreeOnRoot {
        var wanted = architecture.flatMap { AnyPickerArchitecture(name: $0) }
        let array = try NumPyFile.read(input)
        // SeisBench's EQTransformer and PhaseNet come in forms that their tensors tell apart.
        if wanted != nil, let found = try? PickerWeights.read(weights),
          found.card.description.architecture == wanted?.architecture.description.architecture
        {
          wanted = found.card.architecture
        }
        let picker = try PickerWeights.read(weights, as: wanted)
        let description = picker.card.description
        guard array.shape.count == 3, array.shape[1] == 3, array.shape[2] == description.windowLength else {
          throw FormatError(
            .badData, file: input, found: "an array of the shape \(array.shapeText)",
            expected: "windows × 3 × \(description.windowLength)")
        }
        if let index = array.values.firstIndex(where: { !$0.isFinite }) {
          throw FormatError(
            .badData, file: input,
            found: "window \(index / (3 * description.windowLength)) holds \(array.values[index])",
            expected: "finite numbers")
        }
        let count = array.shape[0]
        if batchStatistics {
          let form = picker.card.architecture.architecture
          let output = try form.probabilitiesInTraining(array.values, count: count, picker.parameters)
          try NumPyFile.write(
            NumericArray(shape: [count, description.outputs.count, description.windowLength], values: output),
            to: outputFile)
          report.say(
            "\(counted(count, "windows")) through \(description.architecture), with their own statistics: \(outputFile)"
          )
          return
        }
        let network =
          libtorch ? try LibtorchPicker(picker.card.architecture.architecture, picker.parameters) : try picker.picker()
        var output = [Float](repeating: 0, count: count * description.outputs.count * description.windowLength)
        try array.values.withUnsafeBufferPointer { windows in
          try output.withUnsafeMutableBufferPointer { try network.probabilities(windows, count: count, into: $0) }
        }
        try NumPyFile.write(
          NumericArray(shape: [count, description.outputs.count, description.windowLength], values: output),
          to: outputFile)
        report.say(
          "\(counted(count, "windows")) through \(description.architecture): \(description.outputs.map(\.rawValue).joined(separator: ", ")) in \(outputFile)"
        )
      }
    }
  }
}
