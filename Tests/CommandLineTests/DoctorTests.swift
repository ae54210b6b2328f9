import Foundation
import TestSupport
import Testing

@Suite("The doctor on this machine")
struct DoctorCommandTests {
  /// The states of the findings by topic, from the JSON.
  static func states(_ outcome: Outcome) throws -> [String: String] {
    let value = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let findings = try #require(value["findings"] as? [[String: Any]])
    return Dictionary(
      findings.map { ($0["topic"] as? String ?? "", $0["state"] as? String ?? "") },
      uniquingKeysWith: { first, _ in first })
  }

  @Test("It finds libraries and models, tries the folder, and leaves nothing behind", arguments: [nil, 2])
  func healthy(ranks: Int?) throws {
    let place = try Workplace()
    let outcome = try place.run(["doctor", "--output", "a b/ö", "--json"], ranks: ranks)
    let states = try Self.states(outcome)
    for topic in ["MPI", "mpirun", "libtorch", "LightGBM", "libsvm", "HDF5", "FFTW", "libxml2", "zlib", "output"] {
      #expect(states[topic] == "ok", "\(topic): \(states[topic] ?? "not there")")
    }
    #expect(states["model event"] == "ok" && states["model picker"] == "ok")
    #expect(try place.folder.names() == [])
    let text = try place.run(["doctor", "--output", "a b/ö", "--quiet"], ranks: ranks)
    #expect(text.exitCode == outcome.exitCode)
    #expect(text.errorOutput == "")
  }

  @Test("A folder that cannot be written is wrong")
  func barred() throws {
    let place = try Workplace()
    let outcome = try place.run("doctor --output /proc/none --json")
    #expect(outcome.exitCode == 69)
    #expect(try Self.states(outcome)["output"] == "wrong")
  }

  @Test("Ranks that another MPI's mpirun has started do not do the work several times")
  func foreignLauncher() throws {
    let place = try Workplace()
    try place.folder.write("t.csv", Demonstration.table(Demonstration.rows[..<9]))
    let outcome = try place.shell(
      "for rank in 0 1 2; do OMPI_COMM_WORLD_SIZE=3 OMPI_COMM_WORLD_RANK=$rank $PROGRAM features --picks t.csv --output out; echo $?; done"
    )
    #expect(outcome.output == "69\n69\n69\n")
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errorOutput.hasPrefix("hsdl-mpi: error: 3 ranks were started by the mpirun of Open MPI"))
    #expect(try place.folder.names() == ["t.csv"])
    let doctor = try place.shell("OMPI_COMM_WORLD_SIZE=3 OMPI_COMM_WORLD_RANK=0 $PROGRAM doctor --json")
    #expect(doctor.exitCode == 69)
    #expect(try Self.states(doctor)["launcher"] == "wrong")
    let other = try place.shell("OMPI_COMM_WORLD_SIZE=3 OMPI_COMM_WORLD_RANK=1 $PROGRAM doctor --json")
    #expect(other.output == "")
  }
}
