import Foundation
import SeismicFormats
import Synchronization
import Worker

/// Faults on purpose, for tests of what a job does about them; see `docs/resume.md`.
///
/// The environment variable `HSDL_MPI_FAULT` says what happens where: `ACTION,PLACE=NUMBER[,rank=R]`, several of them separated by `;`.
///
/// | action | what happens |
/// |---|---|
/// | `kill` | the process is killed (`SIGKILL`) |
/// | `throw` | the unit or the step fails with an internal error |
/// | `stall` | the rank does nothing any more |
/// | `truncate` | the unit's first file loses its second half after it was written |
/// | `nospace` | from now on no file can be written: `ENOSPC` |
/// | `eio` | the next write fails: `EIO` |
/// | `slow` | the unit or the step takes longer; with `every` only |
///
/// | place | when |
/// |---|---|
/// | `unit=K` | at the unit number K of the plan, from 0 |
/// | `count=K` | at the unit that the rank begins as its K-th, from 1 |
/// | `step=K` | before the rank's K-th step of a training, from 1 |
/// | `pass=K` | in the middle of the backward pass of the rank's K-th step of a training, from 1 |
/// | `merge=K` | when rank 0 begins to bring the units together; K is 1 |
/// | `every=K` | at each unit and each step; K is by how many ms `slow` makes it longer |
public struct FaultInjection: Sendable {
  /// What happens.
  enum Action: String, Sendable {
    case kill, `throw`, stall, truncate, nospace, eio, slow
  }

  /// Where it happens.
  enum Place: String, Sendable {
    case unit, count, step, pass, merge, every
  }

  struct Fault: Sendable, Equatable {
    var action: Action
    var place: Place
    var number: Int
    var rank: Int?
  }

  let faults: [Fault]

  /// The faults that the environment asks for.
  static let shared = FaultInjection(ProcessInfo.processInfo.environment["HSDL_MPI_FAULT"] ?? "")

  /// The code with which writes fail, and how often they still do so.
  private static let writeCode = Atomic<Int32>(0)
  private static let writesToFail = Atomic<Int>(0)

  /// Reads what is asked for; what cannot be read asks for nothing.
  init(_ text: String) {
    faults = text.split(separator: ";").compactMap { item in
      let words = item.split(separator: ",").map { $0.filter { $0 != " " } }
      guard let first = words.first, let action = Action(rawValue: first) else { return nil }
      var fault: Fault?
      var rank: Int?
      for word in words.dropFirst() {
        let halves = word.split(separator: "=")
        guard halves.count == 2, let number = Int(halves[1]) else { return nil }
        if halves[0] == "rank" {
          rank = number
        } else if let place = Place(rawValue: String(halves[0])), fault == nil {
          fault = Fault(action: action, place: place, number: number)
        } else {
          return nil
        }
      }
      fault?.rank = rank
      return fault
    }
    guard faults.contains(where: { $0.action == .nospace || $0.action == .eio }) else { return }
    FileOutput.writeFault = {
      guard Self.writesToFail.load(ordering: .relaxed) > 0 else { return nil }
      Self.writesToFail.subtract(1, ordering: .relaxed)
      return Self.writeCode.load(ordering: .relaxed)
    }
  }

  /// The faults of a place.
  private func meets(_ place: Place, _ number: Int, _ rank: Int) -> [Fault] {
    faults.filter { $0.place == place && $0.number == number && ($0.rank ?? rank) == rank }
  }

  /// Does what is asked for when a rank begins a unit.
  ///
  /// - Parameters:
  ///   - count: the number of units that the rank has begun, this one included.
  /// - Throws: ``JobError`` where a failure is asked for.
  func beginUnit(_ unit: Int, count: Int, rank: Int) throws {
    guard !faults.isEmpty else { return }
    slowDown(rank)
    for fault in meets(.unit, unit, rank) + meets(.count, count, rank) { try act(fault, "unit \(unit)") }
  }

  /// Does what is asked for when a rank has written the files of a unit.
  func endUnit(_ unit: Int, count: Int, rank: Int, files: [String]) {
    guard !faults.isEmpty else { return }
    for fault in meets(.unit, unit, rank) + meets(.count, count, rank) where fault.action == .truncate {
      guard let path = files.first, let input = try? FileInput(path) else { continue }
      truncate(path, off_t(input.size / 2))
    }
  }

  /// Does what is asked for before a rank's step of a training.
  ///
  /// - Throws: ``JobError`` where a failure is asked for.
  func step(_ number: Int, rank: Int) throws {
    guard !faults.isEmpty else { return }
    slowDown(rank)
    for fault in meets(.step, number, rank) { try act(fault, "step \(number)") }
  }

  /// Does what is asked for in the middle of the backward pass of a rank's step of a training.
  ///
  /// - Throws: ``JobError`` where a failure is asked for.
  func pass(_ number: Int, rank: Int) throws {
    guard !faults.isEmpty else { return }
    for fault in meets(.pass, number, rank) { try act(fault, "the pass of step \(number)") }
  }

  /// Does what is asked for when the units are brought together.
  ///
  /// - Throws: ``JobError`` where a failure is asked for.
  func merge(rank: Int) throws {
    guard !faults.isEmpty else { return }
    for fault in meets(.merge, 1, rank) { try act(fault, "the merge") }
  }

  private func slowDown(_ rank: Int) {
    for fault in faults where fault.action == .slow && fault.place == .every && (fault.rank ?? rank) == rank {
      usleep(UInt32(clamping: fault.number) &* 1000)
    }
  }

  private func act(_ fault: Fault, _ place: String) throws {
    switch fault.action {
    case .kill:
      kill(getpid(), SIGKILL)
    case .throw:
      throw JobError(.internalError, "\(place) fails on purpose (HSDL_MPI_FAULT)")
    case .stall:
      while true { usleep(100_000) }
    case .truncate, .slow:
      break
    case .nospace:
      Self.writeCode.store(ENOSPC, ordering: .relaxed)
      Self.writesToFail.store(.max, ordering: .relaxed)
    case .eio:
      Self.writeCode.store(EIO, ordering: .relaxed)
      Self.writesToFail.store(1, ordering: .relaxed)
    }
  }
}
