import Foundation
import TestSupport
import Testing

@Suite("Ranks as processes", .serialized)
struct MPICommunicatorTests {
  @Test("every check holds", arguments: 1...4)
  func checks(ranks: Int) throws {
    let outcome = try Program.run("communicator-checks", [], ranks: ranks)
    #expect(outcome.errorOutput == "")
    #expect(outcome.exitCode == 0)
    #expect(outcome.output.hasSuffix("checks hold on \(ranks) ranks\n"))
  }

  @Test("a program that is started without mpirun is one rank")
  func single() throws {
    let outcome = try Program.run("communicator-checks", [])
    #expect(outcome.exitCode == 0)
    #expect(outcome.output.hasSuffix("checks hold on 1 ranks\n"))
  }

  @Test("messages of more than 2^31 bytes")
  func long() throws {
    let outcome = try Program.run("communicator-checks", ["long"], ranks: 2)
    #expect(outcome.errorOutput == "")
    #expect(outcome.output == "messages of \((1 << 31) + 12_345) bytes arrive whole\n")
  }

  @Test("a rank that throws says one line and ends all, with its code", arguments: 0..<3)
  func abort(failing: Int) throws {
    let outcome = try Program.run("communicator-checks", ["fail", "\(failing)"], ranks: 3, timeout: 60)
    #expect(outcome.errorLines == ["rank \(failing): a deliberate failure"])
    #expect(outcome.exitCode == 65)
  }

  @Test("a failure that the ranks agree on is said once and ends in order", arguments: 0..<3)
  func agreed(failing: Int) throws {
    let outcome = try Program.run("communicator-checks", ["agreed", "\(failing)"], ranks: 3, timeout: 60)
    #expect(outcome.errorLines == ["a deliberate failure on rank \(failing)"])
    #expect(outcome.exitCode == 65)
  }

  @Test("a rank that does not come to MPI's end is not waited for, and the exit code stays", arguments: 0..<2)
  func late(missing: Int) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("late-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // mpirun ends the other rank, and then may give that one's code, or its own, instead of this one's; so each says its own.
    // A rank that waited would come to an end with the other one, and with 0.
    _ = try Program.execute(
      "/usr/bin/env",
      [
        "mpirun", "-n", "2", "sh", "-c", "\"$0\" late \(missing); echo $? > \"$1/$PMI_RANK\"",
        Program.builtProducts.appendingPathComponent("communicator-checks").path, folder.path,
      ], timeout: 60)
    let code = try String(contentsOf: folder.appendingPathComponent("\(1 - missing)"), encoding: .utf8)
    #expect(code == "3\n")
  }
}
