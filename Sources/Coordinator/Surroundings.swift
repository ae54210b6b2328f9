import Foundation
import HSDLCompute
import MPI
import SeismicFormats
import Worker

/// What the events of a catalog are looked at with: stations, waveforms, travel times.
struct Surroundings {
  /// The stations; nil where none are named.
  let inventory: Inventory?
  /// The waveforms; nil where none are named, or none are wanted.
  let archive: (any WaveformArchive)?
  /// The index of an archive of files, on rank 0; empty where there is none to be kept.
  let archiveIndex: [UInt8]
  /// By what the archive's content is known again; nil where there is no archive.
  let archiveHash: String?
  /// Travel times.
  let travelTimes: TravelTimes

  /// Sources deeper than this have no predicted arrivals, in km.
  static let maximumDepth = 700.0

  /// Opens everything; the archive's index is made by all ranks together.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - budget: what the archive may keep in memory.
  ///   - features: those that are wanted; without one of waveforms the archive is not opened.
  ///   - onProblem: told on rank 0 of what could not be used.
  /// - Throws: ``AgreedFailure`` on all ranks.
  init(
    _ input: CatalogInput, features: FeatureSet, budget: ArchiveBudget = .usual, over communicator: any Communicator,
    report: Reporter,
    onProblem: @escaping ProblemHandler
  ) throws {
    let isRoot = communicator.isRoot
    let handle: ProblemHandler = { problem in if isRoot { try onProblem(problem) } }
    inventory = try Inventory.open(input.stations, over: communicator, onProblem: handle)
    let model = try VelocityModel.open(input.velocityModel, over: communicator, onProblem: handle)
    travelTimes = try communicator.agree {
      try TravelTimes(
        model: model, maximumDistance: 1.1 * input.maximumDistance + 10, maximumDepth: Self.maximumDepth)
    }
    let wantsWaveforms =
      input.windowStations > 0 || features.definitions.contains { FeatureSet.waveforms.definitions.contains($0) }
    guard let address = input.archive, wantsWaveforms else {
      archive = nil
      archiveIndex = []
      archiveHash = nil
      return
    }
    let (opened, index, hash) = try Self.open(
      address, known: input.archiveIndex, budget: budget, over: communicator, report: report, onProblem: handle)
    archive = opened
    archiveIndex = index
    archiveHash = hash
    let (inventory, files) = (inventory ?? Inventory(), input.stations.joined(separator: ", "))
    try communicator.agreeOnRoot {
      let stations = Set(opened.streams.map(\.stationID)).sorted()
      let unknown = stations.filter { inventory.match($0, at: .epoch) == nil }
      if let first = unknown.first, unknown.count == stations.count {
        throw FormatError(
          .badData, file: files, found: "it describes none of the stations of \(address), such as \(first)",
          expected: "the stations of the archive", remedy: "check the network code, or give other --stations")
      }
      for station in unknown {
        try onProblem(
          Problem(
            file: files, found: "station \(station) of \(address) is not described", expected: "its coordinates",
            action: "its waveforms were left out"))
      }
    }
  }

  /// Opens an archive; all ranks make its index together, each a part.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - text: the archive's address.
  ///   - known: the file with an index that an earlier run has kept.
  ///   - budget: what the archive may keep in memory.
  ///   - onProblem: told of what cannot be used.
  /// - Returns: the archive, on rank 0 the index if it is to be kept, and by what the archive's content is known again: its listing, and the
  ///   size of a file of STEAD.
  /// - Throws: ``AgreedFailure`` on all ranks.
  static func open(
    _ text: String, known: String?, budget: ArchiveBudget, over communicator: any Communicator, report: Reporter,
    onProblem: @escaping ProblemHandler
  ) throws -> (archive: any WaveformArchive, index: [UInt8], hash: String) {
    let address = try ArchiveAddress(text, over: communicator, onProblem: onProblem)
    if known == nil { report.note("looking through \(address)") }
    let index = try address.index(reusing: known, over: communicator, onProblem: onProblem)
    let archive = try communicator.agree { try address.open(index: index, budget: budget, onProblem: onProblem) }
    var hash = Checksum.text(index.withUnsafeBytes { Checksum(of: $0) }.value)
    // What is in the file of a data set stands in no index.
    if case .stead(let path) = address, let input = try? FileInput(path) { hash += ", \(input.size) bytes" }
    // The others' indices are listings that cost little.
    if case .files = address, communicator.isRoot { return (archive, index, hash) }
    return (archive, [], hash)
  }
}
