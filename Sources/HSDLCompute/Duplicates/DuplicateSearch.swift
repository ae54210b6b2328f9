import SeismicFormats

/// Finds the events that a catalog has more than once.
///
/// Events are given in the order of time; where two of them lie further apart than ``DuplicateComparison/longestTime``
/// nothing can reach over the gap, and the groups before it are complete. What comes out does not depend on the order of
/// events with the same time, nor on how the catalog is cut, as long as cuts are made in such gaps.
///
/// Groups grow from the surest pairs on; two groups join only if no member of one is another shock than a member of the
/// other, so a chain of likenesses does not run through a sequence of aftershocks.
public struct DuplicateSearch: Sendable {
  private let comparison: DuplicateComparison
  private var events: [EventSummary] = []

  /// Creates a search.
  public init(_ comparison: DuplicateComparison) { self.comparison = comparison }

  /// Takes the next event.
  ///
  /// - Returns: the groups that are complete before it, mostly none; singles are not given.
  public mutating func append(_ event: EventSummary) -> [DuplicateGroup] {
    var finished: [DuplicateGroup] = []
    if let last = events.last, event.time.timeInterval(since: last.time) > comparison.longestTime {
      finished = finish()
    }
    events.append(event)
    return finished
  }

  /// Says that no events follow.
  ///
  /// - Returns: the groups that are left.
  public mutating func finish() -> [DuplicateGroup] {
    defer { events.removeAll(keepingCapacity: true) }
    return Self.groups(in: events, comparison)
  }

  /// The groups among events in any order, by the time of their earliest members.
  public static func groups(of events: [EventSummary], _ comparison: DuplicateComparison) -> [DuplicateGroup] {
    var search = DuplicateSearch(comparison)
    var groups: [DuplicateGroup] = []
    for event in events.sorted(by: isEarlier) { groups += search.append(event) }
    return groups + search.finish()
  }

  private static func isEarlier(_ a: EventSummary, _ b: EventSummary) -> Bool {
    a.time != b.time ? a.time < b.time : a.id < b.id
  }

  private static func groups(in unsorted: [EventSummary], _ comparison: DuplicateComparison) -> [DuplicateGroup] {
    guard unsorted.count > 1 else { return [] }
    let events = unsorted.sorted(by: isEarlier)
    var pairs: [(score: Double, first: Int, second: Int)] = []
    for first in events.indices {
      var second = first + 1
      while second < events.count,
        events[second].time.timeInterval(since: events[first].time) <= comparison.longestTime
      {
        if case .same(let score) = comparison.compare(events[first], events[second]) {
          pairs.append((score, first, second))
        }
        second += 1
      }
    }
    pairs.sort { a, b in
      a.score != b.score ? a.score > b.score : a.first != b.first ? a.first < b.first : a.second < b.second
    }
    var group = Array(events.indices)
    var members = events.indices.map { [$0] }
    for pair in pairs {
      let (one, other) = (group[pair.first], group[pair.second])
      guard one != other else { continue }
      let isClear = members[one].allSatisfy { a in
        members[other].allSatisfy { b in comparison.compare(events[a], events[b]) != .different }
      }
      guard isClear else { continue }
      let (kept, gone) = (min(one, other), max(one, other))
      for member in members[gone] { group[member] = kept }
      members[kept] += members[gone]
      members[gone] = []
    }
    return members.filter { $0.count > 1 }.map { members in
      let ranked = members.map { events[$0] }.sorted(by: isPreferred)
      return DuplicateGroup(preferred: ranked[0].id, alternatives: ranked.dropFirst().map(\.id).sorted())
    }
  }

  private static func isPreferred(_ a: EventSummary, _ b: EventSummary) -> Bool {
    if a.picks.count != b.picks.count { return a.picks.count > b.picks.count }
    let (rmsA, rmsB) = (a.rms.isFinite ? a.rms : .infinity, b.rms.isFinite ? b.rms : .infinity)
    if rmsA != rmsB { return rmsA < rmsB }
    if let createdA = a.created, let createdB = b.created, createdA != createdB { return createdA < createdB }
    if (a.created == nil) != (b.created == nil) { return a.created != nil }
    return a.id < b.id
  }
}
