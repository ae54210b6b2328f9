public import MPI
import Worker

extension RefineJob {
  /// Describes what the job would do, without doing it: the model is loaded, catalogs and stations are read, nothing is written.
  ///
  /// Collective.
  ///
  /// - Returns: the lines on rank 0; nothing elsewhere.
  /// - Throws: ``AgreedFailure`` on all ranks, where the job would end so too.
  public func plan(over communicator: any Communicator) throws -> [String] {
    let folder = try ModelFolder.load(model, over: communicator)
    if let own = folder.card.hybrid { _ = try DiscriminatorFolder.load("\(model)/\(own.folder)", over: communicator) }
    var lines: [String] = []
    try communicator.agreeOnRoot { lines = try describe(folder, ranks: communicator.size) }
    return lines
  }

  private func describe(_ folder: ModelFolder, ranks: Int) throws -> [String] {
    var lines: [String]
    let estimate: RunEstimate
    var files = Self.files
    switch source {
    case .picks(let picks):
      files.removeAll { $0 == StationFeatureFile.name }
      let input = try PickInput(picks.map { ($0, nil) }, unitSize: unitSize)
      lines = [
        "\(counted(picks.count, "pick_tables")), \(input.byteCount) bytes, \(counted(input.units.count, "units")) of at most \(unitSize) bytes",
        "\(counted(ranks, "ranks")), about \(counted((input.units.count + ranks - 1) / max(ranks, 1), "units")) each",
      ]
      let seconds = Double(input.byteCount) / MeasuredRates.tableBytes
      estimate = RunEstimate(
        processorSeconds: seconds, longestUnit: seconds / Double(max(input.units.count, 1)),
        memory: MeasuredRates.tableMemory, written: input.byteCount.multipliedReportingOverflow(by: 12).partialValue)
    case .catalog(let input):
      if !input.writesStationFeatures { files.removeAll { $0 == StationFeatureFile.name } }
      let plan = try input.plan(ranks: ranks)
      lines = plan.lines
      estimate = input.estimate(plan.extent, isHybrid: folder.card.hybrid != nil)
    }
    lines.append("model \(model) (\(folder.card.shortHash))")
    if !decisions.isEmpty {
      let decided = try Decisions(decisions)
      if isStrict, let first = decided.problems.first { throw first.error }
      let left = decided.problems.isEmpty ? "" : "; \(counted(decided.problems.count, "things")) of them cannot be used"
      lines.append("decisions on \(counted(decided.count, "events")) in \(decisions.joined(separator: ", "))\(left)")
    }
    lines.append(estimate.line(ranks: ranks))
    lines.append(OutputOutlook(path: output, files: files, overwrites: overwrites).line(needed: estimate.written))
    return lines + ["results: \(files.map { "\(output)/\($0)" }.joined(separator: ", "))"]
  }
}
