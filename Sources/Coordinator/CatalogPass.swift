import Foundation
import HSDLCompute
import MPI
import SeismicFormats
import Worker

/// One pass of all ranks over the events of catalogs.
struct CatalogPass: EventPass {
  let times: StageTimes
  let archiveIndex: [UInt8]
  /// How many entries are duplicates of others; on rank 0 only.
  let joinedCount: Int
  /// What the catalogs and the stations' files had that could not be used; on rank 0 only.
  private let problems: [Problem]
  /// What the units came to; on rank 0 only.
  private let summaries: [CatalogScoring.UnitSummary]
  /// The hash of the picker that is asked about windows; empty for none.
  private let pickerHash: String

  /// Makes the pass.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - model: the model; without one only features come out.
  ///   - deep: the network of a hybrid model.
  ///   - features: the features that come out.
  ///   - decisions: what persons have decided; nil where nobody was asked.
  ///   - surroundings: stations, waveforms and travel times, as ``surroundings(_:model:features:isStrict:over:report:)`` makes them.
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``.
  init(
    _ input: CatalogInput, model: ModelFolder?, deep: EventScorer? = nil, features: FeatureSet,
    surroundings: (Surroundings, problems: [Problem]), work: WorkFolder, isStrict: Bool,
    limits: SharingLimits = SharingLimits(), decisions: Decisions? = nil,
    over communicator: any Communicator, report: Reporter
  ) throws {
    let begin = monotonicSeconds()
    var units: [CatalogUnit] = []
    var joined = 0
    var found = surroundings.problems
    let history = "\(work.path)/history"
    let wanted = Self.wanted(features, model)
    let surroundings = surroundings.0
    archiveIndex = surroundings.archiveIndex
    try communicator.agreeOnRoot {
      report.note("reading \(input.catalogs.joined(separator: ", "))")
      let settings = CatalogUnits.Settings(
        mergesDuplicates: input.mergesDuplicates, isStrict: isStrict, unitSize: input.unitSize)
      let made = try CatalogUnits(
        input.catalogs, settings: settings, inventory: surroundings.inventory, travelTimes: surroundings.travelTimes,
        folder: work.path, history: history)
      units = made.units
      joined = made.duplicateCount
      found = made.problems + found
    }
    let text = try communicator.broadcast(
      String(decoding: communicator.isRoot ? try JSONEncoder().encode(units) : Data(), as: UTF8.self))
    units = try communicator.agree { try JSONDecoder().decode([CatalogUnit].self, from: Data(text.utf8)) }
    let stations = deep?.maximumStations ?? input.windowStations
    var picker: PickerFolder?
    if stations > 0, deep.map({ $0.picker != nil }) ?? true {
      picker = try Self.picker(input, deep, over: communicator)
    }
    pickerHash = picker?.card.hash ?? ""
    let scoring = try communicator.agree { [pickerHash] in
      let evidence = try picker.map { try PickerEvidence($0.picker()) }
      let windows = stations > 0 ? EventWindowExtractor(maximumStations: stations, evidence: evidence) : nil
      return try CatalogScoring(
        EventFeatures(
          inventory: surroundings.inventory, archive: surroundings.archive, travelTimes: surroundings.travelTimes,
          maximumDistance: input.maximumDistance, maximumStations: input.maximumStations, features: wanted,
          wantsStationRows: input.writesStationFeatures, windows: windows),
        history: history, model: model, deep: deep?.network, features: features, folder: work.path, isStrict: isStrict,
        catalog: input.catalogs.joined(separator: ", "),
        windowLabels: input.windowStations > 0 ? try LabelledEvents.labels(input.windowLabels) : nil,
        windowPicker: pickerHash, decisions: decisions)
    }
    let prepared = monotonicSeconds() - begin
    var summaries = [CatalogScoring.UnitSummary?](repeating: nil, count: units.count)
    // A unit's neighbours in time are those of the whole catalog, which the job's identity tells of.
    let names = units.map { mixed($0.contentHash ^ mixed(UInt64($0.index))) }
    let total = units.reduce(0) { $0 + $1.count }
    let progress = report.progress("events")
    var done = 0
    // A station costs more than a pick; both are more for larger events.
    var settings = limits.settings(report)
    settings.describe = { [units] in units.indices.contains($0) ? units[$0].words : "unit \($0)" }
    settings.activity = { scoring.activity }
    let course = try UnitCourse(
      names, costs: units.map { Double(20 * $0.count + $0.pickCount) }, in: work, settings: settings,
      over: communicator, report: report)
    try course.run(
      work: { unit, poll in try UnitProduct(try scoring.score(units[unit], poll: poll), in: work) },
      onResult: { unit, payload in
        summaries[unit] = try work.summary(CatalogScoring.UnitSummary.self, payload)
        done += units[unit].count
        progress.update(done, total)
      },
      onSetAside: { failure in
        let unit = units[failure.unit]
        summaries[unit.index] = try scoring.setAside(unit, because: failure.description)
        found.append(
          Problem(
            file: input.catalogs.joined(separator: ", "), found: "\(unit.words): \(failure.description)",
            expected: "a unit that can be processed", action: "its \(counted(unit.count, "events")) are uncertain"))
        report.warn("\(unit.words) could not be processed: \(failure.description); see problems.csv")
      })
    progress.finish()
    self.summaries = summaries.compactMap { $0 }
    problems = found
    joinedCount = joined
    var times = scoring.times
    if communicator.isRoot { times.reading += prepared }
    self.times = times
  }

