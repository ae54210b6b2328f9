import TestSupport
import Testing

@Suite("Options of sharing out work")
struct SharingOptionTests {
  @Test(
    "Wrong limits are refused in one line",
    arguments: [
      ("--memory x", "--memory must be a number of bytes with K, M, G or T behind it, such as 4G"),
      ("--max-failures=-1", "--max-failures must be 0 or more"),
      ("--stall-seconds 0.5", "--stall-seconds must be 0, or 1 or more"),
      ("--lost-seconds nan", "--lost-seconds must be 0, or 1 or more"),
    ])
  func wrong(option: String, message: String) throws {
    try Workplace().fail("refine --picks a --model b --output c \(option)", 64, "\(message); see --help")
  }

  @Test("memory that is not enough is refused with what is needed, before anything is made", arguments: [1, 2])
  func memory(ranks: Int) throws {
    let place = try Workplace()
    _ = try place.folder.write("a.csv", Demonstration.table(Demonstration.rows.prefix(20)))
    try place.fail(
      "features --picks a.csv --output c --memory 10M", 64,
      "--memory 10M is not enough: 328M are needed (the program and its libraries 200M, events on their way to a file 64M, "
        + "merging 64M)", ranks: ranks)
    #expect(place.names("c") == [])
    let outcome = try place.succeed("features --picks a.csv --output c --memory 1G", ranks: ranks)
    #expect(outcome.errorOutput.contains("of memory a rank"))
  }
}
