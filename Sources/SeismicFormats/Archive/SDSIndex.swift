/// Which day files an SDS archive has: a listing of its folders, without opening a file.
public struct SDSIndex: Hashable, Sendable {
  /// The streams, sorted.
  public private(set) var streams: [StreamID] = []
  /// For each stream the stretches of days that it has files of, as days since 1970, sorted, with a day without a file between them.
  private var stretches: [[ClosedRange<Int32>]] = []
  private var places: [StreamID: Int] = [:]

  /// The letter of the kind of data: D, waveforms.
  static let typeLetter = "D"
  /// The letters of all kinds: also detections, logs, timing, calibration, responses, opaque data.
  static let typeLetters: Set<String> = ["D", "E", "L", "T", "C", "R", "O"]
  /// How a file of the archive is called.
  static let pattern = "YEAR/NET/STA/CHAN.D/NET.STA.LOC.CHAN.D.YEAR.DAY"

  /// Creates an index of nothing.
  public init() {}

  /// At most so many files are believed in: a hundred thousand channels over fifty years.
  static let fileLimit = 1 << 31

  private init(_ found: [StreamID: [ClosedRange<Int32>]]) {
    for (stream, list) in found.sorted(by: { $0.key < $1.key }) {
      places[stream] = streams.count
      streams.append(stream)
      stretches.append(Self.joined(list))
    }
  }

  /// Adds a day to stretches, to the last one if it follows that.
  private static func add(_ day: Int32, to stretches: inout [ClosedRange<Int32>]) {
    if let last = stretches.last, day == last.upperBound + 1 {
      stretches[stretches.count - 1] = last.lowerBound...day
    } else {
      stretches.append(day...day)
    }
  }

