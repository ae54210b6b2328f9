import Glibc

/// What is fuzzed: a reader, given a file with the fuzzer's bytes.
///
/// A reader may refuse a file by throwing; it must not trap, hang, or read
/// where it may not. Compiled into one module with
/// Sources/SeismicFormats, so that the readers are seen by the fuzzer (Fuzzing/run).
private let readers: [String: (String) throws -> Void] = [
  "miniseed": { path in
    for trace in try MiniSEEDFile(path).traces(onProblem: { _ in }) { _ = trace.samples.count }
  },
  "stationxml": { _ = try StationXMLReader($0).readAll() },
  "inventory": { _ = try Inventory.open($0) },
  "quakeml": { try all(QuakeMLReader($0)) },
  "scml": { try all(SCMLCatalogReader($0)) },
  "catalog": { path in try all(CatalogFormat.open(path).reader) },
  "picks": { path in try StationPickTable.read(path, onProblem: { _ in }) { _ in } },
  "safetensors": { _ = try SafeTensors($0).arrays() },
  "npy": { _ = try NumPyFile.read($0) },
  "npz": { path in
    let archive = try NumPyArchive(path)
    for name in archive.names { _ = try? archive.array(name) }
  },
  "sac": { _ = try SACFile($0).trace() },
]

private func all(_ reader: any CatalogReader) throws {
  while try reader.next() != nil {}
}

/// The reader that the environment names, and the file that it is given.
private let chosen: (read: (String) throws -> Void, path: String) = {
  let name = getenv("READER").map { String(cString: $0) } ?? ""
  guard let read = readers[name] else {
    print("READER must be one of \(readers.keys.sorted().joined(separator: ", "))")
    exit(64)
  }
  return (read, "/dev/shm/hsdl-mpi-fuzz-\(getpid())")
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let file = open(chosen.path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  guard file >= 0 else { return 0 }
  if let bytes, count > 0 { _ = write(file, bytes, count) }
  close(file)
  try? chosen.read(chosen.path)
  return 0
}
