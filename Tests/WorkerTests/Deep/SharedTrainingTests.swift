import HSDLCompute
import MPI
import SeismicFormats
import TestSupport
import Testing
import Worker

@Suite("Labelled data sets as training data")
struct SharedTrainingTests {
  private func picker(_ length: Int) -> PickerDescription {
    PickerDescription(architecture: "eqtransformer", windowLength: length, outputs: [.detection, .p, .s])
  }

  /// How much larger the standard deviation in a second behind a sample is than in a second before, on the vertical; nil at edges.
  private func rise(_ record: TrainingRecord, at sample: Double) -> Float? {
    let middle = Int(sample.rounded())
    guard middle >= 100, middle + 100 <= record.count else { return nil }
    func deviation(_ range: Range<Int>) -> Float {
      let mean = record.samples[range].reduce(0, +) / Float(range.count)
      return (record.samples[range].reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(range.count)).squareRoot()
    }
    let before = deviation(middle - 100..<middle)
    return before > 0 ? deviation(middle..<middle + 100) / before : nil
  }

  @Test(
    "every trace is read, and most rise at P",
    arguments: [
      ("stead:", "stead/obst_sample.hdf5", 56, 19), ("stead:", "archive/stead-sample/waveforms.hdf5", 50, 0),
      ("npz:", "ncedc_labelled/ncedc_phasenet_154.npz", 154, 0),
    ])
  func read(kind: String, file: String, count: Int, noise: Int) throws {
    guard SharedData.has(file) else { return }
    var problems: [Problem] = []
    let set = try Alone.set([try TrainingSource(kind + SharedData.path(file))], picker(6000)) { problems.append($0) }
    #expect(set.count == count)
    #expect(problems.isEmpty, "\(problems.first?.found ?? "")")
    #expect(set.entries.count { $0.isNoise } == noise)
    var rises: [Float] = []
    for index in 0..<count {
      let record = try set.record(index)
      #expect(record.arrivals.isEmpty == set.entries[index].isNoise)
      #expect(record.count == (kind == "npz:" ? 9001 : 6000))
      if let p = record.arrivals.first?.p, let rise = rise(record, at: p) { rises.append(rise) }
    }
    rises.sort()
    #expect(rises[rises.count / 2] > 3, "\(rises[rises.count / 2])")
    let parts = set.parts(.events(validation: 0.3, test: 0, seed: 1))
    #expect(parts.training.count + parts.validation.count == count && !parts.validation.isEmpty)
    let both = Set(parts.training.map { set.entries[$0].group }).intersection(
      parts.validation.map { set.entries[$0].group })
    #expect(both.isEmpty)
    let data = try PickerTrainingData(
      set, training: parts.training, validation: parts.validation, settings: PickerDataSettings(), rank: 0, of: 1,
      onProblem: { problems.append($0) })
    data.begin(epoch: 0, fromStep: 0)
    var weight: Float = 0
    while let step = try data.next() { weight += step.microBatches.flatMap(\.weights).reduce(0, +) }
    #expect(weight == Float(parts.training.count) && problems.isEmpty)
  }

  @Test("several sources together", .enabled(if: SharedData.has("stead/obst_sample.hdf5")))
  func several() throws {
    let sources = try [
      "stead:" + SharedData.path("stead/obst_sample.hdf5"),
      "npz:" + SharedData.path("ncedc_labelled/ncedc_phasenet_154.npz"),
    ]
    .map { try TrainingSource($0) }
    let picker = picker(3001)
    let names = try InProcessCommunicator.run(ranks: 2) { communicator in
      let set = try PickerTrainingSet(sources, picker: picker, over: communicator) { _ in }
      return try [0, 55, 56, set.count - 1].map { try set.record($0).name }
    }
    #expect(names[0] == names[1] && Set(names[0]).count == 4)
  }
}
