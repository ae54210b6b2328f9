import HSDLCompute
import SeismicFormats

/// Samples of a data set in the form of STEAD or SeisBench.
final class LabelledRecords: TrainingRecords {
  private let waveforms: any LabelledWaveforms
  private let path: String

  init(_ waveforms: any LabelledWaveforms, path: String) {
    self.waveforms = waveforms
    self.path = path
  }

  var count: Int { waveforms.count }

  func entry(_ index: Int, onProblem: ProblemHandler) throws -> TrainingEntry {
    func refused(_ name: String, _ found: String, _ expected: String) throws -> TrainingEntry {
      try onProblem(
        Problem(file: path, found: "trace \(quoted(name)): \(found)", expected: expected, action: "left out"))
      return TrainingEntry(isUsable: false, isNoise: false, group: 0)
    }
    let row: LabelledWaveform
    do {
      row = try waveforms.row(index)
    } catch let error as FormatError {
      try onProblem(
        Problem(file: path, found: error.found, expected: error.expected ?? "a labelled trace", action: "left out"))
      return TrainingEntry(isUsable: false, isNoise: false, group: 0)
    }
    let isNoise = row.category == .noise
    let hasArrivals = row.p != nil || row.s != nil
    if isNoise, hasArrivals { return try refused(row.name, "noise with arrivals", "no arrivals") }
    if !isNoise, !hasArrivals { return try refused(row.name, "neither P nor S", "an arrival, or that it is noise") }
    if let objection = objection(p: row.p?.sample, s: row.s?.sample) {
      return try refused(row.name, objection, "P before S, both in the trace")
    }
    let group: String
    if !row.source.id.isEmpty, !isNoise {
      group = "id \(row.source.id)"
    } else if let time = row.source.time, !isNoise {
      group = "time \(time)"
    } else {
      group = "trace \(row.station) \(row.start.map { "\($0)" } ?? "") \(row.name)"
    }
    return TrainingEntry(
      isNoise: isNoise, split: row.split, group: stableHash(group), time: row.start ?? row.source.time)
  }

  func raw(_ index: Int, onProblem: ProblemHandler) throws -> RawRecord {
    let row = try waveforms.row(index)
    let traces = try waveforms.waveform(index)
    let codes = traces.map(\.id.channel)
    var components = [[Double]?](repeating: nil, count: 3)
    for trace in traces {
      guard let component = ChannelChoice.component(trace.id.channel, among: codes),
        components[component.rawValue] == nil
      else { continue }
      components[component.rawValue] = trace.samples.doubles
    }
    var raw = RawRecord(
      file: path, name: row.name, samplingRate: traces.first?.samplingRate ?? row.samplingRate, components: components)
    raw.signalToNoise = row.snr.min()
    if row.category != .noise {
      raw.arrivals = [PhaseArrivals(p: row.p?.sample, s: row.s?.sample, codaEnd: row.codaEnd)]
    }
    return raw
  }
}
