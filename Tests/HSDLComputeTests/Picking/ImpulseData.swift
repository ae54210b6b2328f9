import HSDLCompute
import SeismicFormats
import TestSupport

/// A station's data made for a test: noise of ±1, and impulses.
struct ImpulseData {
  static let station = StationID(network: "XX", code: "ABC")
  var channels = ["HHZ", "HHN", "HHE"]
  /// The sample at which the data begin, counted at their rate from 1970.
  var start: Int
  var count: Int
  var rate = 100.0
  /// Seconds by which all samples stand later than whole intervals since 1970.
  var offset = 0.0
  /// Impulses by their samples since 1970, on the vertical and on the north component.
  var p: [Int] = []
  var s: [Int] = []
  var height = 1000.0

  /// The sample of a component, the same wherever the data begin.
  func value(_ channel: Int, _ sample: Int) -> Double {
    let noise = Double(mixed(UInt64(truncatingIfNeeded: sample &* 3 &+ channel)) >> 40) / Double(1 << 24)
    return (2 * noise - 1).rounded(toPlaces: 3) + 17
  }

  /// The data, cut behind some samples.
  func traces(cuts: [Int] = [], gaps: [Range<Int>] = []) -> [Trace] {
    var traces: [Trace] = []
    let bounds = ([start] + cuts.filter { $0 > start && $0 < start + count }.sorted() + [start + count])
    for (channel, code) in channels.enumerated() {
      let impulses = Set(code.hasSuffix("Z") ? p : code.hasSuffix("N") ? s : [])
      for (lower, upper) in zip(bounds, bounds.dropFirst()) {
        var pieces = [lower..<upper]
        for gap in gaps {
          pieces = pieces.flatMap { piece in
            [
              piece.lowerBound..<max(piece.lowerBound, min(piece.upperBound, gap.lowerBound)),
              min(piece.upperBound, max(piece.lowerBound, gap.upperBound))..<piece.upperBound,
            ].filter { !$0.isEmpty }
          }
        }
        for piece in pieces {
          let samples = piece.map { value(channel, $0) + (impulses.contains($0) ? height : 0) }
          traces.append(
            Trace(
              id: StreamID(network: "XX", station: "ABC", channel: code), start: time(piece.lowerBound),
              samplingRate: rate, samples: .float64(samples)))
        }
      }
    }
    return traces
  }

  func time(_ sample: Int) -> UTCTime {
    let second = Int((Double(sample) / rate).rounded(.down))
    return UTCTime(seconds: Int64(second)).advanced(by: Double(sample) / rate - Double(second) + offset)
  }
}

extension Double {
  fileprivate func rounded(toPlaces places: Int) -> Double { (self * 1000).rounded() / 1000 }
}

/// All picks of a span, as rows of a table.
func picks(
  _ traces: [Trace], _ span: Range<UTCTime>, _ network: ImpulseNetwork, channels: [Channel] = [],
  change: (inout PickSettings) -> Void = { _ in }
) throws -> [StationPick] {
  var settings = PickSettings(network.description)
  change(&settings)
  let picker = try ContinuousPicker(network, settings, model: "m")
  var picks: [StationPick] = []
  try picker.pick(
    span, block: { picker.preprocessing.block($0, traces: traces, station: ImpulseData.station, channels: channels) },
    onPick: { picks.append($0) })
  return picks
}
