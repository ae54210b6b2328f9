public import SeismicFormats

/// Weights of pickers as other programs name and shape them, brought to ours.
///
/// Known are the arrays of the original EQTransformer (Keras: kernels `width × in × out`, gates in the order i, f, c, o with one bias), of the original
/// PhaseNet (TensorFlow: kernels `width × 1 × in × out`), and what SeisBench writes. Which one it is shows in the names.
public enum WeightImport {
  /// A named array.
  public typealias Named = (name: String, array: NumericArray)

  /// A program whose names are known.
  public enum Origin: String, Sendable {
    /// EQTransformer's own program.
    case eqTransformer = "EQTransformer (Keras)"
    /// PhaseNet's own program.
    case phaseNet = "PhaseNet (TensorFlow)"
    /// SeisBench, or this program.
    case seisBench = "SeisBench"
  }

  /// A network and its numbers.
  public struct Imported {
    /// Whose names they were.
    public var origin: Origin
    /// The form.
    public var architecture: AnyPickerArchitecture
    /// The numbers.
    public var parameters: NetworkParameters
  }

  /// Whose names these are; nil for unknown ones.
  public static func recognise(_ names: [String]) -> Origin? {
    if names.contains("conv1d_1/kernel"), names.contains("picker_P/kernel") { return .eqTransformer }
    if names.contains("Input/input_conv/kernel"), names.contains("Output/output_conv/kernel") { return .phaseNet }
    if names.contains("inc.weight") || names.contains("encoder.convs.0.weight")
      || names.contains(where: { eqcctName($0, .p) != nil })
    {
      return .seisBench
    }
    return nil
  }

  /// Makes a network of arrays under any of the known names.
  ///
  /// - Parameters:
  ///   - arrays: all arrays of a file.
  ///   - wanted: the form that is expected; nil takes it from the names and shapes, with the settings that belong to the origin.
  ///   - source: where they come from, for messages.
  /// - Throws: ``ComputeError`` that names the tensor that is missing, of another shape, or too many.
  public static func network(
    _ arrays: [Named], as wanted: AnyPickerArchitecture? = nil, from source: String
  ) throws -> Imported {
    func failure(_ reason: String) -> ComputeError { .badModel(reason: "\(source): \(reason)") }
    let arrays = arrays.filter { !$0.name.hasSuffix("num_batches_tracked") }
    let names = arrays.map(\.name)
    guard let origin = recognise(names) else {
      let some = names.prefix(4).map(quoted).joined(separator: ", ")
      throw failure(
        "its tensors (\(some.isEmpty ? "none" : some)) are not those of PhaseNet, EQTransformer or EQCCT under a known name"
      )
    }
    var architecture: AnyPickerArchitecture
    var tensors: [Named]
    switch origin {
    case .eqTransformer:
      let blocks = names.contains("bidirectional_3/forward/kernel") ? 3 : 2
      let network = EQTransformer.original(recurrentBlocks: blocks)
      architecture = .eqTransformer(network)
      tensors = try converted(arrays, KerasEQTransformer.sources(network), source)
    case .phaseNet:
      let network = PhaseNet(windowLength: 3000, componentOrder: "ENZ")
      architecture = .phaseNet(network)
      tensors = try converted(arrays, TensorFlowPhaseNet.sources(network), source)
    case .seisBench:
      (architecture, tensors) = try seisBench(arrays, failure)
    }
    if let wanted {
      let (have, want) = (architecture.architecture.description, wanted.architecture.description)
      guard have.architecture == want.architecture else {
        throw failure("it is a network of the kind \(have.architecture); expected \(want.architecture)")
      }
      // Settings that no tensor shows are those that were asked for.
      if origin == .seisBench { architecture = wanted }
    }
    let parameters = NetworkParameters(architecture.architecture.layout)
    try parameters.take(tensors, from: source)
    return Imported(origin: origin, architecture: architecture, parameters: parameters)
  }

  // MARK: SeisBench

  /// Our name of a tensor of SeisBench's EQCCT, whose two networks do not say in the names which one they are.
  private static func eqcctName(_ name: String, _ phase: PickerDescription.Output) -> String? {
    for prefix in ["P.", "S."] where name.hasPrefix(prefix) && name.contains("conv1") { return name }
    let backbone = "_eqcct_backbone."
    guard name.hasPrefix(backbone) else { return nil }
    return "\(phase.rawValue).\(name.dropFirst(backbone.count))"
  }

