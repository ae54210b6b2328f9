/// Words that are nearly the same.
public enum Spelling {
  /// How many letters must be put in, taken out, changed or swapped with their neighbour to make one word of the other (Damerau, 1964).
  ///
  /// Words of more than 64 letters are cut off there.
  public static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.prefix(64)), Array(b.prefix(64)))
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var rows = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
    for i in 0...a.count { rows[i][0] = i }
    for j in 0...b.count { rows[0][j] = j }
    for i in 1...a.count {
      for j in 1...b.count {
        let change = a[i - 1] == b[j - 1] ? 0 : 1
        rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + change)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
        }
      }
    }
    return rows[a.count][b.count]
  }

  /// Letters and digits alone, without regard to case: `Phase-Picking ` and `phase_picking` are the same.
  public static func folded(_ text: String) -> String {
    String(text.lowercased().filter { $0.isLetter || $0.isNumber })
  }

  /// The word that was probably meant; nil where none is near.
  ///
  /// - Parameter words: the words that there are; the first of those that are equally near is taken.
  public static func nearest(to word: String, among words: [String]) -> String? {
    let own = folded(word)
    guard !own.isEmpty else { return nil }
    if let same = words.first(where: { folded($0) == own }) { return same }
    let limit = max(1, own.count / 4)
    let near = words.map { ($0, distance(own, folded($0))) }.min { $0.1 < $1.1 }
    if let near, near.1 <= limit { return near.0 }
    // What was begun, or is a part: `picking` for `Phase Picking`.
    let holding = words.filter { folded($0).contains(own) }
    return own.count >= 3 && holding.count == 1 ? holding.first : nil
  }
}
