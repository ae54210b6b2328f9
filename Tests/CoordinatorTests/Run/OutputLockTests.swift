import Coordinator
import Foundation
import SeismicFormats
import TestSupport
import Testing

@Suite("One job in a folder")
struct OutputLockTests {
  static func holder(_ host: String, process: Int = 1, job: String = "", beat: Int = 0) -> OutputLock.Holder {
    OutputLock.Holder(host: host, process: process, since: "2026-01-02T03:04:05Z", job: job, beat: beat)
  }

  @Test("the second is told who has the folder, and gets it when the first has ended")
  func second() throws {
    let place = try TemporaryFolder()
    let first = try OutputLock(place.url.path, own: Self.holder("node7", process: 4711, job: "99"))
    let error = #expect(throws: FormatError.self) {
      _ = try OutputLock(place.url.path, own: Self.holder("node7", process: 4712))
    }
    #expect(
      error?.found
        == "another job is writing to it (host node7, process 4711, since 2026-01-02T03:04:05Z, Slurm job 99)")
    #expect(error?.kind == .cannotCreate)
    first.release()
    #expect(try place.names() == [])
    let third = try OutputLock(place.url.path, own: Self.holder("node8"))
    third.release()
  }

  @Test("what a killed job has left is taken over: on its host at once, of the same Slurm job at once")
  func leftBehind() throws {
    let place = try TemporaryFolder()
    for (left, own) in [
      (Self.holder("a", process: 4711), Self.holder("a")),
      (Self.holder("b", process: 4711, job: "5"), Self.holder("a", job: "5")),
    ] {
      try place.write(OutputLock.name, left.text)
      let begin = Date()
      try OutputLock(place.url.path, own: own, patience: 60).release()
      #expect(Date().timeIntervalSince(begin) < 5)
    }
    try place.write(OutputLock.name, "no lock at all\n")
    try OutputLock(place.url.path, own: Self.holder("a"), patience: 60).release()
  }

  @Test("another host's is taken over when it has stood still, and not while it beats")
  func otherHost() throws {
    let place = try TemporaryFolder()
    try place.write(OutputLock.name, Self.holder("far").text)
    let begin = Date()
    try OutputLock(place.url.path, own: Self.holder("near"), patience: 0.5).release()
    #expect(Date().timeIntervalSince(begin) >= 0.5)

    try place.write(OutputLock.name, Self.holder("far").text)
    let path = place.path(OutputLock.name)
    let beating = Thread {
      usleep(300_000)
      // In place, as the holder does it.
      guard let file = fopen(path, "r+") else { return }
      fputs(Self.holder("far", beat: 1).text, file)
      fclose(file)
    }
    beating.start()
    #expect(throws: FormatError.self) { _ = try OutputLock(place.url.path, own: Self.holder("near"), patience: 5) }
  }

  @Test("a holder is read as it was written")
  func text() {
    for holder in [Self.holder("a b", process: 1, job: "12_3", beat: 7), Self.holder("", beat: 123_456_789)] {
      #expect(OutputLock.Holder(holder.text) == holder)
    }
    for text in ["", "hsdl-mpi lock 1\n", Self.holder("a").text + "more\n"] { #expect(OutputLock.Holder(text) == nil) }
  }
}
