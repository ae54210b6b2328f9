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
  ///   - features: those that are wanted; without one of waveforms the archive is not opened.
  ///   - onProblem: told on rank 0 of what could not be used.
  /// - Throws: ``AgreedFailure`` on all ranks.
  init(
    _ input: CatalogInput, features: FeatureSet, over communicator: any Communicator, report: Reporter,
    onProblem: @escaping ProblemHandler
  ) throws {
    let isRoot = communicator.isRoot
    let handle: ProblemHandler = { problem in if isRoot { try onProblem(problem) } }
    inventory = try communicator.agree {
      input.stations.isEmpty ? nil : try Inventory.open(input.stations, onProblem: handle)
    }
    travelTimes = try communicator.agree {
      let model = try input.velocityModel.map { try VelocityModel.open($0, onProblem: handle) } ?? .iasp91
      return try TravelTimes(
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
      address, known: input.archiveIndex, over: communicator, report: report, onProblem: handle)
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
  ///   - onProblem: told of what cannot be used.
  /// - Returns: the archive, on rank 0 the index if it is to be kept, and by what the archive's content is known again: its listing, or the
  ///   size of its file.
  /// - Throws: ``AgreedFailure`` on all ranks.
  static func open(
    _ text: String, known: String?, over communicator: any Communicator, report: Reporter,
    onProblem: @escaping ProblemHandler
  ) throws -> (archive: any WaveformArchive, index: [UInt8], hash: String) {
    let address = try communicator.agree { try ArchiveAddress(text, onProblem: onProblem) }
    let knownIndex = try communicator.agree {
      try known.map { path in
        let input = try FileInput(path)
        return try input.prefix(input.size)
      }
    }
    report.note("looking through \(address)")
    // Each rank meets other files, so all of them tell of what they meet.
    var problems: [Problem] = []
    let part = try communicator.agree {
      try address.partialIndex(
        part: communicator.rank, of: communicator.size, reusing: knownIndex, onProblem: { problems.append($0) })
    }
    let parts = try communicator.gatherv(part)
    let told = try communicator.gatherv(Array(try JSONEncoder().encode(problems)))
    var index: [UInt8] = []
    try communicator.agreeOnRoot {
      for bytes in told {
        for problem in try JSONDecoder().decode([Problem].self, from: Data(bytes)) { try onProblem(problem) }
      }
      index = try address.mergedIndex(parts, onProblem: onProblem)
    }
    index = try communicator.broadcast(index)
    let archive = try communicator.agree { try address.open(index: index, onProblem: onProblem) }
    var hash = Checksum.text(index.withUnsafeBytes { Checksum(of: $0) }.value)
    if index.isEmpty, let path = text.firstIndex(of: ":").map({ String(text[text.index(after: $0)...]) }),
      let input = try? FileInput(path)
    {
      hash = "\(input.size) bytes"
    }
    // The others' indices are listings that cost little.
    if case .files = address, communicator.isRoot { return (archive, index, hash) }
    return (archive, [], hash)
  }
}
