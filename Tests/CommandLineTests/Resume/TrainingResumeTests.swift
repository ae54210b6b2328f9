import Foundation
import TestSupport
import Testing

@Suite("Going on with an interrupted training", .serialized)
struct TrainingResumeTests {
  /// The files of a training, of the history all but the times.
  static func results(_ place: Workplace, _ folder: String) throws -> [String: String] {
    var files: [String: String] = [:]
    files["weights"] = "\(try place.folder.bytes("\(folder)/model.safetensors").hashValue)"
    files["history"] = try place.folder.text("\(folder)/history.csv").split(separator: "\n").map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).dropLast(6).joined(separator: ",")
    }.joined(separator: "\n")
    return files
  }

  @Test("Weights and history are the same after every kind of interruption, on other ranks")
  func interrupted() throws {
    let place = try Workplace()
    let net = ResumeNetwork.folder + "/net"
    try place.succeed(
      "features --catalog \(net)/automatic.xml --archive sds:\(net)/archive --stations \(net)/stations.xml "
        + "--event-windows 3 --labels \(net)/labels.csv --output features --quiet", ranks: 2)
    let command =
      "train discriminator --event-windows features/event_windows.bin --epochs 2 --batch-size 64 --micro-batch-size 16 "
      + "--max-stations 3 --checkpoint-every 2 --quiet --output"
    try place.succeed("\(command) reference", ranks: 2)
    #expect(place.names("reference").contains("run.json"))
    let reference = try Self.results(place, "reference")
    for (faults, ranks) in [
      (["kill,step=4,rank=0"], [2, 3]),
      (["kill,step=3,rank=1", "throw,step=4,rank=1", "nospace,step=3"], [2, 2, 1, 3]),
    ] {
      for (fault, ranks) in zip(faults, ranks) {
        let outcome = try place.run("\(command) out", ranks: ranks, faults: fault)
        #expect(outcome.exitCode != 0, "\(fault)")
      }
      try place.succeed("\(command) out", ranks: ranks[faults.count])
      #expect(try Self.results(place, "out") == reference)
      try FileManager.default.removeItem(atPath: place.folder.path("out"))
    }
    // One rank fails where the others wait for its sums: all end, and say which.
    let alone = try place.run("\(command) out", ranks: 3, faults: "throw,pass=2,rank=1")
    #expect(alone.exitCode == 70, "\(alone.errorOutput)")
    #expect(alone.errorOutput.contains("rank 1: the pass of step 2 fails on purpose"))
    // A wish to stop, and the end of the walltime.
    let stopped = try place.shell(
      """
      HSDL_MPI_FAULT=slow,every=300 mpirun -n 2 \
      sh -c 'trap "" TERM USR1; $PROGRAM \(command) out; code=$?; echo $code >> codes; exit $code' 2> err &
      job=$!
      while ! test -s out/last.checkpoint; do sleep 0.02; done
      kill -TERM $job; wait $job
      """)
    #expect(try place.folder.text("codes") == "75\n75\n")
    #expect(place.isStarterCode(stopped.exitCode, of: 75))
    #expect(try place.folder.text("err").contains("the same command goes on"))
    let late = try place.run("\(command) out --walltime 00:00:11", ranks: 2, faults: "slow,every=300")
    #expect(late.exitCode == 75, "\(late.errorOutput)")
    try place.succeed("\(command) out", ranks: 3)
    #expect(try Self.results(place, "out") == reference)
  }
}
