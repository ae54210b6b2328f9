extension WaveformArchive {
  /// The days of which there is, or may be, data of a stream, as days since 1970, in order.
  ///
  /// - Returns: nothing for archives of cut-out windows, which are not continuous.
  public func days(of stream: StreamID) -> [Int] {
    var days: Set<Int> = []
    if let archive = self as? SDSArchive {
      for day in archive.index.days(of: stream, in: Int64(Int32.min)...Int64(Int32.max)) {
        // A day's file may begin before midnight and end behind it.
        days.formUnion([Int(day) - 1, Int(day), Int(day) + 1])
      }
    } else if let archive = self as? FileArchive {
      let limit = Int64(1) << 40
      let segments = archive.index.segments
      // They are sorted by stream.
      var (low, high) = (0, segments.count)
      while low < high {
        let middle = (low + high) / 2
        if segments[middle].stream < stream { low = middle + 1 } else { high = middle }
      }
      for segment in segments[low...].prefix(while: { $0.stream == stream }) {
        let first = floorDay(min(max(segment.start.seconds, -limit), limit))
        let last = floorDay(min(max(segment.end.seconds, -limit), limit))
        // Nobody recorded for a thousand years: what says so is damaged.
        guard last >= first, last - first < 366_000 else { continue }
        days.formUnion(first...last)
      }
    }
    return days.sorted().filter { day in
      let midnight = UTCTime(seconds: Int64(day) * 86_400)
      return mayHave(stream, in: midnight..<midnight.advanced(by: 86_400))
    }
  }
}

/// The day since 1970 of a second since 1970.
private func floorDay(_ seconds: Int64) -> Int { Int(seconds >= 0 ? seconds / 86_400 : (seconds + 1) / 86_400 - 1) }
