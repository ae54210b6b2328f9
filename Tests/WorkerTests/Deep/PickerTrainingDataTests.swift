import HSDLCompute
import MPI
import SeismicFormats
import TestSupport
import Testing
import Worker

@Suite("Training data of pickers")
struct PickerTrainingDataTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private var picker: PickerDescription {
    PickerDescription(architecture: "phasenet", windowLength: 120, outputs: [.noise, .p, .s])
  }

  private func settings() -> PickerDataSettings {
    var settings = PickerDataSettings()
    settings.batchSize = 10
    settings.microBatchSize = 3
    settings.augmentation.noise = 1
    settings.augmentation.share = 1
    return settings
  }

  /// What can be compared of a micro-batch.
  private struct Content: Hashable {
    var windows: [Float]
    var targets: [Float]
    var weights: [Float]
    var names: [String]
    init(_ batch: PickerMicroBatch) {
      (windows, targets, weights, names) = (batch.windows, batch.targets, batch.weights, batch.names)
    }
  }

  @Test("the kinds of sources")
  func sources() throws {
    #expect(try TrainingSource("stead:a/b.hdf5") == .stead("a/b.hdf5"))
    #expect(try TrainingSource("SeisBench:dir") == .seisBench("dir"))
    #expect(try TrainingSource("npz:x:y") == .arrays("x:y"))
    #expect(try TrainingSource("a.npz") == .arrays("a.npz"))
    for wrong in ["stead:", "nothing", "", ":", "other:a"] {
      #expect(throws: FormatError.self) { try TrainingSource(wrong) }
    }
  }

  @Test("splits: by event and by time, never of one event on both sides")
  func splits() {
    let entries = (0..<6000).map {
      TrainingEntry(isNoise: false, group: UInt64($0 / 3), time: UTCTime(seconds: Int64($0)))
    }
    let parts = entries.map { DataSplit.events(validation: 0.2, test: 0.1, seed: 1).part(of: $0) }
    for event in 0..<2000 { #expect(Set(parts[(3 * event)..<(3 * event + 3)]).count == 1) }
    #expect(abs(parts.count { $0 == .development } - 1200) < 150)
    #expect(abs(parts.count { $0 == .test } - 600) < 120)
    #expect(parts != entries.map { DataSplit.events(validation: 0.2, test: 0.1, seed: 2).part(of: $0) })
    let byTime = DataSplit.time(validation: UTCTime(seconds: 4000), test: UTCTime(seconds: 5000))
    for (second, entry) in entries.enumerated() {
      #expect(byTime.part(of: entry) == (second >= 5000 ? .test : second >= 4000 ? .development : .train))
    }
    var entry = TrainingEntry(isNoise: true, split: .test, group: 1)
    #expect(DataSplit.given.part(of: entry) == .test)
    #expect(byTime.part(of: entry) == nil)
    entry.isUsable = false
    #expect(DataSplit.given.part(of: entry) == nil)
  }

  @Test("the same micro-batches on any number of ranks, ahead of time and directly")
  func ranks() throws {
    let path = try folder.write("a.npz", ArrayArchive.labelled(count: 23, noise: 7, length: 300))
    let (picker, settings) = (picker, settings())
    func run(_ ranks: Int) throws -> [[Int: Content]] {
      let shares = try InProcessCommunicator.run(ranks: ranks) { communicator in
        let set = try PickerTrainingSet([.arrays(path)], picker: picker, over: communicator) { _ in }
        let data = try PickerTrainingData(
          set, training: Array(0..<20), validation: [20, 21, 22], settings: settings, rank: communicator.rank,
          of: communicator.size, onProblem: { _ in })
        var steps: [[Int: Content]] = []
        for epoch in 0..<2 {
          data.begin(epoch: epoch, fromStep: 0)
          while let step = try data.next() {
            steps.append(Dictionary(uniqueKeysWithValues: zip(step.keys, step.microBatches.map(Content.init))))
          }
        }
        data.beginValidation()
        var validation: [Int: Content] = [:]
        while let batch = try data.nextValidation() {
          validation[Int(batch.names[0].dropFirst(4).prefix(2)) ?? 0] = Content(batch)
        }
        return steps + [validation]
      }
      return (0..<5).map { step in shares.reduce(into: [:]) { $0.merge($1[step]) { left, _ in left } } }
    }
    let one = try run(1)
    #expect(one.map(\.count) == [4, 4, 4, 4, 1])
    for ranks in 2...4 {
      let isSame = try run(ranks) == one
      #expect(isSame, "\(ranks) ranks")
    }
    // Every sample once in an epoch.
    let names = one[0].values.flatMap(\.names) + one[1].values.flatMap(\.names)
    #expect(Set(names.filter { !$0.isEmpty }).count == 20)
    let weights = (one[0].values.flatMap(\.weights) + one[1].values.flatMap(\.weights)).reduce(0, +)
    #expect(weights == 20)
    #expect(one[0] != one[2])
  }

  @Test("going on from the middle of an epoch gives what would have come")
  func middle() throws {
    let path = try folder.write("a.npz", ArrayArchive.labelled(count: 23, noise: 7, length: 300))
    let set = try Alone.set([.arrays(path)], picker)
    let data = try PickerTrainingData(
      set, training: Array(0..<23), validation: [], settings: settings(), rank: 0, of: 1, onProblem: { _ in })
    data.begin(epoch: 5, fromStep: 0)
    var steps: [[Content]] = []
    while let step = try data.next() { steps.append(step.microBatches.map(Content.init)) }
    #expect(steps.count == 3)
    data.begin(epoch: 5, fromStep: 0)
    _ = try data.next()
    data.begin(epoch: 5, fromStep: 2)
    let isSame = try data.next()?.microBatches.map(Content.init) == steps[2]
    #expect(isSame)
    #expect(try data.next() == nil)
    data.beginValidation()
    #expect(try data.nextValidation() == nil)
    #expect(data.template().weights == [0, 0, 0])
  }

  @Test("labels peak where the waves are")
  func labels() throws {
    let path = try folder.write("a.npz", ArrayArchive.labelled(count: 12, noise: 2, length: 300))
    let set = try Alone.set([.arrays(path)], picker)
    let data = try PickerTrainingData(
      set, training: Array(0..<12), validation: [], settings: settings(), rank: 0, of: 1, onProblem: { _ in })
    var peaks = 0
    for epoch in 0..<5 {
      data.begin(epoch: epoch, fromStep: 0)
      while let step = try data.next() {
        for batch in step.microBatches {
          for slot in 0..<batch.count where batch.weights[slot] == 1 {
            for curve in 1...2 {
              let target = batch.targets[((slot * 3 + curve) * 120)..<((slot * 3 + curve + 1) * 120)]
              let largest = (0..<3).map { component in
                Array(batch.windows[((slot * 3 + component) * 120)..<((slot * 3 + component + 1) * 120)])
              }
              for (sample, value) in target.enumerated() where value > 0.999 {
                peaks += 1
                #expect(largest.contains { $0[sample] > 0.5 }, "\(batch.names[slot])")
              }
            }
          }
        }
      }
    }
    #expect(peaks > 40)
  }

  @Test("a trace with a number that is none is named once, and left out everywhere")
  func spoiled() throws {
    let path = try folder.write("a.npz", ArrayArchive.labelled(count: 9, noise: 2, length: 300, spoiled: 5))
    let set = try Alone.set([.arrays(path)], picker)
    let problems = Box<[Problem]>([])
    let data = try PickerTrainingData(
      set, training: Array(0..<9), validation: [], settings: settings(), rank: 0, of: 1,
      onProblem: { problems.value.append($0) })
    var weight: Float = 0
    for epoch in 0..<3 {
      data.begin(epoch: epoch, fromStep: 0)
      while let step = try data.next() {
        for batch in step.microBatches {
          weight += batch.weights.reduce(0, +)
          #expect(batch.windows.allSatisfy { $0.isFinite })
        }
      }
    }
    #expect(weight == 24)
    #expect(problems.value.count == 1 && data.unreadableCount == 1)
    #expect(
      problems.value.first?.found.contains("'NC_A5_2014061207354580' has nan as sample 2 of component N") ?? false)
    #expect(problems.value.first?.file == path)
  }

  @Test("arrivals that cannot be are named when the set is opened")
  func badArrivals() throws {
    let data = ArrayArchive.numbers((0..<1200).map { Float($0 % 7) }, [4, 100, 3])
    let path = try folder.write(
      "a.npz",
      ArrayArchive.bytes([
        ("data", data), ("p_sample", ArrayArchive.numbers([50, 20, 400, .nan], [4])),
        ("s_sample", ArrayArchive.numbers([40, 30, 500, .nan], [4])),
      ]))
    var problems: [Problem] = []
    let set = try Alone.set([.arrays(path)], picker) { problems.append($0) }
    #expect(set.entries.map(\.isUsable) == [false, true, true, true])
    #expect(set.entries[3].isNoise)
    #expect(problems.count == 1 && problems[0].found.contains("'trace 0': S at sample 40.0, P at 50.0"))
    #expect(throws: FormatError.self) { try set.record(2) }
    #expect(throws: FormatError.self) { try set.record(9) }
    #expect(try set.record(1).arrivals == [PhaseArrivals(p: 20, s: 30)])
  }

  @Test("other rates, orders of components and bands")
  func preparation() throws {
    let path = try folder.write("a.npz", ArrayArchive.labelled(count: 3, noise: 1, length: 300))
    var picker = picker
    let plain = try Alone.set([.arrays(path)], picker).record(2)
    picker.componentOrder = "ENZ"
    let turned = try Alone.set([.arrays(path)], picker).record(2)
    #expect(Array(turned.samples[..<300]) == Array(plain.samples[600...]))
    #expect(Array(turned.samples[600...]) == Array(plain.samples[..<300]))
    picker.samplingRate = 50
    let slow = try Alone.set([.arrays(path)], picker).record(2)
    #expect(slow.count == 150 && slow.arrivals[0].p == 51 && slow.arrivals[0].s == 76)
    let peak = slow.samples[..<150].indices.max { slow.samples[$0] < slow.samples[$1] }
    #expect(peak == 76)
    picker.band = 1...20
    let filtered = try Alone.set([.arrays(path)], picker).record(2)
    #expect(filtered.samples != slow.samples && filtered.samples.allSatisfy { $0.isFinite })
    for wrong in ["ZZE", "ZN", "ABC"] {
      picker.componentOrder = wrong
      #expect(throws: AgreedFailure.self) { try Alone.set([.arrays(path)], picker) }
    }
    picker.componentOrder = "ZNE"
    picker.band = 1...45
    #expect(throws: AgreedFailure.self) { try Alone.set([.arrays(path)], picker) }
  }

  @Test("settings that cannot be")
  func objections() throws {
    let path = try folder.write("a.npz", ArrayArchive.labelled(count: 3, noise: 1, length: 300))
    let set = try Alone.set([.arrays(path)], picker)
    for change: (inout PickerDataSettings) -> Void in [
      { $0.batchSize = 0 }, { $0.microBatchSize = -1 }, { $0.noiseShare = 1 }, { $0.augmentation.shift = .nan },
      { $0.augmentation.margin = -1 },
    ] {
      var settings = settings()
      change(&settings)
      #expect(throws: ComputeError.self) {
        try PickerTrainingData(set, training: [0], validation: [], settings: settings, rank: 0, of: 1) { _ in }
      }
    }
    for training in [[], [7]] {
      #expect(throws: ComputeError.self) {
        try PickerTrainingData(set, training: training, validation: [], settings: settings(), rank: 0, of: 1) { _ in }
      }
    }
  }
}
