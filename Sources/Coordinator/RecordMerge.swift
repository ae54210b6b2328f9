import HeapModule
import SeismicFormats
package import Worker

/// Brings the records of many files into one order.
///
/// Of a file only the key of its next record is kept in memory as long as other files come first: files that follow each
/// other in time are read one after the other, however many there are. Where they overlap, their buffers together keep to the
/// budget; when it is used up, those that cannot have one are read again for each record.
package struct RecordMerge {
  /// Memory for the buffers of all files together, unless said otherwise.
  package static let bufferBudget = 64 << 20
  /// A buffer is not smaller than this.
  private static let leastBuffer = 1 << 14

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
  private let budget: Int
  private let bufferSize: Int
  /// The memory of the buffers that are in use, in bytes.
  private var inUse = 0
  /// The most that it has been.
  package private(set) var mostInUse = 0

  /// Opens the files.
  ///
  /// - Parameter budget: memory for the buffers of all files together, in bytes.
  /// - Throws: ``FormatError``.
  package init(_ files: [String], budget: Int = bufferBudget) throws {
    self.budget = budget
    bufferSize = min(1 << 20, max(Self.leastBuffer, budget / max(files.count, 1)))
    var heads: [Head] = []
    for (number, file) in files.enumerated() {
      guard let cursor = try RecordCursor(file, bufferSize: 1024) else { continue }
      cursor.rest()
      heads.append(Head(cursor: cursor, number: number))
    }
    heap = Heap(heads)
  }

  /// Hands out all records in order.
  ///
  /// - Throws: ``FormatError``; what `body` throws.
  package mutating func forEach(_ body: (RecordCursor) throws -> Void) throws {
    while let head = heap.popMin() {
      if head.cursor.isResting {
        try head.cursor.resume(bufferSize: bufferSize)
      } else {
        inUse -= head.cursor.byteCount
      }
      // Records of one file often follow each other.
      var isExhausted = false
      repeat {
        try body(head.cursor)
        isExhausted = try !head.cursor.advance()
      } while !isExhausted && (heap.min.map { head < $0 } ?? true)
      mostInUse = max(mostInUse, inUse + head.cursor.byteCount)
      guard !isExhausted else { continue }
      if inUse + head.cursor.byteCount > budget {
        head.cursor.rest()
      } else {
        inUse += head.cursor.byteCount
      }
      heap.insert(head)
    }
  }
}
