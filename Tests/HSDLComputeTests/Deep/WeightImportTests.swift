import HSDLCompute
import SeismicFormats
import TestSupport
import Testing

@Suite("Weights of other programs")
struct WeightImportTests {
  // MARK: SeisBench's EQCCT

  /// Weights that follow a pattern, under SeisBench's names in alphabetical order.
  private static func eqcct(_ phase: PickerDescription.Output) -> [WeightImport.Named] {
    let layout = EQCCT(phases: [phase]).layout.map {
      (name: "_eqcct_backbone.\($0.name.dropFirst(2))", tensor: $0)
    }.sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
    return layout.enumerated().map { place, item in
      let count = item.tensor.count
      let values = (0..<count).map { index -> Float in
        let base = Double((index * 5 + place * 3) % 17 - 8) / 40
        if item.name.hasSuffix("running_var") { return Float(1 + Double(index % 3) / 4) }
        if item.tensor.shape.count == 1 { return Float(item.name.hasSuffix("weight") ? 1 + base : base) }
        return Float(base * 4 / (Double(count) / Double(item.tensor.shape[0])).squareRoot())
      }
      return (item.name, NumericArray(shape: item.tensor.shape, values: values))
    }
  }

  /// Of SeisBench 0.12.6, at samples 0, 1, 2, 39, 40, 1000, 1001, 3333, 4444, 5555, 5998, 5999.
  @Test(
    "EQCCT gives SeisBench's probabilities to 1e-4",
    arguments: [
      (
        PickerDescription.Output.p,
        [
          0.32479, 0.495038, 0.354441, 0.487208, 0.35292, 0.334401, 0.484517, 0.473263, 0.563317, 0.444213, 0.394289,
          0.55407,
        ] as [Float]
      ),
      (
        .s,
        [
          0.577112, 0.650801, 0.392985, 0.351144, 0.366698, 0.595987, 0.464784, 0.413598, 0.50601, 0.58419, 0.614272,
          0.553673,
        ]
      ),
    ])
  func eqcct(phase: PickerDescription.Output, expected: [Float]) throws {
    let imported = try WeightImport.network(Self.eqcct(phase), from: "pattern")
    #expect(imported.origin == .seisBench)
    #expect(imported.architecture == .eqcct(EQCCT(phases: [phase])))
    let windows: [Float] = (0..<3).flatMap { (channel: Int) -> [Float] in
      (0..<6000).map { (sample: Int) -> Float in
        let pattern: Int = sample * (channel + 3) + (sample * sample) % 7
        return Float(pattern % 23 - 11) / 8
      }
    }
    let found = try NetworkReferenceTests.probabilities(
      imported.architecture.architecture, imported.parameters, windows, batchSize: 1)
    let chosen = [0, 1, 2, 39, 40, 1000, 1001, 3333, 4444, 5555, 5998, 5999].map { found[$0] }
    #expect(NetworkReferenceTests.largest(chosen, expected) < 1e-4)
  }

  @Test("tensors that are missing, too many or of another shape are named")
  func errors() throws {
    let arrays = Self.eqcct(.p)
    func message(_ arrays: [WeightImport.Named], as wanted: AnyPickerArchitecture? = nil) -> String {
      do {
        _ = try WeightImport.network(arrays, as: wanted, from: "weights.npz")
        return "no error"
      } catch {
        return "\(error)"
      }
    }
    #expect(message([]).contains("weights.npz"))
    #expect(message([("who.knows", NumericArray(shape: [1], values: [1]))]).contains("who.knows"))
    #expect(message(arrays.filter { !$0.name.hasSuffix("head.conv.bias") }).contains("P.head.conv.bias"))
    #expect(message(arrays + [("surplus", NumericArray(shape: [1], values: [1]))]).contains("surplus"))
    var others = arrays
    let place = try #require(others.firstIndex { $0.name.hasSuffix("norm.weight") })
    others[place].array = NumericArray(shape: [3], values: [1, 2, 3])
    #expect(message(others).contains("norm.weight"))
    #expect(message(arrays, as: .phaseNet(PhaseNet())).contains("expected phasenet"))
  }

