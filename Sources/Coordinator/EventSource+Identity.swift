import Foundation
import MPI
import SeismicFormats

extension EventSource {
  /// Adds what the results depend on, as far as it is the source's.
  ///
  /// Collective.
  ///
  /// - Parameter archive: what ``Surroundings/archiveHash`` tells.
  /// - Returns: the files that go in.
  /// - Throws: ``AgreedFailure`` on all ranks for a file that cannot be read.
  func describe(
    in identity: inout JobIdentity, archive: String?, unitSize: Int, over communicator: any Communicator
  ) throws -> [InputFile] {
    switch self {
    case .picks(let paths):
      let files = try InputFile.hashed(paths, over: communicator)
      identity.add("picks", files: files)
      identity.add("unit size", unitSize)
      return files
    case .catalog(let input):
      let paths = [input.catalogs, input.stations, input.velocityModel.map { [$0] } ?? [], input.windowLabels]
      var all: [InputFile] = []
      for (name, group) in zip(["catalog", "stations", "velocity model", "labels"], paths) {
        let files = try InputFile.hashed(group, over: communicator)
        identity.add(name, files: files)
        all += files
      }
      if let address = input.archive {
        identity.add("archive", address)
        if let archive { identity.add("content of the archive", archive) }
      }
      identity.add("maximum distance", input.maximumDistance)
      identity.add("maximum stations", input.maximumStations)
      identity.add("merging of duplicates", input.mergesDuplicates)
      identity.add("station features", input.writesStationFeatures)
      identity.add("stations of event windows", input.windowStations)
      identity.add("picker", input.picker ?? "")
      identity.add("unit size", input.unitSize)
      return all
    }
  }
}
