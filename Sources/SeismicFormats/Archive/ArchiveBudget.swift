/// How much an archive may keep in memory of what it has read; what it returns does not depend on that.
public struct ArchiveBudget: Hashable, Sendable {
  /// The most bytes of decoded samples.
  public var samples: Int
  /// The most bytes of the headers of open files' records; those of one file are kept whatever they take.
  public var headers: Int

  /// The usual budget: no day of 64 stations is decoded twice.
  public static let usual = ArchiveBudget(samples: 64 << 20, headers: 256 << 20)
  /// The least with which reading is not slowed down much.
  public static let least = ArchiveBudget(samples: 12 << 20, headers: 36 << 20)

  /// Creates a budget.
  public init(samples: Int, headers: Int) {
    self.samples = samples
    self.headers = headers
  }

  /// Shares out a number of bytes, between ``least`` and ``usual``.
  public init(total: Int) {
    let total = min(max(total, Self.least.total), Self.usual.total)
    self.init(samples: total / 5, headers: total - total / 5)
  }

  /// All bytes.
  public var total: Int { samples + headers }
}
