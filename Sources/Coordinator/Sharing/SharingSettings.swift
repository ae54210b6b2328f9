/// How units are shared out, and what becomes of those that fail and of ranks that stall.
public struct SharingSettings {
  /// How many units may fail, each twice, without the whole job failing; nil when the first failure ends it at once.
  public var failureLimit: Int?
  /// A rank that makes no progress for so long is named, in s; not watched where it is nil.
  public var stallSeconds: Double?
  /// What is said of a unit: by its number alone, unless the job knows better.
  public var describe: @Sendable (_ unit: Int) -> String = { "unit \($0)" }
  /// What this rank is at, for the message about a stall.
  public var activity: () -> String = { "" }
  /// Takes warnings; on rank 0.
  public var warn: @Sendable (String) -> Void = { _ in }
  /// How units are given out.
  public var policy = UnitSchedule.Policy()
  /// Whether rank 0 may work itself; else it only coordinates, where there are other ranks.
  public var rootWorks = true

  /// The usual: the first failure ends the work, nobody is watched.
  public init() {}
}
