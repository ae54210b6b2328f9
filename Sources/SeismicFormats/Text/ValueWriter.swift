/// Puts values one behind the other into bytes, for other ranks of a job; ``ValueReader`` takes them out again.
struct ValueWriter {
  private let sink = TextSink()

  /// What was put.
  var bytes: [UInt8] { Array(sink.bytes) }

  /// Puts a number.
  func put(_ value: Int) { sink.append(binary: Int64(value)) }

  /// Puts a number.
  func put(_ value: Double) { sink.append(binary: value.bitPattern) }

  /// Puts text.
  func put(_ text: String) {
    put(text.utf8.count)
    sink.append(text: text)
  }

  /// Puts a time.
  func put(_ time: UTCTime) {
    sink.append(binary: time.seconds)
    sink.append(binary: Int64(time.nanoseconds))
  }

  /// Puts a number that may be missing.
  func put(optional value: Double?) {
    sink.append(byte: value == nil ? 0 : 1)
    if let value { put(value) }
  }

  /// Puts a time that may be missing.
  func put(optional time: UTCTime?) {
    sink.append(byte: time == nil ? 0 : 1)
    if let time { put(time) }
  }

  /// Puts a list: how many there are, and each.
  func put<Element>(_ list: [Element], _ body: (Element) -> Void) {
    put(list.count)
    for element in list { body(element) }
  }
}
