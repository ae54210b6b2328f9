public import Foundation

/// How long a job may run, and whether it must have something to go on from.
public struct RunLimits: Sendable, Equatable {
  /// When the job must have ended, in seconds since 1970; nil for no limit.
  public var end: Double?
  /// Whether the output must hold a ledger that the job goes on from.
  public var requiresLedger = false
  /// Seconds that are kept free before the end, for the ledger and for what the batch system does.
  public var margin = 10.0

  /// No limit.
  public init() {}

  /// A limit from what the user gave, or else from what Slurm tells its jobs.
  ///
  /// - Parameters:
  ///   - walltime: seconds from the start of the program; nil takes `SLURM_JOB_END_TIME`, if it is there.
  ///   - start: when the program started, in seconds since 1970.
  public init(
    walltime: Double?, start: Double = Self.programStart,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    if let walltime {
      end = start + walltime
    } else if let text = environment["SLURM_JOB_END_TIME"], let time = Double(text), time.isFinite, time > 0 {
      end = time
    }
  }

  /// When the program started, as near as it is known, in seconds since 1970.
  public static let programStart = Date().timeIntervalSince1970

  /// Whether work of some length, such as the longest so far, would not end in time.
  ///
  /// - Parameter longest: seconds. Twice of it is kept free: a rank may have taken its next unit already.
  package func isTooShort(for longest: Double, now: Double = Date().timeIntervalSince1970) -> Bool {
    guard let end else { return false }
    return end - now < 2 * longest + margin
  }

  /// Seconds of a time as batch systems take it: minutes, `MM:SS`, `HH:MM:SS`, `D-HH`, `D-HH:MM`, `D-HH:MM:SS`.
  ///
  /// - Returns: nil for anything else.
  public static func seconds(_ text: String) -> Double? {
    let halves = text.split(separator: "-", omittingEmptySubsequences: false)
    guard halves.count <= 2, let last = halves.last else { return nil }
    let words = last.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = words.compactMap { word -> Double? in
      word.utf8.count <= 6 && !word.isEmpty && word.utf8.allSatisfy { (48...57).contains($0) } ? Double(word) : nil
    }
    guard numbers.count == words.count, (1...3).contains(numbers.count) else { return nil }
    func total(_ factors: [Double]) -> Double { zip(numbers, factors).reduce(0) { $0 + $1.0 * $1.1 } }
    guard halves.count == 2 else {
      let seconds = total([[60], [60, 1], [3600, 60, 1]][numbers.count - 1])
      return seconds > 0 ? seconds : nil
    }
    guard let first = halves.first, first.utf8.count <= 6, !first.isEmpty,
      first.utf8.allSatisfy({ (48...57).contains($0) }), let days = Double(first)
    else { return nil }
    let seconds = days * 86_400 + total([3600, 60, 1])
    return seconds > 0 ? seconds : nil
  }
}