  /// Stations, waveforms and travel times for a pass, and what of them could not be used.
  ///
  /// Collective.
  ///
  /// - Throws: ``AgreedFailure``, ``CommunicatorError``.
  static func surroundings(
    _ input: CatalogInput, model: ModelFolder?, features: FeatureSet, isStrict: Bool, budget: ArchiveBudget = .usual,
    over communicator: any Communicator, report: Reporter
  ) throws -> (Surroundings, problems: [Problem]) {
    var found: [Problem] = []
    let surroundings = try Surroundings(
      input, features: wanted(features, model), budget: budget, over: communicator, report: report
    ) { problem in
      if isStrict { throw problem.error }
      found.append(problem)
    }
    return (surroundings, found)
  }

  private static func wanted(_ features: FeatureSet, _ model: ModelFolder?) -> FeatureSet {
    FeatureSet(features.definitions + (model?.ensemble.features.definitions ?? []))
  }

  var rowCount: Int { 0 }
  var stationWindowCount: Int { summaries.reduce(0) { $0 + $1.stationWindowCount } }

  var deepCount: Int { summaries.reduce(0) { $0 + $1.deepCount } }

  func forEachRecord(_ body: (RecordCursor) throws -> Void) throws {
    var merge = try RecordMerge(summaries.flatMap(\.files))
    try merge.forEach(body)
  }

  /// Brings the windows of all units together; rank 0 only.
  ///
  /// - Throws: ``FormatError``.
  func writeEventWindows(to path: String) throws {
    try EventWindowWriter.merge(summaries.compactMap(\.windowFile), into: path, picker: pickerHash)
  }

  func writeProblems(to path: String) throws -> ProblemTable {
    try ProblemTable(problems, files: summaries.map(\.problemFile), path: path)
  }

  /// The picker that is asked about the windows.
  ///
  /// Collective.
  private static func picker(
    _ input: CatalogInput, _ deep: EventScorer?, over communicator: any Communicator
  ) throws -> PickerFolder {
    let path = try communicator.agree { try input.picker ?? deep?.pickerFolder ?? ShippedModels.folder(.picker) }
    let folder = try PickerFolder.load(path, over: communicator)
    try communicator.agree {
      if let wanted = deep?.picker, wanted != folder.card.hash {
        throw JobError(
          .usage,
          "\(path) is the picker \(folder.card.shortHash), but the model was trained with the answers of \(wanted.prefix(12)); give that one's folder with --picker"
        )
      }
    }
    return folder
  }
}

extension CatalogUnit {
  /// The unit in words: its number, how many events, from when.
  fileprivate var words: String {
    let from = seconds.map { " from \(UTCTime(seconds: $0.lowerBound))" } ?? ""
    return "unit \(index) (\(counted(count, "events"))\(from))"
  }
}
