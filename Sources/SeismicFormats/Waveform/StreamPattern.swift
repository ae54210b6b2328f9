/// A pattern of streams, such as `CI.*.*.HH?`: `*` stands for any characters of a code, `?` for one.
public struct StreamPattern: Sendable, Hashable {
  /// The pattern as it was given.
  public let text: String
  private let codes: [[UInt8]]

  /// Reads a pattern; missing codes at the end stand for all: `CI`, `CI.DJJ`.
  ///
  /// - Returns: nil for more than four codes, or none.
  public init?(_ text: String) {
    let codes = text.split(separator: ".", omittingEmptySubsequences: false).map { Array($0.utf8) }
    guard (1...4).contains(codes.count), !text.isEmpty else { return nil }
    self.text = text
    self.codes = codes + [[UInt8]](repeating: [42], count: 4 - codes.count)
  }

  /// Whether a stream fits the pattern.
  public func matches(_ stream: StreamID) -> Bool {
    zip(codes, [stream.network, stream.station, stream.location, stream.channel]).allSatisfy { pattern, code in
      Self.matches(pattern[...], Array(code.utf8)[...])
    }
  }

  /// Goes back to the last `*` where the rest does not fit, so the time grows with the product of the lengths at most.
  private static func matches(_ pattern: ArraySlice<UInt8>, _ code: ArraySlice<UInt8>) -> Bool {
    var (place, index) = (pattern.startIndex, code.startIndex)
    var star: (place: Int, index: Int)?
    while index < code.endIndex {
      if place < pattern.endIndex, pattern[place] == 42 {
        star = (place, index)
        place += 1
      } else if place < pattern.endIndex, pattern[place] == 63 || pattern[place] == code[index] {
        place += 1
        index += 1
      } else if let last = star {
        star = (last.place, last.index + 1)
        place = last.place + 1
        index = last.index + 1
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == 42 }
  }
}
