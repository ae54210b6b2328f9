/// The names of the original PhaseNet's variables.
enum TensorFlowPhaseNet {
  static func sources(_ network: PhaseNet) -> [WeightImport.Source] {
    var layers: [String: String] = ["inc": "Input/input_conv", "in_bn": "Input/input_bn", "out": "Output/output_conv"]
    for level in 0..<PhaseNet.depth {
      let names = ["down_conv1", "down_bn1", "down_conv3", "down_bn3"]
      for (part, name) in names.enumerated() {
        layers["down_branch.\(level).\(part)"] = "DownConv_\(level)/\(name)_\(level + 1)"
      }
    }
    for step in 0..<PhaseNet.depth - 1 {
      let level = PhaseNet.depth - 2 - step
      for (part, name) in ["up_conv0", "up_bn0", "up_conv1", "up_bn1"].enumerated() {
        layers["up_branch.\(step).\(part)"] = "UpConv_\(level)/\(name)_\(level + 1)"
      }
    }
    return network.layout.map { tensor in
      var parts = tensor.name.split(separator: ".").map(String.init)
      let last = parts.removeLast()
      let layer = layers[parts.joined(separator: ".")] ?? "(no layer)"
      let shape = tensor.shape
      func from(_ name: String, _ theirs: [Int], _ order: [Int]) -> WeightImport.Source {
        WeightImport.Source(tensor, "\(layer)/\(name)", theirs, order: order)
      }
      switch last {
      // Ours: out × in × width, or in × out × width where transposed; theirs the other way round either way.
      case "weight" where shape.count == 3: return from("kernel", [shape[2], 1, shape[1], shape[0]], [3, 2, 0])
      case "weight": return from("gamma", shape, [0])
      case "bias": return from(layer.contains("_bn") ? "beta" : "bias", shape, [0])
      case "running_mean": return from("moving_mean", shape, [0])
      case "running_var": return from("moving_variance", shape, [0])
      default: return from(last, shape, Array(shape.indices))
      }
    }
  }
}
