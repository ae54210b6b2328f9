import HSDLCompute
import SeismicFormats

// Times the pickers' networks on one core; `Benchmarks/networks.py` makes weights and windows and runs this; see Benchmarks/README.md.

let arguments = CommandLine.arguments

/// The argument at a place.
func argument(_ place: Int) -> String { place < arguments.count ? arguments[place] : "" }

guard let architecture = AnyPickerArchitecture(name: argument(2)) else {
  print(
    """
    network-benchmarks forward ARCHITECTURE WEIGHTS.safetensors WINDOWS.npy CURVES.npy [LANES]
        forward passes of all windows; the curves are written
    network-benchmarks libtorch ARCHITECTURE WEIGHTS.safetensors WINDOWS.npy CURVES.npy [BATCH]
        the same in libtorch
    network-benchmarks step ARCHITECTURE WEIGHTS.safetensors WINDOWS.npy TARGETS.npy [MICRO-BATCH]
        training steps with all windows: loss, gradients, Adam
    """)
  throw ComputeError.badModel(reason: "'\(argument(2))' is none of \(AnyPickerArchitecture.names)")
}
let parameters = NetworkParameters(architecture.architecture.layout)
try parameters.take(SafeTensors(argument(3)).arrays(), from: argument(3))
let windows = try NumPyFile.read(argument(4)).values

switch argument(1) {
case "forward":
  let lanes = Int(argument(6))
  let picker: any PickerNetwork
  switch architecture {
  case .phaseNet(let network): picker = try CompiledPhaseNet(network, parameters, lanes: lanes)
  case .eqTransformer(let network): picker = try CompiledEQTransformer(network, parameters, lanes: lanes)
  case .eqcct: throw ComputeError.badModel(reason: "EQCCT is not compiled")
  }
  try forward(picker, windows, curves: argument(5))
case "libtorch":
  let picker = try LibtorchPicker(architecture.architecture, parameters, batchSize: Int(argument(6)) ?? 16)
  try forward(picker, windows, curves: argument(5))
case "step":
  try steps(
    architecture.architecture, parameters, windows, targets: NumPyFile.read(argument(5)).values,
    microBatch: Int(argument(6)) ?? 8)
default:
  print("'\(argument(1))' is none of forward, libtorch, step")
}
