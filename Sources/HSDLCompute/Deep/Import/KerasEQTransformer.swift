/// The names of the original EQTransformer's layers.
///
/// Keras numbers layers of a kind in the order in which they were made: convolutions 1 to 7 of the encoder, then those of the residual blocks, one behind each
/// recurrent block, and seven of each decoder, stage by stage through detection, P and S.
enum KerasEQTransformer {
  static func sources(_ network: EQTransformer) -> [WeightImport.Source] {
    var layers: [String: String] = [:]
    let stages = EQTransformer.widths.count
    let residual = EQTransformer.residualWidths.count
    let recurrent = network.recurrentBlocks
    for stage in 0..<stages { layers["encoder.convs.\(stage)"] = "conv1d_\(stage + 1)" }
    for block in 0..<residual {
      for part in 1...2 {
        layers["res_cnn_stack.members.\(block).norm\(part)"] = "batch_normalization_\(2 * block + part)"
        layers["res_cnn_stack.members.\(block).conv\(part)"] = "conv1d_\(stages + 2 * block + part)"
      }
    }
    for block in 0..<recurrent {
      let name = "bi_lstm_stack.members.\(block)"
      layers["\(name).lstm"] = "bidirectional_\(block + 1)"
      layers["\(name).conv"] = "conv1d_\(stages + 2 * residual + block + 1)"
      layers["\(name).norm"] = "batch_normalization_\(2 * residual + block + 1)"
    }
    for (index, (block, theirs)) in [("transformer_d0", "attentionD0"), ("transformer_d", "attentionD")].enumerated() {
      layers["\(block).attention"] = theirs
      layers["\(block).norm1"] = "layer_normalization_\(2 * index + 1)"
      layers["\(block).norm2"] = "layer_normalization_\(2 * index + 2)"
      layers["\(block).ff"] = "feed_forward_\(index + 1)"
    }
    let first = stages + 2 * residual + recurrent + 1
    for stage in 0..<stages {
      layers["decoder_d.convs.\(stage)"] = "conv1d_\(first + stage)"
      for phase in 0..<2 {
        layers["pick_decoders.\(phase).convs.\(stage)"] = "conv1d_\(first + (phase + 1) * stages + stage)"
      }
    }
    layers["conv_d"] = "detector"
    for (phase, letter) in ["P", "S"].enumerated() {
      layers["pick_lstms.\(phase)"] = "lstm_\(recurrent + 1 + phase)"
      layers["pick_attentions.\(phase)"] = "attention\(letter)"
      layers["pick_convs.\(phase)"] = "picker_\(letter)"
    }
    return network.layout.map { source($0, layers) }
  }

  private static func source(_ tensor: TensorSpecification, _ layers: [String: String]) -> WeightImport.Source {
    var parts = tensor.name.split(separator: ".").map(String.init)
    let last = parts.removeLast()
    // The two matrices of a feed-forward layer are one layer of theirs.
    var inner = ""
    if let matrix = parts.last, matrix.hasPrefix("lin") {
      inner = String(matrix.dropFirst(3))
      parts.removeLast()
    }
    let layer = layers[parts.joined(separator: ".")] ?? "(no layer)"
    let shape = tensor.shape
    func from(_ name: String, _ theirs: [Int], _ order: [Int]) -> WeightImport.Source {
      WeightImport.Source(tensor, "\(layer)/\(name)", theirs, order: order)
    }
    if !inner.isEmpty {
      return last == "weight"
        ? from("W\(inner)", [shape[1], shape[0]], [1, 0]) : from("b\(inner)", shape, [0])
    }
    let direction =
      layer.hasPrefix("bidirectional") ? (last.hasSuffix("_reverse") ? "backward/" : "forward/") : ""
    switch last {
    case _ where last.hasPrefix("weight_ih"): return from("\(direction)kernel", [shape[1], shape[0]], [1, 0])
    case _ where last.hasPrefix("weight_hh"):
      return from("\(direction)recurrent_kernel", [shape[1], shape[0]], [1, 0])
    case _ where last.hasPrefix("bias_ih"): return from("\(direction)bias", shape, [0])
    case _ where last.hasPrefix("bias_hh"): return WeightImport.Source(tensor, nil, [], order: [])
    case "weight" where shape.count == 3: return from("kernel", [shape[2], shape[1], shape[0]], [2, 1, 0])
    case "weight": return from("gamma", shape, [0])
    case "bias": return from(layer.hasPrefix("batch") ? "beta" : "bias", shape, [0])
    case "running_mean": return from("moving_mean", shape, [0])
    case "running_var": return from("moving_variance", shape, [0])
    case "gamma", "beta": return from(last, [shape[0]], [0])
    default: return from(last, shape, Array(shape.indices))
    }
  }
}
