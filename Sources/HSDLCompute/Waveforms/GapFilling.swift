/// Puts straight lines where samples are missing.
enum GapFilling {
  /// Fills ranges of samples: by a line between the neighbours, by the nearest sample at the ends, by zero where there is
  /// none at all.
  ///
  /// - Parameters:
  ///   - samples: changed in place.
  ///   - missing: ranges within the samples, in order, not touching each other.
  static func fill(_ samples: inout [Double], _ missing: [Range<Int>]) {
    for range in missing {
      let before = range.lowerBound > 0 ? samples[range.lowerBound - 1] : nil
      let after = range.upperBound < samples.count ? samples[range.upperBound] : nil
      let first = before ?? after ?? 0
      let last = after ?? before ?? 0
      let step = (last - first) / Double(range.count + 1)
      for index in range {
        samples[index] = before == nil || after == nil ? first : first + step * Double(index - range.lowerBound + 1)
      }
    }
  }

  /// The union of two lists of ranges, each in order.
  static func union(_ left: [Range<Int>], _ right: [Range<Int>]) -> [Range<Int>] {
    if right.isEmpty { return left }
    var result: [Range<Int>] = []
    for range in (left + right).sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
      if let last = result.last, last.upperBound >= range.lowerBound {
        result[result.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        result.append(range)
      }
    }
    return result
  }
}