  /// Stretches in order, those that meet or overlap as one.
  private static func joined(_ list: [ClosedRange<Int32>]) -> [ClosedRange<Int32>] {
    var joined: [ClosedRange<Int32>] = []
    for stretch in list.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = joined.last, stretch.lowerBound <= last.upperBound + 1 {
        joined[joined.count - 1] = last.lowerBound...max(last.upperBound, stretch.upperBound)
      } else {
        joined.append(stretch)
      }
    }
    return joined
  }

  /// Lists the folders of an archive.
  ///
  /// - Parameters:
  ///   - root: the folder that holds the years.
  ///   - onProblem: told once when there are files with other names.
  /// - Throws: ``FormatError`` when there is no file of the pattern, saying what was found instead; what `onProblem` throws.
  public static func scan(_ root: String, onProblem: ProblemHandler) throws -> SDSIndex {
    var found: [StreamID: [ClosedRange<Int32>]] = [:]
    var others = 0
    var example: String?
    func note(_ path: String) {
      others += 1
      if example == nil { example = path }
    }
    for year in try FolderListing.entries(root) {
      let yearPath = root + "/" + year.name
      guard year.isFolder, year.name.utf8.count == 4, let number = Int(year.name), number > 0 else {
        note(year.isFolder ? firstFile(yearPath) ?? yearPath : yearPath)
        continue
      }
      for network in try FolderListing.entries(yearPath) {
        let networkPath = yearPath + "/" + network.name
        guard network.isFolder else {
          note(networkPath)
          continue
        }
        for station in try FolderListing.entries(networkPath) {
          let stationPath = networkPath + "/" + station.name
          guard station.isFolder else {
            note(stationPath)
            continue
          }
          for channel in try FolderListing.entries(stationPath) {
            let channelPath = stationPath + "/" + channel.name
            let parts = channel.name.split(separator: ".", omittingEmptySubsequences: false)
            guard channel.isFolder, parts.count == 2, typeLetters.contains(String(parts[1])) else {
              note(channel.isFolder ? firstFile(channelPath) ?? channelPath : channelPath)
              continue
            }
            // Logs, responses and so on belong to the layout, and are no waveforms.
            guard parts[1] == typeLetter else { continue }
            // In the order of their names, which is that of the days.
            for file in try FolderListing.entries(channelPath) {
              if file.isFile, let (stream, day) = parse(file.name), day.year == number,
                stream.network == network.name, stream.station == station.name,
                stream.channel + "." + typeLetter == channel.name
              {
                Self.add(day.number, to: &found[stream, default: []])
              } else {
                note(channelPath + "/" + file.name)
              }
            }
          }
        }
      }
    }
    guard !found.isEmpty else {
      throw FormatError(
        .badData, file: root, found: example.map { "no file of an SDS archive; there is \($0)" } ?? "an empty folder",
        expected: "files as \(root)/\(pattern)", remedy: "give the folder above the years, or files:DIR for other trees"
      )
    }
    if let example {
      try onProblem(
        Problem(
          file: root, found: "\(others) files or folders with other names, such as \(example)",
          expected: "names as \(pattern)", action: "left out"))
    }
    return SDSIndex(found)
  }

  /// The first file of a folder or of the folders in it.
  private static func firstFile(_ folder: String, depth: Int = 0) -> String? {
    guard depth < 8, let entries = try? FolderListing.entries(folder) else { return nil }
    for entry in entries.prefix(100) {
      let path = folder + "/" + entry.name
      if entry.isFile { return path }
      if entry.isFolder, let file = firstFile(path, depth: depth + 1) { return file }
    }
    return nil
  }

  /// The stream and day that a file's name tells of; nil for other names.
  static func parse(_ name: String) -> (stream: StreamID, day: (year: Int, number: Int32))? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 7, parts[4] == typeLetter, parts[5].utf8.count == 4, parts[6].utf8.count == 3,
      parts[5].utf8.allSatisfy({ (48...57).contains($0) }), parts[6].utf8.allSatisfy({ (48...57).contains($0) }),
      let year = Int(parts[5]), let dayOfYear = Int(parts[6]),
      let midnight = UTCTime(year: year, month: nil, day: dayOfYear), !parts[0].isEmpty, !parts[1].isEmpty,
      !parts[3].isEmpty, parts[0...3].allSatisfy({ $0.utf8.count <= 8 })
    else { return nil }
    let stream = StreamID(
      network: String(parts[0]), station: String(parts[1]), location: String(parts[2]), channel: String(parts[3]))
    return (stream, (year, Int32(truncatingIfNeeded: midnight.seconds / 86_400)))
  }

  /// The path of a day file below the root.
  static func path(_ stream: StreamID, day: Int32) -> String {
    let midnight = UTCTime(seconds: Int64(day) * 86_400)
    func padded(_ number: Int, _ width: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(width - text.utf8.count, 0)) + text
    }
    let year = padded(midnight.date.year, 4)
    return "\(year)/\(stream.network)/\(stream.station)/\(stream.channel).\(typeLetter)/"
      + "\(stream).\(typeLetter).\(year).\(padded(midnight.dayOfYear, 3))"
  }

  /// The days with a file of a stream in a range of days.
  func days(of stream: StreamID, in range: ClosedRange<Int64>) -> [Int32] {
    guard let place = places[stream] else { return [] }
    let list = stretches[place]
    var low = 0
    var high = list.count
    while low < high {
      let middle = (low + high) / 2
      if Int64(list[middle].upperBound) < range.lowerBound { low = middle + 1 } else { high = middle }
    }
    var days: [Int32] = []
    for stretch in list[low...] {
      guard Int64(stretch.lowerBound) <= range.upperBound else { break }
      days += stretch.clamped(to: Int32(clamping: range.lowerBound)...Int32(clamping: range.upperBound))
    }
    return days
  }

  /// The index as text: a line a stream, `NET,STA,LOC,CHA,` and stretches of days since 1970, `18262:18300 18302`.
  public var table: [UInt8] {
    let sink = TextSink()
    sink.append(text: "network,station,location,channel,days\n")
    for (stream, list) in zip(streams, stretches) {
      for code in [stream.network, stream.station, stream.location, stream.channel] {
        sink.append(csv: code)
        sink.append(byte: 44)
      }
      for (index, stretch) in list.enumerated() {
        if index > 0 { sink.append(byte: 32) }
        sink.append(Int(stretch.lowerBound))
        if stretch.count > 1 {
          sink.append(byte: 58)
          sink.append(Int(stretch.upperBound))
        }
      }
      sink.append(byte: 10)
    }
    return Array(sink.bytes)
  }

  /// Reads the text.
  ///
  /// - Parameters:
  ///   - table: the bytes.
  ///   - path: the file that they are from, for messages.
  /// - Throws: ``FormatError`` when it is no such text.
  public init(table: [UInt8], path: String) throws {
    var found: [StreamID: [ClosedRange<Int32>]] = [:]
    var fileCount = 0
    for (number, line) in table.split(separator: 10).enumerated() where number > 0 {
      let fields = Array(line).withUnsafeBufferPointer { SeismicFormats.fields(of: $0, delimiter: 44) }
      var stretches: [ClosedRange<Int32>] = []
      var isGood = fields.count == 5
      for stretch in fields[fields.count - 1].split(separator: " ") where isGood {
        let bounds = stretch.split(separator: ":").compactMap { Int32($0) }
        isGood = bounds.count == stretch.split(separator: ":", omittingEmptySubsequences: false).count
        guard isGood, let first = bounds.first, let last = bounds.last, bounds.count <= 2, first <= last,
          first > -800_000, last < 3_000_000
        else {
          isGood = false
          continue
        }
        stretches.append(first...last)
        fileCount += Int(last) - Int(first) + 1
      }
      guard isGood else {
        throw FormatError(
          .badData, file: path, at: .line(number + 1), found: quoted(String(decoding: line, as: UTF8.self)),
          expected: "network, station, location, channel, days", remedy: "delete it; it is made anew")
      }
      guard fileCount <= Self.fileLimit else {
        throw FormatError(
          .badData, file: path, at: .line(number + 1), found: "\(fileCount) files so far",
          expected: "at most \(Self.fileLimit)", remedy: "delete it; it is made anew")
      }
      found[
        StreamID(network: fields[0], station: fields[1], location: fields[2], channel: fields[3]), default: []
      ] += stretches
    }
    self.init(found)
  }
}
