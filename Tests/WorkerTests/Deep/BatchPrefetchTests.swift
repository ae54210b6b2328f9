import SeismicFormats
import Testing
import Worker

@Suite("Batches made ahead")
struct BatchPrefetchTests {
  @Test("come out in order, and nil at the end for ever", arguments: [1, 2, 5])
  func order(depth: Int) throws {
    var number = 0
    let batches = BatchPrefetch<Int>(depth: depth) {
      number += 1
      return number <= 100 ? number : nil
    }
    var seen: [Int] = []
    while let batch = try batches.next() { seen.append(batch) }
    #expect(seen == Array(1...100))
    #expect(try batches.next() == nil)
  }

  @Test("an error comes out behind what was made before it, on every call")
  func failure() throws {
    var number = 0
    let batches = BatchPrefetch<Int> {
      number += 1
      if number == 4 { throw FormatError(.badData, file: "x", found: "y") }
      return number
    }
    #expect(try [batches.next(), batches.next(), batches.next()] == [1, 2, 3])
    for _ in 0..<3 { #expect(throws: FormatError.self) { try batches.next() } }
  }

  @Test("no more than the depth is made ahead, and stopping ends the thread")
  func stopping() throws {
    let made = Box(0)
    for taken in 0..<4 {
      made.value = 0
      let batches = BatchPrefetch<Int>(depth: 2) {
        made.value += 1
        return made.value
      }
      for _ in 0..<taken { _ = try batches.next() }
      batches.stop()
      let count = made.value
      #expect(count <= taken + 3)
      #expect(try batches.next() == nil)
      batches.stop()
      #expect(made.value == count)
    }
  }

  @Test("letting it go ends the thread")
  func letGo() throws {
    final class Token {}
    weak var token: Token?
    do {
      let own = Token()
      token = own
      let batches = BatchPrefetch<Int> { [own] in
        _ = own
        return 1
      }
      _ = try batches.next()
    }
    #expect(token == nil)
  }
}