  // MARK: Original weights

  private static func original(_ name: String) throws -> [WeightImport.Named] {
    let archive = try NumPyArchive(SharedData.path("weights/\(name).npz"))
    return try archive.names.map { ($0, try archive.array($0)) }
  }

  private static func picker(_ imported: WeightImport.Imported) throws -> any PickerNetwork {
    switch imported.architecture {
    case .phaseNet(let network): try CompiledPhaseNet(network, imported.parameters)
    case .eqTransformer(let network): try CompiledEQTransformer(network, imported.parameters)
    case .eqcct(let network): try LibtorchPicker(network, imported.parameters)
    }
  }

  @Test("arrays of original weights that do not fit are named", .enabled(if: SharedData.has("weights")))
  func originalErrors() throws {
    for (name, victim) in [("eqt_conservative", "lstm_5/kernel"), ("phasenet_190703", "UpConv_2/up_bn1_3/beta")] {
      let arrays = try Self.original(name)
      let without = arrays.filter { $0.name != victim }
      #expect { try WeightImport.network(without, from: "file") } throws: { "\($0)".contains(victim) }
      let surplus = arrays + [(name: "more/kernel", array: NumericArray(shape: [1], values: [0]))]
      #expect { try WeightImport.network(surplus, from: "file") } throws: { "\($0)".contains("more/kernel") }
      let turned = arrays.map {
        $0.name == victim
          ? (name: victim, array: NumericArray(shape: $0.array.shape.reversed() + [1], values: $0.array.values)) : $0
      }
      #expect { try WeightImport.network(turned, from: "file") } throws: { "\($0)".contains(victim) }
    }
  }

  @Test(
    "the original EQTransformer gives the known curves on four examples",
    .enabled(if: SharedData.has("weights") && SharedData.has("seqt/waveforms/four_examples.npz")))
  func fourExamples() throws {
    let imported = try WeightImport.network(Self.original("eqt_conservative"), from: "weights")
    #expect(imported.origin == .eqTransformer)
    #expect(imported.architecture == .eqTransformer(.original(recurrentBlocks: 3)))
    let archive = try NumPyArchive(SharedData.path("seqt/waveforms/four_examples.npz"))
    // Samples × components, E N Z, already normalised.
    let data = try archive.array("data").values
    let windows: [Float] = (0..<4 * 3 * 6000).map { (place: Int) -> Float in
      let sample: Int = place / 18000 * 6000 + place % 6000
      return data[sample * 3 + place / 6000 % 3]
    }
    let expected = try archive.array("eqt_conservative_prob").values
    let found = try NetworkReferenceTests.probabilities(
      imported.architecture.architecture, imported.parameters, windows)
    #expect(NetworkReferenceTests.largest(found, expected) < 1e-4)
  }

  /// A count of what is there, found and found within half a second.
  private struct Score {
    var there = 0
    var found = 0
    var hits = 0

    mutating func add(_ curve: ArraySlice<Float>, _ arrival: Double?, threshold: Float) {
      if arrival != nil { there += 1 }
      guard let peak = curve.indices.max(by: { curve[$0] < curve[$1] }), curve[peak] >= threshold else { return }
      found += 1
      if let arrival, abs(Double(peak - curve.startIndex) - arrival) <= 50 { hits += 1 }
    }
  }

  private static func windows(_ channels: [[Double]]) -> [Float] {
    channels.flatMap { samples in
      let normalisation = WindowNormalisation(.standardDeviation)
      var output = [Float](repeating: 0, count: samples.count)
      let weights = [Float](repeating: 1, count: samples.count)
      samples.withUnsafeBufferPointer { samples in
        weights.withUnsafeBufferPointer { weights in
          output.withUnsafeMutableBufferPointer { normalisation.normalise(samples, weights: weights, into: $0) }
        }
      }
      return output
    }
  }

  private static func curves(_ picker: any PickerNetwork, _ windows: [Float]) throws -> [Float] {
    let length = picker.description.windowLength
    let count = windows.count / (3 * length)
    var result = [Float](repeating: 0, count: count * 3 * length)
    try windows.withUnsafeBufferPointer { windows in
      try result.withUnsafeMutableBufferPointer { try picker.probabilities(windows, count: count, into: $0) }
    }
    return result
  }

