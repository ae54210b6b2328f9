/// Cuts labelled events into folds that are contiguous blocks of time.
///
/// Events of one sequence look alike: where one is trained on and its neighbour is tested, a model is tested on what it has
/// seen. So folds are never random rows (Roberts et al., 2017). Blocks hold about equal numbers of events, and no border
/// parts events that are close in time, so that entries of one shock and the dense part of a sequence stay together.
public struct TimeBlocks: Sendable, Equatable {
  /// The block of each event, 0 ..< ``count``, in the order in which the events were given.
  public let block: [Int]
  /// The number of blocks.
  public let count: Int
  /// Seconds between the events on both sides of each border, in the order of time; NaN where times are not known.
  public let borderGaps: [Double]

  /// Seconds that must lie between events for a border to fall there, usually.
  public static let usualGap = 60.0

  /// Cuts.
  ///
  /// Events are ordered by time and then by key. Each border is put as near as possible to where blocks of equal numbers
  /// would end, where at least `gap` seconds lie between the events; where there is no such place within half a block, it
  /// is put at the longest pause there. Where a block would lack a class, fewer blocks are made. Events without a time stand
  /// at the end, and may be parted anywhere.
  ///
  /// - Parameters:
  ///   - times: seconds since any moment; NaN where they are not known.
  ///   - keys: a number for each event that does not depend on where it stands: orders events of equal times.
  ///   - labels: 1 real, 0 fake.
  ///   - count: the number of blocks that is wanted, at least 2.
  ///   - gap: seconds that must lie between events for a border to fall there.
  /// - Throws: ``ComputeError`` with `cannotTrain` when not even two blocks have events of both classes.
  public init(
    times: [Double], keys: [UInt64], labels: [UInt8], count: Int, gap: Double = TimeBlocks.usualGap
  ) throws {
    guard times.count == labels.count, keys.count == labels.count else {
      throw ComputeError.cannotTrain(reason: "there are \(labels.count) labels for \(times.count) times")
    }
    let order = Self.order(times: times, keys: keys)
    let pauses = Self.pauses(times, order)
    for wanted in stride(from: min(count, labels.count), through: 2, by: -1) {
      guard let ends = Self.ends(pauses: pauses, total: order.count, count: wanted, gap: gap) else { continue }
      var block = [Int](repeating: 0, count: labels.count)
      var classes = [(fake: Bool, real: Bool)](repeating: (false, false), count: wanted)
      var start = 0
      for (number, end) in ends.enumerated() {
        for place in start..<end {
          block[order[place]] = number
          if labels[order[place]] == 1 { classes[number].real = true } else { classes[number].fake = true }
        }
        start = end
      }
      guard classes.allSatisfy({ $0.fake && $0.real }) else { continue }
      self.block = block
      self.count = wanted
      borderGaps = ends.dropLast().map { pauses[$0 - 1] }
      return
    }
    let real = labels.reduce(0) { $0 + Int($1) }
    throw ComputeError.cannotTrain(
      reason: "\(real) real and \(labels.count - real) fake events cannot be cut into two blocks of time with both "
        + "kinds in each")
  }

  /// The events of a block, in the order in which they were given.
  public func members(_ number: Int) -> [Int] { block.indices.filter { block[$0] == number } }

  /// The events outside of a block, in the order in which they were given.
  public func others(_ number: Int) -> [Int] { block.indices.filter { block[$0] != number } }

  /// Places of the events in the order of time, then of keys; those without a time last.
  static func order(times: [Double], keys: [UInt64]) -> [Int] {
    times.indices.sorted { a, b in
      let (x, y) = (times[a], times[b])
      if x.isNaN || y.isNaN {
        if x.isNaN != y.isNaN { return y.isNaN }
      } else if x != y {
        return x < y
      }
      return keys[a] != keys[b] ? keys[a] < keys[b] : a < b
    }
  }

  /// Seconds between each event of an order and the next; NaN where a time is not known.
  private static func pauses(_ times: [Double], _ order: [Int]) -> [Double] {
    zip(order, order.dropFirst()).map { times[$1] - times[$0] }
  }

  /// Where each block ends: the place behind its last event.
  ///
  /// - Returns: nil when there is no place left for a border.
  private static func ends(pauses: [Double], total: Int, count: Int, gap: Double) -> [Int]? {
    var ends: [Int] = []
    let reach = total / (2 * count)
    for number in 1..<count {
      let ideal = number * total / count
      let low = max(ideal - reach, (ends.last ?? 0) + 1)
      let high = min(ideal + reach, total - (count - number))
      guard low <= high else { return nil }
      // Nearest first; of two at the same distance the earlier.
      let candidates = (low...high).sorted { a, b in
        abs(a - ideal) != abs(b - ideal) ? abs(a - ideal) < abs(b - ideal) : a < b
      }
      // A pause that is not known parts events that nothing is known to hold together.
      let free = candidates.first { pauses[$0 - 1].isNaN || pauses[$0 - 1] >= gap }
      var longest = candidates[0]
      for place in candidates where pauses[place - 1] > pauses[longest - 1] { longest = place }
      ends.append(free ?? longest)
    }
    return ends + [total]
  }
}
