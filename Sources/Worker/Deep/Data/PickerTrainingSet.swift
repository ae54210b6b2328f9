import Foundation
public import HSDLCompute
public import MPI
public import SeismicFormats

/// The samples of one or several sources for training a picker.
///
/// What must be known of every sample is found by all ranks together, each looking at a share; waveforms are read when they
/// are asked for. An object belongs to one rank, and to one thread at a time.
public final class PickerTrainingSet {
  /// Where the samples come from, in order.
  public let sources: [TrainingSource]
  /// The picker.
  public let picker: PickerDescription
  /// What is known of every sample, the same on all ranks.
  public let entries: [TrainingEntry]
  private let records: [any TrainingRecords]
  private let starts: [Int]
  private var preparation: RecordPreparation

  /// Opens sources.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - sources: where the samples come from.
  ///   - picker: what windows it takes; its band is what the data are filtered to.
  ///   - onProblem: told of samples that cannot be used; each rank tells of its share.
  /// - Throws: ``AgreedFailure`` on all ranks; ``CommunicatorError``.
  public init(
    _ sources: [TrainingSource], picker: PickerDescription, over communicator: any Communicator,
    onProblem: @escaping ProblemHandler
  ) throws {
    self.sources = sources
    self.picker = picker
    preparation = try communicator.agree { try RecordPreparation(picker) }
    var records: [any TrainingRecords] = []
    var starts: [Int] = []
    var entries: [TrainingEntry] = []
    for source in sources {
      let opened = try Self.open(source, picker, communicator, onProblem)
      let own =
        opened.count * communicator.rank / communicator.size..<opened.count * (communicator.rank + 1)
        / communicator.size
      let numbers = try communicator.agree {
        try own.flatMap { try opened.entry($0, onProblem: onProblem).numbers }
      }
      let all = try communicator.allgatherFlat(numbers).values
      guard all.count == 3 * opened.count else {
        throw CommunicatorError.mismatch("the ranks see different numbers of samples in \(source)")
      }
      starts.append(entries.count)
      entries += stride(from: 0, to: all.count, by: 3).map { TrainingEntry(all[$0..<$0 + 3]) }
      records.append(opened)
    }
    self.records = records
    self.starts = starts
    self.entries = entries
  }

  private static func open(
    _ source: TrainingSource, _ picker: PickerDescription, _ communicator: any Communicator,
    _ onProblem: @escaping ProblemHandler
  ) throws -> any TrainingRecords {
    switch source {
    case .stead(let path):
      return try shared(communicator, path) {
        try STEADFile(path, findsByTime: false, onProblem: onProblem)
      } bytes: {
        $0.contents.bytes
      } open: {
        try STEADFile.Contents(bytes: $0).map { try STEADFile(path, contents: $0) }
      }
    case .seisBench(let path):
      return try shared(communicator, path) {
        try SeisBenchDataset(path, findsByTime: false, onProblem: onProblem)
      } bytes: {
        $0.contents.bytes
      } open: {
        try SeisBenchDataset.Contents(bytes: $0).map { try SeisBenchDataset(path, contents: $0) }
      }
    case .arrays(let path): return try communicator.agree { try ArrayRecords(path) }
    case .catalog(let catalogs, let archive, let stations):
      let address = try ArchiveAddress(archive, over: communicator, onProblem: onProblem)
      let index = try address.index(over: communicator, onProblem: onProblem)
      let inventory = try Inventory.open(stations, over: communicator, onProblem: onProblem)
      return try communicator.agree {
        try ArchiveRecords(
          catalogs: catalogs, archive: try address.open(index: index, onProblem: onProblem), name: "\(address)",
          inventory: inventory,
          window: Double(picker.windowLength) / picker.samplingRate, rate: picker.samplingRate, onProblem: onProblem)
      }
    }
  }

  /// Opens a data set on all ranks, of which one has looked through its files, however many ranks there are.
  private static func shared<DataSet: LabelledWaveforms>(
    _ communicator: any Communicator, _ path: String, find: () throws -> DataSet, bytes: (DataSet) -> [UInt8],
    open: ([UInt8]) throws -> DataSet?
  ) throws -> LabelledRecords {
    var found: DataSet?
    var contents: [UInt8] = []
    try communicator.agreeOnRoot {
      let own = try find()
      found = own
      if communicator.size > 1 { contents = bytes(own) }
    }
    contents = try communicator.broadcast(contents)
    return try communicator.agree {
      guard let own = try found ?? open(contents) else {
        throw CommunicatorError.mismatch("what rank 0 sent of \(path) cannot be read")
      }
      return LabelledRecords(own, path: path)
    }
  }

  /// The number of samples, usable or not.
  public var count: Int { entries.count }

  /// The samples of each part, in order; those that are left out are in none.
  public func parts(_ split: DataSplit) -> (training: [Int], validation: [Int], test: [Int]) {
    var parts: (training: [Int], validation: [Int], test: [Int]) = ([], [], [])
    for (index, entry) in entries.enumerated() {
      switch split.part(of: entry) {
      case .train: parts.training.append(index)
      case .development: parts.validation.append(index)
      case .test: parts.test.append(index)
      case nil: break
      }
    }
    return parts
  }

  /// A number that stands for all that is known of the samples before waveforms are read.
  public var fingerprint: UInt64 {
    entries.reduce(mixed(UInt64(entries.count))) { hash, entry in
      entry.numbers.reduce(hash) { mixed($0 ^ UInt64(bitPattern: $1)) }
    }
  }

  /// The record of a sample.
  ///
  /// - Parameter onProblem: told of parts of files that could not be read.
  /// - Throws: ``FormatError`` that names the file and the trace.
  public func record(_ index: Int, onProblem: ProblemHandler = { _ in }) throws -> TrainingRecord {
    guard let source = starts.lastIndex(where: { $0 <= index }), index < entries.count else {
      throw FormatError(
        .badData, file: sources.first?.description ?? "", found: "sample \(index) was asked for",
        expected: "0 to \(entries.count - 1)")
    }
    return try preparation.record(try records[source].raw(index - starts[source], onProblem: onProblem))
  }
}
