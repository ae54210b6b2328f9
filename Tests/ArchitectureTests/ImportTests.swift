import Foundation
import Testing

/// The project's own sources, and what they may import.
enum SourceTree {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../..").standardizedFileURL

  /// The Swift files of a folder, with their texts.
  static func files(_ folder: String) throws -> [(name: String, text: String)] {
    let base = root.appendingPathComponent(folder)
    let names = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
    return try names.filter { $0.hasSuffix(".swift") }.sorted().map {
      ("\(folder)/\($0)", try String(contentsOf: base.appendingPathComponent($0), encoding: .utf8))
    }
  }

  /// The modules that a text imports.
  static func imports(_ text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ").filter { !["public", "package", "internal", "@testable"].contains($0) }
      return words.first == "import" && words.count == 2 ? String(words[1]) : nil
    }
  }
}

@Suite("Structure")
struct ImportTests {
  static let system: Set<String> = ["Foundation", "Dispatch", "Glibc", "Musl", "Darwin", "Synchronization"]
  /// The table of the design: a module imports what stands above it, never what stands below.
  static let allowed: [String: Set<String>] = [
    "MPI": ["CMPI"],
    "SeismicFormats": ["CXML", "CHDF5", "CZlib"],
    "HSDLCompute": ["SeismicFormats", "CLightGBM", "CSVM", "CFFTW", "CTorch", "CKernels"],
    "Worker": ["HSDLCompute", "SeismicFormats", "MPI", "Crypto"],
    "Coordinator": ["Worker", "HSDLCompute", "SeismicFormats", "MPI", "CBuild", "HeapModule"],
    "hsdl-mpi": [
      "Coordinator", "Worker", "HSDLCompute", "SeismicFormats", "MPI", "ArgumentParser", "Yams",
    ],
  ]

  @Test("imports go one way only", arguments: allowed.keys.sorted())
  func arrows(module: String) throws {
    let files = try SourceTree.files("Sources/\(module)")
    #expect(!files.isEmpty)
    for (name, text) in files {
      for imported in SourceTree.imports(text) {
        #expect(
          Self.system.union(Self.allowed[module] ?? []).contains(imported), "\(name) imports \(imported)")
      }
    }
  }

  @Test("every module is in the table")
  func allModules() throws {
    let sources = try FileManager.default.contentsOfDirectory(
      atPath: SourceTree.root.appendingPathComponent("Sources").path)
    let faces: Set<String> = [
      "CMPI", "CXML", "CHDF5", "CZlib", "CFFTW", "CSVM", "CLightGBM", "CTorch", "CKernels", "CBuild",
    ]
    #expect(Set(sources).subtracting(faces) == Set(Self.allowed.keys))
  }

  @Test("the numerics know nothing of files, of printing, of ranks' transport")
  func pure() throws {
    for (name, text) in try SourceTree.files("Sources/HSDLCompute") {
      for word in [
        "print(", "FileManager", "FileHandle", "fopen", "contentsOfFile", "contentsOf: URL", "Glibc.write", "stdout",
        "stderr",
      ] {
        #expect(!text.contains(word), "\(name) has \(word)")
      }
    }
  }

  @Test("input never traps by a call that was written for it")
  func noTraps() throws {
    for module in Self.allowed.keys {
      for (name, text) in try SourceTree.files("Sources/\(module)") {
        for word in ["fatalError(", "preconditionFailure(", "try!", " as! ", "assertionFailure("] {
          #expect(!text.contains(word), "\(name) has \(word)")
        }
      }
    }
  }

  @Test("a file holds one idea, and is not long")
  func lengths() throws {
    for module in Self.allowed.keys {
      for (name, text) in try SourceTree.files("Sources/\(module)") {
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 650, "\(name)")
      }
    }
  }
}
