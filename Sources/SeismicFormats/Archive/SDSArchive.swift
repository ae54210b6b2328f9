/// Waveforms in the SeisComP Data Structure: `ROOT/YEAR/NET/STA/CHAN.D/NET.STA.LOC.CHAN.D.YEAR.DAY`, miniSEED, a file a day.
///
/// A record that begins before midnight stands in the file of the day in which it begins; so the neighbour's file is read too
/// where a span comes near midnight. Files shorter than 128 bytes are being made and are taken as empty. Memory: the listing,
/// at most 224 open files with 256 MB of headers, and 64 MB of decoded samples, or what an ``ArchiveBudget`` says.
public final class SDSArchive: WaveformArchive {
  /// The folder that holds the years.
  public let root: String
  /// Which files there are.
  public let index: SDSIndex
  private let files: OpenFiles
  private var checked: Set<String> = []

  /// Opens an archive.
  ///
  /// - Parameters:
  ///   - root: the folder that holds the years.
  ///   - index: its listing; nil lists it now. Files that came later are not seen.
  ///   - budget: what is kept in memory.
  ///   - onProblem: told once when there are files with other names.
  /// - Throws: ``FormatError`` when there is no file of the pattern; what `onProblem` throws.
  public init(_ root: String, index: SDSIndex? = nil, budget: ArchiveBudget = .usual, onProblem: ProblemHandler) throws
  {
    self.root = root
    self.index = try index ?? SDSIndex.scan(root, onProblem: onProblem)
    files = OpenFiles(budget)
  }

  public var streams: [StreamID] { index.streams }

  /// How near a span must come to midnight for the neighbour's file to be read, in seconds.
  ///
  /// It is 5,000 samples at the rate that the band code stands for, and 30 s at least: records may be that long.
  static func margin(_ channel: String) -> Double {
    let rate: Double =
      switch channel.uppercased().first {
      case "F", "G": 1000
      case "D", "C": 250
      case "E", "H": 80
      case "S", "B": 10
      // M, L, slower ones, and what is not known.
      default: 1
      }
    return max(30, 5000 / rate)
  }

  private func days(_ stream: StreamID, in span: Range<UTCTime>) -> [Int32] {
    guard !span.isEmpty else { return [] }
    let margin = Self.margin(stream.channel)
    func day(_ time: UTCTime) -> Int64 { (time.seconds - Int64(time.secondOfDay)) / 86_400 }
    let limit = UTCTime(seconds: 1 << 40)
    let lower = max(span.lowerBound, UTCTime(seconds: -1 << 40)).advanced(by: -margin)
    let upper = min(span.upperBound, limit).advanced(by: margin)
    guard lower <= upper else { return [] }
    return index.days(of: stream, in: day(lower)...day(upper))
  }

  public func mayHave(_ stream: StreamID, in span: Range<UTCTime>) -> Bool { !days(stream, in: span).isEmpty }

  public func read(_ stream: StreamID, in span: Range<UTCTime>, onProblem: ProblemHandler) throws -> [Trace] {
    var traces: [Trace] = []
    for day in days(stream, in: span) {
      let path = root + "/" + SDSIndex.path(stream, day: day)
      let found = try files.read(path, .miniSEED, stream, in: span, onProblem: onProblem)
      // A file whose records have another name than the file would be silently empty.
      if found.isEmpty, checked.insert(path).inserted {
        let streams = files.streams(path)
        if !streams.isEmpty, !streams.contains(stream) {
          try onProblem(
            Problem(
              file: path, found: "records of \(streams.prefix(3).map(\.description).joined(separator: ", "))",
              expected: "records of \(stream), as the file is called", action: "file left out"))
        }
      }
      traces += found
    }
    return traces.inOrderOfTime
  }
}
