import Foundation
import MPI

/// The libraries that the program runs with, as they tell of themselves or by the files that were loaded.
enum LoadedLibraries {
  /// The names and versions that could be found out.
  static let versions: [(name: String, version: String)] = {
    var found = [("mpi", MPIEnvironment.libraryVersion.replacing("\t", with: " "))]
    let files = loadedFiles
    func file(_ part: String) -> String? { files.first { $0.contains(part) } }
    func add(_ name: String, _ version: String?) { if let version { found.append((name, version)) } }
    add("libtorch", file("libtorch_cpu.so"))
    add("lightgbm", file("lib_lightgbm.so"))
    add("hdf5", hdf5)
    add("fftw", text("fftwf_version") ?? text("fftw_version"))
    add("libsvm", symbol("libsvm_version").map { String($0.load(as: Int32.self)) })
    add("libxml2", pointer("xmlParserVersion"))
    return found
  }()

  private static func symbol(_ name: String) -> UnsafeMutableRawPointer? {
    dlsym(UnsafeMutableRawPointer(bitPattern: 0), name)
  }

  /// A version that is an array of characters.
  private static func text(_ name: String) -> String? {
    symbol(name).map { String(cString: $0.assumingMemoryBound(to: CChar.self)) }
  }

  /// A version that is a pointer to characters.
  private static func pointer(_ name: String) -> String? {
    symbol(name)?.load(as: UnsafePointer<CChar>?.self).map { String(cString: $0) }
  }

  private static var hdf5: String? {
    guard let symbol = symbol("H5get_libversion") else { return nil }
    typealias Function =
      @convention(c) (
        UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>
      ) -> Int32
    var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
    guard unsafeBitCast(symbol, to: Function.self)(&major, &minor, &release) >= 0 else { return nil }
    return "\(major).\(minor).\(release)"
  }

  /// The paths of the libraries in this process, links followed; empty where the system does not tell.
  private static var loadedFiles: [String] {
    // Not read as a whole: its size is told as 0.
    guard let maps = fopen("/proc/self/maps", "r") else { return [] }
    defer { fclose(maps) }
    var files: [String] = []
    var room = [CChar](repeating: 0, count: 8192)
    while fgets(&room, Int32(room.count), maps) != nil {
      let line = String(decoding: room.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard let place = line.firstIndex(of: "/") else { continue }
      let path = String(line[place...])
      if files.last != path { files.append(path) }
    }
    return files
  }
}
