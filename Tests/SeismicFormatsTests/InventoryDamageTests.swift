import SeismicFormats
import TestSupport
import Testing

@Suite("Damaged station metadata")
struct InventoryDamageTests {
  static let files = [
    "badfiles/stationxml/validator/F1_405.xml", "badfiles/stationxml/obspy/full_station_field_station.xml",
    "badfiles/stationxml/validator/pass.xml", "archive/grimsel-2020/inventory.scml",
    "badfiles/stationtxt/channel_level_fdsn.txt", "archive/ci-westmorland-2020/stations.csv",
    "archive/nz-alpinefault-2013/STATION0.HYP", "real_demo/station.dat",
    "archive/iceland-dike-2014/iceland_stations.txt",
  ]

  @Test(
    "a file cut anywhere, or with bytes changed, is read or refused",
    .enabled(if: SharedData.has("archive") && SharedData.has("badfiles"), "the shared data is not here"),
    arguments: files)
  func damage(_ file: String) throws {
    let folder = try TemporaryFolder()
    let bytes = try readBytes(SharedData.path(file))
    let whole = try Inventory.open(SharedData.path(file))
    let isXML = file.hasSuffix("xml") || file.hasSuffix("scml")
    func attempt(_ bytes: [UInt8]) throws -> Inventory? {
      do {
        return try Inventory.open(try folder.write("damaged", bytes))
      } catch is FormatError {
        return nil
      }
    }
    var generator = SeededGenerator(17)
    for step in 0..<60 {
      let length = step * bytes.count / 60
      let found = try attempt(Array(bytes[..<length]))
      if isXML { #expect(found == nil, "cut at \(length)") }
      if let found { #expect(found.stations.count <= whole.stations.count) }
    }
    for _ in 0..<100 {
      var changed = bytes
      for _ in 0...generator.below(4) {
        let place = generator.below(changed.count)
        switch generator.below(3) {
        case 0: changed[place] = UInt8(generator.below(256))
        case 1: changed.remove(at: place)
        default: changed.insert(contentsOf: Array("9e999".utf8), at: place)
        }
      }
      guard let found = try attempt(changed) else { continue }
      let isSound = found.stations.allSatisfy { station in
        (-90...90).contains(station.latitude) && (-180...180).contains(station.longitude)
          && station.elevation.isFinite && !station.id.code.isEmpty
          && station.channels.allSatisfy { !$0.code.isEmpty && (-90...90).contains($0.latitude) && $0.depth.isFinite }
      }
      #expect(isSound)
    }
  }

  private func readBytes(_ path: String) throws -> [UInt8] {
    try FileInput(path).prefix(1 << 20)
  }
}
