import Worker

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a rank needs memory for, and whether that fits into what it may have.
public struct MemoryPlan: Sendable {
  /// A use of memory and how much it takes at most, in bytes.
  public private(set) var uses: [(name: String, bytes: Int)] = []

  /// A plan with what every rank needs: the program with its libraries, and its message buffers.
  public init() { add("the program and its libraries", 200 << 20) }

  /// Adds a use.
  public mutating func add(_ name: String, _ bytes: Int) { uses.append((name, max(bytes, 0))) }

  /// What all uses take together, in bytes.
  public var total: Int { uses.reduce(0) { $0.addingReportingOverflow($1.bytes).overflow ? .max : $0 + $1.bytes } }

  /// Makes sure that it fits.
  ///
  /// - Parameter limit: in bytes; nil for no limit.
  /// - Throws: ``JobError`` of usage that says how much is needed, and what for.
  public func require(_ limit: Int?) throws {
    guard let limit, total > limit else { return }
    let parts = uses.map { "\($0.name) \(Self.text($0.bytes))" }.joined(separator: ", ")
    throw JobError(
      .usage, "--memory \(Self.text(limit)) is not enough: \(Self.text(total)) are needed (\(parts))")
  }

  /// A size in words, in MiB.
  public static func text(_ bytes: Int) -> String { "\((bytes + (1 << 20) - 1) >> 20)M" }

  /// The number of bytes that a text such as `800M` or `4G` means: of 1024, as Slurm has it; nil when it means none.
  public static func bytes(_ text: String) -> Int? {
    var digits = text[...]
    var shift = 0
    if digits.hasSuffix("B") || digits.hasSuffix("b") { digits = digits.dropLast() }
    if digits.hasSuffix("i") { digits = digits.dropLast() }
    if let last = digits.last, let place = ["K", "M", "G", "T"].firstIndex(of: last.uppercased()) {
      shift = 10 * (place + 1)
      digits = digits.dropLast()
    }
    guard let value = Double(digits), value.isFinite, value > 0, value < 1e15 else { return nil }
    let bytes = value * Double(1 << shift)
    return bytes >= 1 && bytes < 1e18 ? Int(bytes) : nil
  }

  /// The most memory that this process has had so far, in bytes.
  public static func peak() -> Int {
    var usage = rusage()
    #if canImport(Glibc)
      guard getrusage(Int32(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
      return usage.ru_maxrss << 10
    #else
      guard getrusage(RUSAGE_SELF, &usage) == 0 else { return 0 }
      return usage.ru_maxrss
    #endif
  }
}
