import Foundation
import SeismicFormats
import TestSupport
import Testing

@Suite("Files read and written")
struct FileAccessTests {
  @Test("any part of a file is read, and no more than there is")
  func parts() throws {
    let folder = try TemporaryFolder()
    let bytes = (0..<100).map { UInt8($0) }
    let input = try FileInput(try folder.write("a", bytes))
    #expect(input.size == 100)
    for offset in [0, 1, 50, 99, 100, 101, 1000] {
      for count in [0, 1, 49, 100, 200] {
        var memory = [UInt8](repeating: 255, count: count)
        let read = try memory.withUnsafeMutableBytes { try input.read(at: offset, into: $0) }
        let expected = Array(bytes.dropFirst(offset).prefix(count))
        #expect(read == expected.count)
        #expect(Array(memory[..<read]) == expected)
        #expect(memory[read...].allSatisfy { $0 == 255 })
      }
    }
    #expect(try input.prefix(3) == [0, 1, 2])
    #expect(try input.prefix(1000).count == 100)
    #expect(try FileInput(try folder.write("empty", "")).prefix(5) == [])
  }

  @Test("line ends are counted up to any byte")
  func lineEnds() throws {
    let folder = try TemporaryFolder()
    let text = "\na\n\nbcd\r\ne"
    let input = try FileInput(try folder.write("a", text))
    for end in 0...(text.utf8.count + 2) {
      #expect(try input.lineCount(upTo: end) == text.utf8.prefix(end).filter { $0 == 10 }.count)
    }
    let long = try FileInput(try folder.write("b", String(repeating: "0123456\n", count: 200_000)))
    #expect(try long.lineCount(upTo: long.size) == 200_000)
    #expect(try long.lineCount(upTo: (1 << 20) + 7) == 131_072)
    #expect(try long.lineCount(upTo: (1 << 20) + 8) == 131_073)
  }

  @Test("lines come without their ends, and without a byte-order mark")
  func lines() throws {
    let folder = try TemporaryFolder()
    func lines(_ text: String) throws -> [String] {
      var lines: [String] = []
      try TextLines.forEach(in: try folder.write("a", text)) { lines.append($0.string) }
      return lines
    }
    #expect(try lines("") == [])
    #expect(try lines("\n") == [""])
    #expect(try lines("a") == ["a"])
    #expect(try lines("a\r\nb\n\n c\r") == ["a", "b", "", " c"])
    #expect(try lines("\u{FEFF}a\n\u{FEFF}b") == ["a", "\u{FEFF}b"])
    #expect(try lines("a\u{0}b\n") == ["a\u{0}b"])
    // Around the size of the buffer, and of its double.
    for size in [(1 << 20) - 1, 1 << 20, (1 << 20) + 1, (2 << 20) - 1, 2 << 20, (4 << 20) - 2, (4 << 20) - 1] {
      let long = String(repeating: "x", count: size)
      #expect(try lines("a\n" + long + "\nb").map(\.utf8.count) == [1, size, 1])
      #expect(try lines(long).map(\.utf8.count) == [size])
    }
    let error = #expect(throws: FormatError.self) {
      _ = try lines("a\n" + String(repeating: "x", count: (4 << 20) + 1) + "\nb")
    }
    #expect(error?.kind == .badData && error?.place == .byte(2))
  }

  @Test("fields of a line")
  func fields() {
    func fields(_ text: String) -> [String] {
      var text = text
      return text.withUTF8 { csvFields($0) }
    }
    #expect(fields("") == [""])
    #expect(fields(",") == ["", ""])
    #expect(fields(" a , b\t,c ") == ["a", "b", "c"])
    #expect(fields("\"a,b\",\"c\"\"d\",\"\"") == ["a,b", "c\"d", ""])
    #expect(fields("\" a \",b") == [" a ", "b"])
    #expect(fields("a\"b\",c") == ["a\"b\"", "c"])
    #expect(fields("\"a\"b,c") == ["ab", "c"])
    #expect(fields("\"a,b") == ["a,b"])
    #expect(fields("\"") == [""])
    #expect(fields("a,\"b\",") == ["a", "b", ""])
  }

  @Test("a file has its name only when it is whole, and nothing is left of one that is given up")
  func output() throws {
    let folder = try TemporaryFolder()
    do {
      let output = try FileOutput(folder.path("a"))
      try output.write("half")
      #expect(try !folder.names().contains("a"))
    }
    #expect(try folder.names() == [])
    let output = try FileOutput(folder.path("a"))
    let sink = TextSink()
    sink.append(text: "one,")
    try output.write(sink)
    #expect(sink.count == 0)
    try output.write("two")
    #expect(output.size == 7)
    try output.commit()
    try output.commit()
    #expect(try folder.text("a") == "one,two")
    #expect(try folder.names() == ["a"])
    let missing = #expect(throws: FormatError.self) { try FileOutput(folder.path("no/b")) }
    #expect(missing?.kind == .cannotCreate)
    try FileManager.default.createDirectory(atPath: folder.path("taken"), withIntermediateDirectories: false)
    let error = #expect(throws: FormatError.self) { try FileOutput(folder.path("taken")) }
    #expect(error?.kind == .cannotCreate)
    #expect(try folder.names() == ["a", "taken"])
  }

  @Test("a full disk is told of", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func fullDisk() throws {
    let folder = try TemporaryFolder()
    // The file that is being written is put on the device that is always full.
    let path = folder.path("a")
    try FileManager.default.createSymbolicLink(
      atPath: path + ".partial-\(ProcessInfo.processInfo.processIdentifier)", withDestinationPath: "/dev/full")
    let output = try FileOutput(path)
    let error = #expect(throws: FormatError.self) { try output.write("text") }
    #expect(error?.kind == .inputOutput)
    #expect(error?.found.contains("No space left") == true)
  }
}
