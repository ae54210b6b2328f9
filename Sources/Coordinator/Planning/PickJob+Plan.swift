public import MPI
import SeismicFormats
import Worker

extension PickJob {
  /// Describes what the job would do, without doing it: the picker is loaded, the archive looked through, nothing is written.
  ///
  /// Collective.
  ///
  /// - Throws: ``AgreedFailure`` on all ranks, where the job would end so too.
  public func plan(over communicator: any Communicator, report: Reporter) throws -> [String] {
    let picker = try makePicker(model, communicator)
    let settings = changes.applied(to: picker.network.description)
    try communicator.agree {
      if let objection = settings.objection { throw JobError(.usage, objection) }
    }
    _ = try Inventory.open(stations, over: communicator, onProblem: { _ in })
    let (opened, _, _) = try Surroundings.open(
      archive, known: archiveIndex, budget: .usual, over: communicator, report: report, onProblem: { _ in })
    let units = try self.units(opened, over: communicator)
    let description = picker.network.description
    let step = Double(description.windowLength) * (1 - settings.overlap) / description.samplingRate
    let windows = 86_400 / max(step, 1e-3)
    let day = MeasuredRates.stationDay + windows / MeasuredRates.picking(description.architecture)
    let estimate = RunEstimate(
      processorSeconds: day * Double(units.count), longestUnit: day, memory: MeasuredRates.pickingMemory,
      written: nil)
    let files = Self.files.filter { $0 != Self.indexName || !archive.hasPrefix("sds:") }
    return [
      "\(archive): \(counted(Set(units.map(\.station)).count, "stations")), \(counted(units.count, "station-days")), at most \(counted(Int(min(windows, 1e9)), "windows")) each",
      "\(counted(communicator.size, "ranks")), about \(counted((units.count + communicator.size - 1) / communicator.size, "station-days")) each",
      "model \(model) (\(picker.hash.prefix(12)))",
      estimate.line(ranks: communicator.size),
      OutputOutlook(path: output, files: files, overwrites: overwrites).line(needed: nil),
      "results: \(files.map { "\(output)/\($0)" }.joined(separator: ", "))",
    ]
  }
}
