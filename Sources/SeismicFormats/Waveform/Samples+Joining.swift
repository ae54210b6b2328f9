extension Samples {
  /// Bytes of one sample.
  public var width: Int {
    switch self {
    case .int32, .float32: 4
    case .float64: 8
    case .text: 1
    }
  }

  /// Whether both are of one type.
  public func isSameType(as other: Samples) -> Bool {
    switch (self, other) {
    case (.int32, .int32), (.float32, .float32), (.float64, .float64), (.text, .text): true
    default: false
    }
  }

  /// Adds samples of the same type; nothing happens where they are of another.
  public mutating func append(_ other: Samples) {
    switch (consume self, other) {
    case (.int32(var samples), .int32(let more)):
      samples += more
      self = .int32(samples)
    case (.float32(var samples), .float32(let more)):
      samples += more
      self = .float32(samples)
    case (.float64(var samples), .float64(let more)):
      samples += more
      self = .float64(samples)
    case (.text(var samples), .text(let more)):
      samples += more
      self = .text(samples)
    case (let same, _):
      self = same
    }
  }
}
