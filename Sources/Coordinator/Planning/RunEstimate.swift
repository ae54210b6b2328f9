import Foundation
import HSDLCompute

/// What a run will probably take, worked out from rates that were measured elsewhere.
struct RunEstimate: Sendable, Equatable {
  /// Seconds of one processor, all together.
  var processorSeconds: Double
  /// The longest unit, in s: no number of ranks makes the run shorter.
  var longestUnit = 0.0
  /// Memory of a rank, in bytes.
  var memory: Int
  /// What the run writes, in bytes, intermediate files included; nil where that cannot be told.
  var written: Int?

  /// The estimate in words.
  func line(ranks: Int) -> String {
    let elapsed = max(processorSeconds / Double(max(ranks, 1)), longestUnit)
    let room = written.map { ", \(byteText($0)) on disk" } ?? ""
    return
      "about \(Progress.duration(elapsed)) on \(counted(ranks, "ranks")), \(byteText(memory)) of memory a rank\(room) (\(MeasuredRates.origin))"
  }
}

/// Whether a folder for results can be used, found out without writing anything.
struct OutputOutlook {
  /// The path.
  let path: String
  /// The files that would be written.
  let files: [String]
  /// Whether files that are there may be replaced.
  let overwrites: Bool

  /// What is to be said.
  ///
  /// - Parameter needed: what will be written, in bytes; nil where that is not known.
  func line(needed: Int?) -> String {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
      guard isFolder.boolValue else { return "\(path) is a file: the job would be refused; give another --output" }
      if !overwrites, let found = files.first(where: { FileManager.default.fileExists(atPath: "\(path)/\($0)") }) {
        return
          "\(path) already holds \(found): without --overwrite the job would be refused, unless it goes on with its own"
      }
    }
    let place = FolderTrial.existing(path)
    guard access(place, W_OK) == 0 else {
      return "\(place) cannot be written to: the job would be refused; check its permissions"
    }
    guard let space = FileSystemSpace(place) else { return "\(path) can be written" }
    let isTight = needed.map { $0 > space.free } ?? false
    return "\(path) can be written, \(byteText(space.free)) free" + (isTight ? ": not enough" : "")
  }
}