  private static func seisBench(
    _ arrays: [Named], _ failure: (String) -> ComputeError
  ) throws -> (AnyPickerArchitecture, [Named]) {
    let shapes = Dictionary(arrays.map { ($0.name, $0.array.shape) }) { first, _ in first }
    if let first = shapes["inc.weight"] {
      let factor = max(1, (first.first ?? 8) / 8)
      return (.phaseNet(PhaseNet(filterFactor: factor)), arrays)
    }
    if shapes["encoder.convs.0.weight"] != nil {
      let blocks = (1...8).last { shapes["bi_lstm_stack.members.\($0 - 1).conv.weight"] != nil } ?? 1
      return (.eqTransformer(EQTransformer(recurrentBlocks: blocks)), arrays)
    }
    if shapes.keys.contains(where: { $0.hasPrefix("_eqcct_backbone.") }) {
      let phase: PickerDescription.Output = shapes.keys.contains { $0.contains(".extra_pre.") } ? .s : .p
      let renamed = arrays.map { (name: eqcctName($0.name, phase) ?? $0.name, array: $0.array) }
      return (.eqcct(EQCCT(phases: [phase])), renamed)
    }
    let phases = [PickerDescription.Output.p, .s].filter { phase in
      shapes.keys.contains { $0.hasPrefix("\(phase.rawValue).") }
    }
    guard !phases.isEmpty else { throw failure("EQCCT has neither tensors of P nor of S") }
    return (.eqcct(EQCCT(phases: phases)), arrays)
  }

  // MARK: Conversion

  /// Where one of our tensors comes from.
  struct Source {
    /// Our tensor.
    var tensor: TensorSpecification
    /// Their name; nil for a tensor of zeros that they do not have.
    var name: String?
    /// Their shape.
    var shape: [Int]
    /// Which of their dimensions ours are, slowest first; extents of 1 that are left out here are dropped.
    var order: [Int]

    init(_ tensor: TensorSpecification, _ name: String?, _ shape: [Int], order: [Int]) {
      self.tensor = tensor
      self.name = name
      self.shape = shape
      self.order = order
    }
  }

  private static func converted(_ arrays: [Named], _ sources: [Source], _ file: String) throws -> [Named] {
    var places: [String: Int] = [:]
    for (place, array) in arrays.enumerated() { places[array.name] = place }
    var used: Set<String> = []
    let tensors = try sources.map { source -> Named in
      guard let name = source.name else {
        return (
          source.tensor.name,
          NumericArray(shape: source.tensor.shape, values: [Float](repeating: 0, count: source.tensor.count))
        )
      }
      guard let place = places[name] else {
        throw ComputeError.badModel(
          reason:
            "\(file): there is no array \(quoted(name)); expected the shape \(NumericArray.text(of: source.shape))")
      }
      let array = arrays[place].array
      guard array.shape == source.shape, array.values.count == source.tensor.count else {
        throw ComputeError.badModel(
          reason: "\(file): array \(quoted(name)) has the shape \(array.shapeText); "
            + "expected the shape \(NumericArray.text(of: source.shape))")
      }
      used.insert(name)
      return (
        source.tensor.name,
        NumericArray(shape: source.tensor.shape, values: permuted(array.values, source.shape, source.order))
      )
    }
    if let other = arrays.first(where: { !used.contains($0.name) }) {
      throw ComputeError.badModel(
        reason: "\(file): there is no place in the network for array \(quoted(other.name)); is it of another network?")
    }
    return tensors
  }

  /// Numbers with their dimensions in another order.
  static func permuted(_ values: [Float], _ shape: [Int], _ order: [Int]) -> [Float] {
    guard order.count > 1 else { return values }
    var strides = [Int](repeating: 1, count: shape.count)
    for dimension in stride(from: shape.count - 2, through: 0, by: -1) {
      strides[dimension] = strides[dimension + 1] * shape[dimension + 1]
    }
    var result: [Float] = []
    result.reserveCapacity(values.count)
    func walk(_ depth: Int, _ offset: Int) {
      guard depth < order.count else {
        result.append(values[offset])
        return
      }
      for index in 0..<shape[order[depth]] { walk(depth + 1, offset + index * strides[order[depth]]) }
    }
    walk(0, 0)
    return result
  }
}
