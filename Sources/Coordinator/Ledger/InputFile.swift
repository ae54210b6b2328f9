import Foundation
import MPI
import SeismicFormats

/// A file that goes into a job, with a hash of what it holds.
struct InputFile: Sendable, Equatable {
  /// The path, as it was given.
  var path: String
  /// Its size, in bytes.
  var size: Int
  /// The hash of its bytes, as text.
  var hash: String

  /// So many bytes are hashed by a rank at a time.
  static let stretch = 64 << 20

  /// Hashes files, each rank a part of them.
  ///
  /// Collective. The hash does not depend on the number of ranks: it is that of the hashes of stretches of 64 MiB. In the place of a folder come
  /// the files in it.
  ///
  /// - Throws: ``AgreedFailure`` on all ranks for a file that cannot be read.
  static func hashed(_ paths: [String], over communicator: any Communicator) throws -> [InputFile] {
    let paths = try expanded(paths, over: communicator)
    var own: [UInt64] = []
    let sizes = try communicator.agree {
      var sizes: [Int] = []
      var turn = 0
      for path in paths {
        let input = try FileInput(path)
        sizes.append(input.size)
        for start in stride(from: 0, to: max(input.size, 1), by: stretch) {
          let isOwn = turn % communicator.size == communicator.rank
          turn += 1
          own.append(isOwn ? try Checksum.of(input, start..<min(start + stretch, input.size)).value : 0)
        }
      }
      return sizes
    }
    let hashes = try communicator.allreduce(own, .sum)
    var next = 0
    return zip(paths, sizes).map { path, size in
      var checksum = Checksum()
      for _ in stride(from: 0, to: max(size, 1), by: stretch) {
        withUnsafeBytes(of: hashes[next].littleEndian) { checksum.add($0) }
        next += 1
      }
      return InputFile(path: path, size: size, hash: Checksum.text(checksum.value))
    }
  }

  /// The paths with the files of folders in their place, in order of their names; the same on all ranks.
  private static func expanded(_ paths: [String], over communicator: any Communicator) throws -> [String] {
    var all: [String] = []
    for path in communicator.isRoot ? paths : [] {
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
        // What cannot be listed is named by what reads it.
        let names = ((try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []).map { "\(path)/\($0)" }
        all += names.sorted().filter { name in
          FileManager.default.fileExists(atPath: name, isDirectory: &isFolder) && !isFolder.boolValue
        }
      } else {
        all.append(path)
      }
    }
    let text = try communicator.broadcast(Array(all.joined(separator: "\0").utf8))
    return text.isEmpty ? [] : text.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Larger files are not hashed for the record alone.
  private static let recordLimit = 4 << 30

  /// The files among some paths, for a record: those of usual size with their hashes.
  ///
  /// Collective.
  static func listed(_ paths: [String], over communicator: any Communicator) throws -> [InputFile] {
    var sizes = try communicator.agree {
      paths.map { path in communicator.isRoot ? (try? FileInput(path))?.size ?? -1 : -1 }
    }
    sizes = try communicator.broadcast(sizes)
    let files = zip(paths, sizes).filter { $0.1 >= 0 }
    let hashed = try hashed(files.filter { $0.1 <= recordLimit }.map(\.0), over: communicator)
    return hashed + files.filter { $0.1 > recordLimit }.map { InputFile(path: $0.0, size: $0.1, hash: "") }
  }

  /// As `run.json` has it.
  var record: JSONValue {
    .object([
      ("path", .string(path)), ("bytes", .integer(size)), ("xxh64", hash.isEmpty ? .null : .string(hash)),
    ])
  }
}

extension JobIdentity {
  /// Adds files by their paths, which stand in results, and by what they hold.
  mutating func add(_ name: String, files: [InputFile]) {
    for (number, file) in files.enumerated() {
      add(files.count == 1 ? name : "\(name) \(number + 1)", "\(file.path) (\(file.size) bytes, \(file.hash))")
    }
  }
}
