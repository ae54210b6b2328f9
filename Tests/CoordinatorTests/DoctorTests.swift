import Coordinator
import Foundation
import MPI
import Testing

@Suite("What the doctor makes of what is found")
struct DoctorTests {
  static func states(_ findings: [Finding]) -> [String: Finding.State] {
    Dictionary(findings.map { ($0.topic, $0.state) }) { first, _ in first }
  }

  @Test("The innermost launcher tells how many ranks there are")
  func launcher() throws {
    #expect(Launcher(environment: [:]) == nil)
    #expect(Launcher(environment: ["PMI_SIZE": "x"]) == nil)
    let hydra = try #require(Launcher(environment: ["PMI_SIZE": "4", "PMI_RANK": "3", "SLURM_STEP_NUM_TASKS": "2"]))
    #expect((hydra.size, hydra.rank, hydra.variable) == (4, 3, "PMI_SIZE"))
    let open = try #require(
      Launcher(environment: ["PMI_SIZE": "1", "OMPI_COMM_WORLD_SIZE": "8", "OMPI_COMM_WORLD_RANK": "0"]))
    #expect((open.size, open.rank) == (8, 0))
    // A batch shell has SLURM_NTASKS, but is no step.
    #expect(Launcher(environment: ["SLURM_NTASKS": "16", "SLURM_PROCID": "0"]) == nil)
    #expect(hydra.objection(ranks: 4, library: "MPICH") == nil)
    #expect(hydra.objection(ranks: 1, library: "MPICH")?.contains("each says that it is rank 0 of 1") == true)
    #expect(Launcher(name: "a", size: 1, rank: 0, variable: "A").objection(ranks: 1, library: "MPICH") == nil)
  }

  @Test("Another MPI's mpirun, and two MPIs in one program, are wrong")
  func twoMPIs() {
    typealias Family = MPIFindings.Family
    for text in ["MPICH Version: 4.0.2", "Intel(R) MPI Library 2021.9", "MVAPICH2 2.3", "HYDRA build details:"] {
      #expect(Family(text) == .mpich)
    }
    for text in ["Open MPI v4.1.4", "mpirun (Open MPI) 5.0.3", "IBM Spectrum MPI"] { #expect(Family(text) == .openMPI) }
    #expect(Family("something") == nil)
    func states(
      _ starter: String?, launcher: Launcher? = nil, loaded: [String] = ["MPICH"]
    ) -> [String: Finding.State] {
      Self.states(
        MPIFindings(
          library: "MPICH Version: 4.0.2", ranks: 1, nodes: 1, launcher: launcher,
          starter: starter.map { .init(path: "/usr/bin/mpirun", version: $0) },
          loaded: loaded.map { .init(name: $0, path: "/lib/\($0)") }
        ).findings)
    }
    #expect(states("HYDRA build details:") == ["MPI": .fine, "mpirun": .fine])
    #expect(states("mpirun (Open MPI) 5.0.3") == ["MPI": .fine, "mpirun": .wrong])
    #expect(states(nil) == ["MPI": .fine, "mpirun": .notice])
    #expect(states("HYDRA", loaded: ["MPICH", "Open MPI"])["MPI libraries"] == .wrong)
    #expect(states("HYDRA", launcher: Launcher(environment: ["PMI_SIZE": "3"]))["launcher"] == .wrong)
    #expect(states("HYDRA", launcher: Launcher(environment: ["PMI_SIZE": "1"]))["launcher"] == .fine)
  }

  @Test("Libraries are found by what the process has mapped")
  func libraries() {
    let maps = """
      7f0000000000-7f0000001000 r-xp 00000000 fe:00 12 /opt/a b/libmpi.so.12.1.8
      7f0000001000-7f0000002000 r-xp 00000000 fe:00 13 /usr/lib/libmpi.so.40
      7f0000001000-7f0000002000 r--p 00000000 fe:00 13 /usr/lib/libmpi.so.40
      7f0000002000-7f0000003000 r-xp 00000000 fe:00 14 /usr/lib/libmpich.so.12
      7f0000003000-7f0000004000 rw-p 00000000 00:00 0 [heap]
      7f0000003000-7f0000004000 rw-p 00000000 fe:00 9 /usr/lib/libz.so.1.2.13
      7f0000003000-7f0000004000 rw-p 00000000 fe:00 9 /home/me/libz.txt
      """
    #expect(
      LoadedLibraries.libraries(maps).map { "\($0.name) \($0.path)" } == [
        "MPICH /opt/a b/libmpi.so.12.1.8", "Open MPI /usr/lib/libmpi.so.40", "MPICH /usr/lib/libmpich.so.12",
        "zlib /usr/lib/libz.so.1.2.13",
      ])
    let here = RankReport.here(rank: 0)
    #expect(here.libraries.contains { $0.name == "zlib" && $0.version?.hasPrefix("1.") == true })
    #expect(here.memory > 0 && here.freeMemory > 0 && !here.processors.isEmpty && here.openFiles > 0)
  }

  @Test("Lists of processors, also such as no kernel writes")
  func lists() {
    #expect(RankReport.list("0-3,8,10-11") == [0, 1, 2, 3, 8, 10, 11])
    #expect(RankReport.list("") == [])
    #expect(RankReport.list("x,-1,3-1,5-99999999999999999999,7") == [7])
  }

  static func report(_ rank: Int, host: String = "a", processors: [Int], threads: String? = "1") -> RankReport {
    var report = RankReport()
    report.rank = rank
    report.host = host
    report.processors = processors
    report.memory = 64 << 30
    report.freeMemory = 60 << 30
    report.sharedMemory = 32 << 30
    report.openFiles = 1024
    report.threads["OMP_NUM_THREADS"] = threads
    return report
  }

  @Test("More ranks than processors, more threads, one processor for all, little memory, few files")
  func nodes() {
    let good = (0..<4).map { Self.report($0, processors: [0, 1, 2, 3]) }
    #expect(Self.states(NodeFindings.findings(good)).values.allSatisfy { $0 == .fine })
    let crowded = (0..<4).map { Self.report($0, processors: [0, 1]) }
    #expect(Self.states(NodeFindings.findings(crowded))["processors"] == .wrong)
    let bound = NodeFindings.findings((0..<4).map { Self.report($0, processors: [2]) })
    #expect(bound.first { $0.topic == "processors" }?.found.contains("bound to the same one") == true)
    // Each bound to its own is as it should be.
    #expect(
      Self.states(NodeFindings.findings((0..<4).map { Self.report($0, processors: [$0]) }))["processors"] == .fine)
    let threaded = (0..<4).map { Self.report($0, processors: [0, 1, 2, 3], threads: "2") }
    #expect(Self.states(NodeFindings.findings(threaded))["threads"] == .wrong)
    let unsaid = (0..<4).map { Self.report($0, processors: [0, 1, 2, 3], threads: nil) }
    #expect(Self.states(NodeFindings.findings(unsaid))["threads"] == .notice)
    var poor = good
    for rank in poor.indices {
      poor[rank].freeMemory = 512 << 20
      poor[rank].openFiles = 256
      poor[rank].sharedMemory = 64 << 20 - 1
    }
    let states = Self.states(NodeFindings.findings(poor))
    #expect((states["memory"], states["open files"], states["/dev/shm"]) == (.wrong, .wrong, .wrong))
    var limited = good
    for rank in limited.indices { limited[rank].memoryLimit = 512 << 20 }
    #expect(Self.states(NodeFindings.findings(limited))["memory"] == .wrong)
  }

  @Test("Nodes that are alike are told of once, others by name")
  func manyNodes() {
    let nodes = (0..<6).map { Self.report($0, host: "n\($0)", processors: $0 == 3 ? [] : [0]) }
    #expect(NodeFindings.findings(nodes).filter { $0.topic.hasPrefix("threads") }.count == 1)
    var odd = (0..<12).map { Self.report($0, host: "n\($0 / 2)", processors: $0 / 2 == 3 ? [0] : [0, 1]) }
    odd[2].openFiles = 100
    let findings = NodeFindings.findings(odd)
    #expect(findings.first { $0.state == .wrong && $0.topic == "processors of n3" } != nil)
    #expect(findings.first { $0.state == .wrong && $0.topic == "open files of n1" } != nil)
    let wrong = findings.filter { $0.state == .wrong }.map(\.topic).filter { !$0.hasPrefix("threads") }
    #expect(wrong.count == 2, "\(wrong)")
  }

  @Test("The clock of each other node is compared, those of ranks of the same node are not", arguments: 1...4)
  func clocks(ranks: Int) throws {
    let hosts = Array(["a", "b", "a", "c"].prefix(ranks))
    let offsets = [0.0, 5, 0, -3600]
    let answers = try InProcessCommunicator.run(ranks: ranks) { communicator in
      try ClockComparison.run(hosts, over: communicator) { ClockComparison.now() + offsets[communicator.rank] }
    }
    let found = answers[0]
    #expect(found.map(\.host) == Array(Set(hosts.dropFirst()).subtracting(["a"])).sorted())
    for difference in found {
      let expected = difference.host == "b" ? 5.0 : -3600
      #expect(abs(difference.seconds - expected) <= difference.uncertainty + 1e-3)
    }
    for other in answers.dropFirst() { #expect(other == []) }
    #expect(ClockComparison.finding(found)?.state == (ranks == 1 ? nil : .wrong))
  }

  @Test("Sizes in words")
  func sizes() {
    #expect(
      [0, 999, 1000, 1_500_000, 99_900_000_000, -5].map(byteText) == [
        "0 B", "999 B", "1.0 kB", "1.5 MB", "100 GB", "0 B",
      ])
  }
}
