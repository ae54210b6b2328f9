import HSDLCompute
import SeismicFormats
import Testing

@Suite("The choice of channels")
struct ChannelChoiceTests {
  static func candidate(
    _ channel: String, _ rate: Double, _ count: Int = 100, location: String = ""
  ) -> ChannelChoice.Candidate {
    ChannelChoice.Candidate(
      stream: StreamID(network: "XX", station: "ABC", location: location, channel: channel), samplingRate: rate,
      count: count)
  }

  /// The sensor that is chosen, as `LOC.CODE`, the same for any order.
  func chosen(_ candidates: [ChannelChoice.Candidate]) -> String? {
    let sensors = [candidates, candidates.reversed(), candidates.sorted { $0.stream < $1.stream }].map(
      ChannelChoice.choose)
    #expect(sensors[0] == sensors[1] && sensors[0] == sensors[2])
    return sensors[0].map { "\($0.location).\($0.code)" }
  }

  @Test("rate first, then sensor, then the location with most data")
  func order() {
    let candidate = Self.candidate
    #expect(chosen([]) == nil)
    #expect(chosen([candidate("HHZ", 100, 100, ""), candidate("BHZ", 40, 5000, "")]) == ".HH")
    #expect(chosen([candidate("HHZ", 200, 100, ""), candidate("EHZ", 100, 1, "")]) == ".EH")
    #expect(
      chosen([candidate("HNZ", 100, 100, ""), candidate("EHZ", 100, 1, ""), candidate("HHZ", 100, 1, "")]) == ".HH")
    #expect(chosen([candidate("QHZ", 100, 9, ""), candidate("CNZ", 100, 1, "")]) == ".CN")
    #expect(chosen([candidate("QHZ", 100, 1, ""), candidate("AHZ", 100, 1, "")]) == ".AH")
    #expect(chosen([candidate("HHZ", 100, 9, "10"), candidate("HHZ", 100, 8, "00")]) == "10.HH")
    #expect(chosen([candidate("HHZ", 100, 8, "10"), candidate("HHZ", 100, 8, "00")]) == "00.HH")
    #expect(
      chosen([candidate("HHZ", 100, 8, "10"), candidate("HHN", 100, 8, "10"), candidate("HHZ", 100, 9, "00")])
        == "10.HH")
    // 99.999 Hz and 100 Hz are the same; 249.99998 is 250.
    #expect(chosen([candidate("HHZ", 99.9995, 1, ""), candidate("EHZ", 100, 9, "")]) == ".HH")
    #expect(ChannelChoice.choose([candidate("HHZ", 249.99998, 1, "")])?.samplingRate == 250)
    // A hydrophone, a log, no samples, no rate.
    #expect(chosen([candidate("HHH", 100, 9, ""), candidate("LOG", 0, 9, ""), candidate("HDF", 100, 9, "")]) == nil)
    #expect(chosen([candidate("HHZ", .nan, 9, ""), candidate("EHZ", 100, 0, ""), candidate("", 100, 9, "")]) == nil)
    #expect(chosen([candidate("hhz", 100, 1, ""), candidate("HNZ", 100, 9, "")]) == ".hh")
    #expect(chosen([candidate("Z", 100, 1, "")]) == ".")
  }

  @Test("components by their letters")
  func components() {
    func names(_ channels: [String]) -> String {
      channels.map { channel in
        switch ChannelChoice.component(channel, among: channels) {
        case .vertical: "Z"
        case .north: "N"
        case .east: "E"
        case nil: "-"
        }
      }.joined()
    }
    for (channels, expected) in [
      ("ZNE", "ZNE"), ("zne", "ZNE"), ("Z12", "ZNE"), ("Z23", "ZNE"), ("123", "ZNE"), ("12", "NE"), ("Z", "Z"),
      ("N", "N"),
      ("UNE", "ZNE"), ("ZNE12", "ZNE--"), ("ZNEH", "ZNE-"), ("1Z", "NZ"), ("Z3", "ZE"), ("Z123", "ZNE-"),
      ("Z1E", "ZNE"),
    ] {
      #expect(names(channels.map { "HH\($0)" }) == expected, "\(channels)")
    }
    // No two channels of a set that goes by letters alone are the same component.
    let letters = ["Z", "N", "E", "1", "2", "3", "U"]
    for set in 0..<(1 << letters.count) {
      let channels = letters.indices.filter { set >> $0 & 1 == 1 }.map { letters[$0] }
      if channels.contains("Z"), channels.contains("U") { continue }
      let found = channels.compactMap { ChannelChoice.component($0, among: channels) }
      #expect(Set(found).count == found.count, "\(channels)")
    }
  }
}
