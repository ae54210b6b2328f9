import Foundation
import MPI

/// The libraries that this process has in fact loaded, and what they say of themselves.
///
/// The loader's own list is asked, not what the program was compiled against: a module that is loaded later, or a variable, may put another
/// library in front.
package enum LoadedLibraries {
  /// What is looked for: how file names begin, and what the library is called in messages.
  private static let known: [(prefix: String, name: String)] = [
    ("libmpich", mpich), ("libmpi.so", "MPI"), ("libmpi_", "MPI"), ("libopen-rte", openMPI), ("libopen-pal", openMPI),
    ("libtorch_cpu", "libtorch"), ("lib_lightgbm", "LightGBM"), ("libsvm", "libsvm"), ("libhdf5", "HDF5"),
    ("libfftw3.", "FFTW"), ("libxml2", "libxml2"), ("libz.", "zlib"), ("libopenblas", "OpenBLAS"),
    ("libmkl_rt", "MKL"), ("libmkl_core", "MKL"), ("libgomp", "GNU OpenMP"), ("libiomp5", "Intel OpenMP"),
    ("libomp.", "LLVM OpenMP"),
  ]
  static let mpich = "MPICH"
  static let openMPI = "Open MPI"
  /// Those without which the program would not have started, in the order in which they are told of.
  static let needed = ["libtorch", "LightGBM", "libsvm", "HDF5", "FFTW", "libxml2", "zlib"]

  /// The libraries that matter, in the order of their paths.
  static func all() -> [RankReport.Library] {
    libraries(RankReport.text("/proc/self/maps") ?? "").map { name, path in
      RankReport.Library(name: name, path: path, version: version(of: name, at: path))
    }
  }

  /// The names and versions that could be found out, for the record of a run; of a library that does not tell its version, the file.
  static let versions: [(name: String, version: String)] = {
    let libraries = all()
    let mpi = MPIEnvironment.libraryVersion.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    var found = [(name: "mpi", version: mpi)]
    for name in needed {
      guard let library = libraries.first(where: { $0.name == name }) else { continue }
      found.append((name: name.lowercased(), version: library.version ?? library.path))
    }
    return found
  }()

  /// The libraries that matter among those that a process has mapped.
  package static func libraries(_ maps: String) -> [(name: String, path: String)] {
    var paths: Set<String> = []
    for line in maps.split(separator: "\n") {
      guard let start = line.firstIndex(of: "/") else { continue }
      paths.insert(String(line[start...]))
    }
    return paths.sorted().compactMap { path in
      let file = path.split(separator: "/").last ?? ""
      guard file.contains(".so"), let entry = known.first(where: { file.hasPrefix($0.prefix) }) else { return nil }
      // Open MPI's and the relatives of MPICH use one name, with other numbers.
      if entry.name == "MPI" { return (file.contains(".so.12") ? mpich : openMPI, path) }
      return (entry.name, path)
    }
  }

  private static func version(of name: String, at path: String) -> String? {
    guard let handle = dlopen(path, RTLD_LAZY | RTLD_NOLOAD) else { return nil }
    defer { dlclose(handle) }
    func symbol(_ name: String) -> UnsafeMutableRawPointer? { dlsym(handle, name) }
    typealias TextFunction = @convention(c) () -> UnsafePointer<CChar>?
    typealias NumbersFunction =
      @convention(c) (
        UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>
      ) -> Int32
    func text(_ name: String) -> String? {
      symbol(name).flatMap { unsafeBitCast($0, to: TextFunction.self)() }.map { String(cString: $0) }
    }
    switch name {
    case "zlib": return text("zlibVersion")
    case "OpenBLAS": return text("openblas_get_config")?.split(separator: " ").dropFirst().first.map(String.init)
    case "HDF5":
      guard let function = symbol("H5get_libversion") else { return nil }
      var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
      guard unsafeBitCast(function, to: NumbersFunction.self)(&major, &minor, &release) >= 0 else { return nil }
      return "\(major).\(minor).\(release), \(symbol("H5Pset_fapl_mpio") == nil ? "serial" : "parallel")"
    case "FFTW":
      // Such as fftw-3.3.10-sse2-avx.
      guard let begin = symbol("fftw_version") else { return nil }
      let parts = String(cString: begin.assumingMemoryBound(to: CChar.self)).split(separator: "-")
      return parts.dropFirst().first.map(String.init)
    case "libsvm":
      guard let number = symbol("libsvm_version")?.load(as: Int32.self) else { return nil }
      return "\(number / 100).\(number % 100)"
    case "libxml2":
      // Such as 20914: 2.9.14.
      guard let place = symbol("xmlParserVersion")?.load(as: UnsafePointer<CChar>?.self),
        let number = Int(String(cString: place).prefix { $0.isNumber })
      else { return nil }
      return "\(number / 10_000).\(number / 100 % 100).\(number % 100)"
    case "libtorch": return fileVersion(path) ?? wheelVersion(path)
    case mpich, openMPI, "GNU OpenMP", "Intel OpenMP", "LLVM OpenMP": return fileVersion(path)
    default: return nil
    }
  }

  /// The numbers at the end of a file's name, links followed.
  private static func fileVersion(_ path: String) -> String? {
    let name = URL(fileURLWithPath: path).resolvingSymlinksInPath().lastPathComponent
    guard let range = name.range(of: ".so.") else { return nil }
    return String(name[range.upperBound...])
  }

  /// What a wheel of PyTorch that holds the library says.
  private static func wheelVersion(_ path: String) -> String? {
    let file = URL(fileURLWithPath: path).deletingLastPathComponent().deletingLastPathComponent().path + "/version.py"
    guard let text = try? String(contentsOfFile: file, encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("__version__") })
    else { return nil }
    return line.split(separator: "'").dropFirst().first.map(String.init)
  }
}