  @Test(
    "the original EQTransformer finds 36 P and 34 S of 37 on ocean-bottom records, and nothing in noise",
    .enabled(if: SharedData.has("weights") && SharedData.has("stead/obst_sample.hdf5")))
  func oceanBottom() throws {
    let picker = try Self.picker(WeightImport.network(Self.original("eqt_conservative"), from: "weights"))
    let file = try STEADFile(SharedData.path("stead/obst_sample.hdf5"))
    var p = Score()
    var s = Score()
    var noise = Score()
    for index in 0..<file.count {
      let row = try file.row(index)
      let traces = try file.waveform(index)
      let channels = "ENZ".map { component in
        let trace = traces.first { $0.id.channel.last == component }
        return trace.map(\.samples.doubles) ?? [Double](repeating: 0, count: 6000)
      }
      let curves = try Self.curves(picker, Self.windows(channels))
      if row.category == .noise {
        for output in 0..<3 { noise.add(curves[output * 6000..<(output + 1) * 6000], nil, threshold: 0.1) }
      } else {
        p.add(curves[6000..<12000], row.p?.sample, threshold: 0.1)
        s.add(curves[12000..<18000], row.s?.sample, threshold: 0.1)
      }
    }
    #expect(p.there == 37 && p.hits == 36)
    #expect(s.there == 37 && s.hits == 34)
    #expect(noise.found == 0)
  }

  @Test(
    "the originals find what is known on 154 records of Northern California",
    .enabled(if: SharedData.has("weights") && SharedData.has("ncedc_labelled")),
    arguments: ["phasenet_190703", "eqt_conservative"])
  func northernCalifornia(weights: String) throws {
    let isPhaseNet = weights.hasPrefix("phasenet")
    let picker = try Self.picker(WeightImport.network(Self.original(weights), from: "weights"))
    let archive = try NumPyArchive(SharedData.path("ncedc_labelled/ncedc_phasenet_154.npz"))
    let data = try archive.array("data").values
    let arrivals = try (archive.array("p_sample").values, archive.array("s_sample").values)
    let filter = try #require(SecondOrderSections.butterworth(.bandpass(1, 45), order: 2, samplingRate: 100))
    let length = picker.description.windowLength
    // P stands at sample 3000 of 9001; the window of EQTransformer has it at 15 s, that of PhaseNet at 10 s.
    let start = isPhaseNet ? 2000 : 1500
    var scores = [Score](repeating: Score(), count: 4)
    for record in 0..<154 {
      let channels = (0..<3).map { channel -> [Double] in
        let samples = (0..<9001).map { Double(data[(record * 9001 + $0) * 3 + channel]) }
        let filtered = isPhaseNet ? samples : filter.filterZeroPhase(samples)
        return Array(filtered[start..<start + length])
      }
      let hasThree = channels[0].contains { $0 != 0 } || channels[1].contains { $0 != 0 }
      let curves = try Self.curves(picker, Self.windows(channels))
      for (phase, arrival) in [arrivals.0[record], arrivals.1[record]].enumerated() {
        scores[(hasThree ? 0 : 2) + phase].add(
          curves[(phase + 1) * length..<(phase + 2) * length], Double(arrival) - Double(start),
          threshold: isPhaseNet ? 0.3 : 0.1)
      }
    }
    #expect(scores.map(\.there) == [115, 115, 39, 39])
    let hits = scores.map(\.hits)
    // Known: EQTransformer 108, 107, 38, 37 and PhaseNet 115, 114, 32, 24, with windows whose place was not noted.
    if isPhaseNet {
      #expect(hits[0] == 115 && hits[1] == 114 && hits[2] >= 28 && hits[3] >= 23, "\(hits)")
    } else {
      #expect(hits[0] >= 106 && hits[1] >= 105 && hits[2] >= 36 && hits[3] >= 35, "\(hits)")
    }
  }
}
