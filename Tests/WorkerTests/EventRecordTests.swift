import HSDLCompute
import SeismicFormats
import TestSupport
import Testing
import Worker

@Suite("Records of events")
struct EventRecordTests {
  @Test(
    "records come out in the order of time and identifier, through a buffer of any size", arguments: [1, 1024, 1 << 16])
  func order(bufferSize: Int) throws {
    let folder = try TemporaryFolder()
    var random = SplitMix64(seed: 2)
    let writer = RecordWriter(prefix: folder.path("unit"), in: RecordBuffer(), limit: 4000)
    var written: [(time: Int64, id: String)] = []
    for number in 0..<300 {
      let entry = (time: Int64(random.next() % 50), id: "e\(number)")
      written.append(entry)
      let piece = String(repeating: "\(number)|", count: Int(random.next() % 40))
      try Array(entry.id.utf8).withUnsafeBufferPointer { id in
        let key = EventKey(time: entry.time == 49 ? nil : UTCTime(seconds: entry.time), id: id)
        try writer.add(key, hash: UInt64(number), label: number % 2 == 0 ? .real : .fake) { sink, end in
          sink.append(text: entry.id)
          end()
          end()
          sink.append(text: piece)
          end()
        }
      }
    }
    try writer.flush()
    #expect(writer.files.count > 1)
    var read: [String] = []
    for file in writer.files {
      let cursor = try #require(try RecordCursor(file, bufferSize: bufferSize))
      var last: (time: Int64, id: String)?
      repeat {
        let id = cursor.piece(0).string
        let entry = try #require(written.first { $0.id == id })
        if let last { #expect((last.time, last.id) < (entry.time, entry.id)) }
        last = entry
        #expect(cursor.hash == UInt64(id.dropFirst()) ?? .max)
        #expect(cursor.label == (cursor.hash % 2 == 0 ? .real : .fake))
        #expect(cursor.piece(1).isEmpty)
        #expect(cursor.piece(2).string.hasPrefix(cursor.piece(2).isEmpty ? "" : "\(cursor.hash)|"))
        read.append(id)
      } while try cursor.advance()
    }
    #expect(read.sorted() == written.map(\.id).sorted())
  }

  @Test("a file that was cut is said to be damaged")
  func damaged() throws {
    let folder = try TemporaryFolder()
    let writer = RecordWriter(prefix: folder.path("unit"), in: RecordBuffer())
    try Array("event".utf8).withUnsafeBufferPointer { id in
      try writer.add(EventKey(time: .epoch, id: id), hash: 1, label: .real) { sink, end in
        sink.append(text: "some text")
        end()
        end()
        end()
      }
    }
    try writer.flush()
    let bytes = try folder.bytes("unit-0")
    for length in 1..<bytes.count {
      try folder.write("cut", Array(bytes.prefix(length)))
      #expect(throws: FormatError.self) { try RecordCursor(folder.path("cut"), bufferSize: 1024) }
    }
    try folder.write("empty", "")
    #expect(try RecordCursor(folder.path("empty"), bufferSize: 1024) == nil)
  }
}
