import Foundation
public import MPI
public import SeismicFormats

// Files that every rank needs are read by rank 0 alone, and handed around: a file system that hundreds of ranks ask for the same bytes at the
// same moment is the slowest part of a start.

extension Inventory {
  /// Opens station metadata on rank 0, for all ranks.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - paths: the files; none make nil.
  ///   - onProblem: told on rank 0 of what could not be used.
  /// - Throws: ``AgreedFailure`` on all ranks; ``CommunicatorError``.
  public static func open(
    _ paths: [String], over communicator: any Communicator, onProblem: @escaping ProblemHandler
  ) throws -> Inventory? {
    guard !paths.isEmpty else { return nil }
    var own = Inventory()
    try communicator.agreeOnRoot { own = try Inventory.open(paths, onProblem: onProblem) }
    guard communicator.size > 1 else { return own }
    let bytes = try communicator.broadcast(communicator.isRoot ? own.bytes : [])
    if communicator.isRoot { return own }
    guard let inventory = Inventory(bytes: bytes) else {
      throw CommunicatorError.mismatch("the stations that rank 0 sent cannot be read")
    }
    return inventory
  }
}

extension VelocityModel {
  /// Opens a model of the Earth on rank 0, for all ranks.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - path: the file; nil takes IASP91.
  ///   - onProblem: told on rank 0 of what could not be used.
  /// - Throws: ``AgreedFailure`` on all ranks; ``CommunicatorError``.
  public static func open(
    _ path: String?, over communicator: any Communicator, onProblem: @escaping ProblemHandler
  ) throws -> VelocityModel {
    guard let path else { return .iasp91 }
    var model = VelocityModel.iasp91
    try communicator.agreeOnRoot { model = try VelocityModel.open(path, onProblem: onProblem) }
    model.name = try communicator.broadcast(model.name)
    model.interpolation = try communicator.broadcast(model.interpolation == .linear ? 1 : 0) == 1 ? .linear : .layers
    let numbers = try communicator.broadcast(model.nodes.flatMap { [$0.depth, $0.p, $0.s] })
    model.nodes = stride(from: 0, to: numbers.count - 2, by: 3).map {
      VelocityModel.Node(depth: numbers[$0], p: numbers[$0 + 1], s: numbers[$0 + 2])
    }
    return model
  }
}

extension ArchiveAddress {
  /// Reads an address on rank 0, where it may have to be guessed what it is, for all ranks.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - text: the address.
  ///   - onProblem: told on rank 0 of what was guessed.
  /// - Throws: ``AgreedFailure`` on all ranks; ``CommunicatorError``.
  public init(_ text: String, over communicator: any Communicator, onProblem: ProblemHandler) throws {
    var whole = text
    try communicator.agreeOnRoot { whole = try ArchiveAddress(text, onProblem: onProblem).description }
    whole = try communicator.broadcast(whole)
    self = try communicator.agree { try ArchiveAddress(whole, onProblem: { _ in }) }
  }

  /// Makes the index of the whole archive: rank 0 lists its folders, and each rank looks into a share of the files.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - known: the file with an index that an earlier run has kept.
  ///   - onProblem: told on rank 0 of what cannot be used, whichever rank has met it.
  /// - Returns: the index, on all ranks; the same however many there are.
  /// - Throws: ``AgreedFailure`` on all ranks; ``CommunicatorError``.
  public func index(
    reusing known: String? = nil, over communicator: any Communicator, onProblem: @escaping ProblemHandler
  ) throws -> [UInt8] {
    var knownIndex: [UInt8] = []
    var shares: [[UInt8]] = []
    try communicator.agreeOnRoot {
      if let known {
        let input = try FileInput(known)
        knownIndex = try input.prefix(input.size)
      }
      shares = [[UInt8]](repeating: [], count: communicator.size)
      for path in try indexedFiles() {
        let rank = Self.part(ofFile: path, of: shares.count)
        shares[rank] += path.utf8
        shares[rank].append(0)
      }
    }
    if known != nil { knownIndex = try communicator.broadcast(knownIndex) }
    let share = try communicator.scatterv(shares)
    shares = []
    // Each rank meets other files, so all of them tell of what they meet.
    var problems: [Problem] = []
    let part = try communicator.agree {
      try partialIndex(
        part: communicator.rank, of: communicator.size,
        paths: share.split(separator: 0).map { String(decoding: $0, as: UTF8.self) },
        reusing: known == nil ? nil : knownIndex, onProblem: { problems.append($0) })
    }
    let parts = try communicator.gatherv(part)
    let told = try communicator.gatherv(Array(try JSONEncoder().encode(problems)))
    var index: [UInt8] = []
    try communicator.agreeOnRoot {
      for bytes in told {
        for problem in try JSONDecoder().decode([Problem].self, from: Data(bytes)) { try onProblem(problem) }
      }
      index = try mergedIndex(parts, onProblem: onProblem)
    }
    return try communicator.broadcast(index)
  }
}
