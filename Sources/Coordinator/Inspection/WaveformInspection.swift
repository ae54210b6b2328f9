import HSDLCompute
import SeismicFormats

/// A summary of the waveforms in a file.
public struct WaveformInspection: Inspection {
  /// What is there of one stream without a gap.
  struct Segment {
    var stream: StreamID
    var start: UTCTime
    var end: UTCTime
    var samplingRate: Double
    var count: Int
  }

  private let file: String
  private let format: (code: String, name: String)
  private let byteCount: Int
  private let segments: [Segment]
  private let problemCount: Int
  private let firstProblem: Problem?

  /// Reads the headers; nil when the file holds no waveforms.
  init?(_ path: String) throws {
    file = path
    let input = try FileInput(path)
    byteCount = input.size
    let prefix = try input.prefix(1 << 12)
    let problems = ProblemCount()
    if prefix.withUnsafeBufferPointer({ MiniSEED.isMiniSEED(prefix: $0) }) {
      format = ("miniseed", "miniSEED")
      segments = try MiniSEEDFile(path).summary(onProblem: problems.add).map {
        Segment(stream: $0.id, start: $0.start, end: $0.end, samplingRate: $0.samplingRate, count: $0.sampleCount)
      }
    } else if prefix.withUnsafeBufferPointer({ SACFile.isSAC(prefix: $0) }) {
      format = ("sac", "SAC")
      let sac = try SACFile(path)
      segments = [
        Segment(
          stream: sac.stream, start: sac.start,
          end: sac.start.advanced(by: Double(max(sac.count - 1, 0)) / sac.samplingRate),
          samplingRate: sac.samplingRate, count: sac.count)
      ]
    } else {
      return nil
    }
    problemCount = problems.count
    firstProblem = problems.first
  }

  /// What there is of one stream.
  private struct Stream {
    var id: StreamID
    var segments: [Segment]

    var count: Int { segments.reduce(0) { $0 + $1.count } }
    var first: UTCTime { segments.map(\.start).min() ?? .epoch }
    var last: UTCTime { segments.map(\.end).max() ?? .epoch }
    var rates: [Double] { Set(segments.map(\.samplingRate)).sorted() }
    /// Seconds that are missing between the first and the last sample.
    var missing: Double {
      var (missing, reached) = (0.0, first)
      for segment in segments.sorted(by: { $0.start < $1.start }) {
        let step = segment.samplingRate > 0 ? 1 / segment.samplingRate : 0
        missing += max(0, segment.start.timeInterval(since: reached) - step)
        reached = max(reached, segment.end)
      }
      return missing
    }
  }

  private var streams: [Stream] {
    var lists: [StreamID: [Segment]] = [:]
    for segment in segments { lists[segment.stream, default: []].append(segment) }
    return lists.keys.sorted().map { Stream(id: $0, segments: lists[$0] ?? []) }
  }

  public var json: JSONValue {
    var pairs: [(String, JSONValue)] = [
      ("file", .string(file)), ("format", .string(format.code)), ("format_name", .string(format.name)),
      ("bytes", .integer(byteCount)), ("segments", .integer(segments.count)),
      ("samples", .integer(segments.reduce(0) { $0 + $1.count })),
    ]
    pairs.append(
      (
        "streams",
        .array(
          streams.map { stream in
            .object([
              ("id", .string(stream.id.description)), ("start", .string(stream.first.description)),
              ("end", .string(stream.last.description)), ("segments", .integer(stream.segments.count)),
              ("samples", .integer(stream.count)),
              ("sampling_rates_hz", .array(stream.rates.map { .number($0) })),
              ("missing_s", .number(stream.missing)),
            ])
          })
      ))
    pairs.append(("problems", .integer(problemCount)))
    if let first = firstProblem { pairs.append(("first_problem", .string(first.error.description))) }
    return .object(pairs)
  }

  public var lines: [String] {
    let streams = streams
    var lines = [
      "\(file): \(format.name), \(byteCount) bytes",
      "\(counted(streams.count, "streams")), \(counted(segments.count, "segments")), \(counted(segments.reduce(0) { $0 + $1.count }, "samples"))",
    ]
    if let first = streams.map(\.first).min(), let last = streams.map(\.last).max() {
      lines.append("from \(first) to \(last)")
    }
    var rows = [["stream", "start", "end", "Hz", "segments", "samples", "missing s"]]
    for stream in streams {
      rows.append([
        stream.id.description, stream.first.description, stream.last.description,
        stream.rates.map { $0 == $0.rounded() ? fixed($0, decimals: 0) : fixed($0, decimals: 5) }.joined(
          separator: " "),
        "\(stream.segments.count)", "\(stream.count)", fixed(stream.missing, decimals: 2),
      ])
    }
    lines += textTable(rows)
    if problemCount > 0 {
      lines.append("\(problemCount) could not be used, first: \(firstProblem?.error.description ?? "")")
    }
    return lines
  }
}
