import HeapModule
import SeismicFormats
import Worker

/// Brings the records of many files into one order.
///
/// Memory is bounded by the number of files, not by what they hold.
struct RecordMerge {
  /// Memory for the buffers of all files together.
  static let bufferBudget = 64 << 20

  private struct Head: Comparable {
    var cursor: RecordCursor
    var number: Int

    static func < (left: Head, right: Head) -> Bool {
      left.cursor.comesFirst(before: right.cursor)
        || left.number < right.number && !right.cursor.comesFirst(before: left.cursor)
    }
    static func == (left: Head, right: Head) -> Bool { left.number == right.number }
  }

  private var heap: Heap<Head>

  /// Opens the files.
  ///
  /// - Throws: ``FormatError``.
  init(_ files: [String]) throws {
    let size = min(1 << 20, max(1 << 14, Self.bufferBudget / max(files.count, 1)))
    var heads: [Head] = []
    for (number, file) in files.enumerated() {
      if let cursor = try RecordCursor(file, bufferSize: size) { heads.append(Head(cursor: cursor, number: number)) }
    }
    heap = Heap(heads)
  }

  /// Hands out all records in order.
  ///
  /// - Throws: ``FormatError``; what `body` throws.
  mutating func forEach(_ body: (RecordCursor) throws -> Void) throws {
    while let head = heap.popMin() {
      // Records of one file often follow each other.
      var isExhausted = false
      repeat {
        try body(head.cursor)
        isExhausted = try !head.cursor.advance()
      } while !isExhausted && (heap.min.map { head < $0 } ?? true)
      if !isExhausted { heap.insert(head) }
    }
  }
}
