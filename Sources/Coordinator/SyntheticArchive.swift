import Foundation
import HSDLCompute
import SeismicFormats

/// The waveform archive of a synthetic world: an SDS folder of miniSEED files, written a station-day at a time.
struct SyntheticArchive {
  private let world: SyntheticWorld
  private let folder: String

  init(_ world: SyntheticWorld, folder: String) {
    self.world = world
    self.folder = folder
  }

  /// Removes an archive that is there already, or of one that was begun what is not whole, and makes the folder.
  func prepare(goesOn: Bool) throws {
    if goesOn {
      WorkFolder.removeParts(in: folder)
    } else {
      try? FileManager.default.removeItem(atPath: folder)
    }
    try makeFolder(folder)
  }

  private static let recordLength = 4096
  /// Samples that are compressed at once.
  private static let stretch = 1 << 20

  private func place(_ unit: Int) -> (station: Int, day: Int) {
    let stations = world.network.stations.count
    return (unit % stations, unit / stations)
  }

  /// What a unit roughly costs; units are the stations of the first day, then those of the second, and so on.
  func cost(_ unit: Int) -> Double {
    let (station, day) = place(unit)
    let samples = StationDay(world, station: station, day: day).samples.count
    // The vertical alone has less to be written.
    return Double(samples) * Double(1 + world.network.stations[station].components.count) + 2
  }

  /// Writes the files of a station-day.
  ///
  /// - Returns: samples and bytes written.
  func write(_ unit: Int, poll: () throws -> Void) throws -> UnitProduct {
    let (station, day) = place(unit)
    let part = StationDay(world, station: station, day: day)
    let (samples, segments) = (part.samples, part.segments)
    guard !segments.isEmpty else { return UnitProduct(payload: UnitNumbers([0, 0]).text, files: []) }
    let rate = world.settings.samplingRate
    let midnight = world.settings.epoch.advanced(by: Double(day) * 86_400)
    let first = world.settings.epoch.advanced(by: Double(samples.lowerBound) / rate)
    var totals = (samples: 0, bytes: 0)
    var files: [String] = []
    let components = world.network.stations[station].components
    let buffers = components.map { _ in UnsafeMutableBufferPointer<Int32>.allocate(capacity: samples.count) }
    defer { for buffer in buffers { buffer.deallocate() } }
    for buffer in buffers { buffer.initialize(repeating: 0) }
    try part.synthesise(into: buffers, poll: poll)
    let sink = TextSink(capacity: 4 << 20)
    for (component, buffer) in zip(components, buffers) {
      let id = world.network.stream(station, component)
      // What is lost with the machine can be made again.
      let file = try FileOutput(try path(id, midnight), isDurable: false)
      let writer = try MiniSEEDWriter(recordLength: Self.recordLength)
      for segment in segments {
        for begin in stride(from: segment.lowerBound, to: segment.upperBound, by: Self.stretch) {
          try poll()
          let stretch = begin..<min(begin + Self.stretch, segment.upperBound)
          try writer.append(
            UnsafeBufferPointer(rebasing: buffer[stretch]), id: id,
            start: first.advanced(by: Double(begin) / rate), samplingRate: rate, to: sink)
          try file.write(sink)
        }
        totals.samples += segment.count
      }
      totals.bytes += file.size
      try file.commit()
      files.append(file.path)
    }
    return UnitProduct(payload: UnitNumbers([totals.samples, totals.bytes]).text, files: files)
  }

  /// The file of a stream's day in a SeisComP data structure; its folder is made.
  private func path(_ id: StreamID, _ midnight: UTCTime) throws -> String {
    func digits(_ number: Int, _ count: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
    let year = digits(midnight.date.year, 4)
    let parent = "\(folder)/\(year)/\(id.network)/\(id.station)/\(id.channel).D"
    try makeFolder(parent)
    return "\(parent)/\(id.description).D.\(year).\(digits(midnight.dayOfYear, 3))"
  }
}
