/// Which part of a dataset a waveform is, written as NumPy does: `bucket0$5,:3,:1200`.
struct BlockSlice: Hashable {
  /// The dataset.
  var block: String
  /// One part a dimension, the first dimension first; dimensions behind them are taken whole.
  var parts: [Part] = []

  /// A part of a dimension.
  enum Part: Hashable {
    /// One index; the dimension goes away. Below zero it counts from the end.
    case index(Int)
    /// From the lower to, and without, the upper; below zero they count from the end.
    case range(Int?, Int?)
  }

  /// Reads a name; nil when what stands behind `$` is not understood.
  init?(_ name: String) {
    guard let mark = name.firstIndex(of: "$") else {
      block = name
      return
    }
    block = String(name[..<mark])
    let location = name[name.index(after: mark)...]
    for part in location.split(separator: ",", omittingEmptySubsequences: false) {
      let words = part.split(separator: ":", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
      switch words.count {
      case 1:
        guard let index = Int(words[0]) else { return nil }
        parts.append(.index(index))
      case 2:
        guard words.allSatisfy({ $0.isEmpty || Int($0) != nil }) else { return nil }
        parts.append(.range(Int(words[0]), Int(words[1])))
      default: return nil
      }
    }
  }

  /// The block of a dataset of a given shape.
  ///
  /// - Returns: start and count along each dimension, and the dimensions that stay; nil when an index lies outside.
  func resolve(_ shape: [Int]) -> (start: [Int], count: [Int], kept: [Int])? {
    guard parts.count <= shape.count else { return nil }
    var start = [Int](repeating: 0, count: shape.count)
    var count = shape
    var kept: [Int] = []
    for (dimension, size) in shape.enumerated() {
      guard dimension < parts.count else {
        kept.append(dimension)
        continue
      }
      switch parts[dimension] {
      case .index(let index):
        let place = index < 0 ? index &+ size : index
        guard place >= 0, place < size else { return nil }
        start[dimension] = place
        count[dimension] = 1
      case .range(let lower, let upper):
        // As in NumPy, what lies outside is cut off.
        let from = min(max((lower ?? 0) < 0 ? (lower ?? 0) &+ size : lower ?? 0, 0), size)
        let to = min(max((upper ?? size) < 0 ? (upper ?? size) &+ size : upper ?? size, 0), size)
        start[dimension] = from
        count[dimension] = max(to - from, 0)
        kept.append(dimension)
      }
    }
    return (start, count, kept)
  }
}
