import Glibc

/// What is fuzzed: a reader, given a file with the fuzzer's bytes.
///
/// A reader may refuse a file by throwing; it must not trap, hang, or read
/// where it may not. Compiled into one module with Sources/SeismicFormats and
/// the ledger, so that the readers are seen by the fuzzer (Fuzzing/run).
private let readers: [String: (String) throws -> Void] = [
  "miniseed": { path in
    for trace in try MiniSEEDFile(path).traces(onProblem: { _ in }) { _ = trace.samples.count }
  },
  "stationxml": { _ = try StationXMLReader($0).readAll() },
  "inventory": { _ = try Inventory.open($0) },
  "quakeml": { try all(QuakeMLReader($0)) },
  "scml": { try all(SCMLCatalogReader($0)) },
  "catalog": { path in try all(CatalogFormat.open(path).reader) },
  // Cut into stretches that are much smaller than its rows.
  "pick-table": { path in
    let table = try PickTable(path)
    for segment in table.segments(ofSize: 64) { _ = try table.read(segment, onProblem: { _ in }) { _ in } }
  },
  "picks": { path in try StationPickTable.read(path, onProblem: { _ in }) { _ in } },
  "safetensors": { _ = try SafeTensors($0).arrays() },
  "npy": { _ = try NumPyFile.read($0) },
  "npz": { path in
    let archive = try NumPyArchive(path)
    for name in archive.names { _ = try? archive.array(name) }
  },
  "sac": { _ = try SACFile($0).trace() },
  "velocity": { _ = try VelocityModel.open($0, onProblem: { _ in }) },
  "archive-index": { path in
    let input = try FileInput(path)
    let bytes = Array(try input.prefix(input.size))
    _ = try? ArchiveIndex(table: bytes, path: path)
    _ = try? SDSIndex(table: bytes, path: path)
  },
  "ledger": { path in
    let input = try FileInput(path)
    let bytes = try input.prefix(input.size)
    bytes.withUnsafeBufferPointer { checkLedger(LedgerContent($0)) }
    // No fuzzer finds a checksum: every line is given the one that it should have, too.
    let sealed = TextSink()
    for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
      let start = sealed.count
      line.withUnsafeBufferPointer { sealed.append($0) }
      LedgerLine.close(sealed, from: start)
    }
    checkLedger(LedgerContent(sealed.bytes))
  },
  "hdf5": { path in
    let file = try HDF5File(path)
    var names = try file.names()
    for name in names.prefix(16) where file.kind(of: name) == .group {
      names += (try? file.names(in: name).prefix(16).map { name + "/" + $0 }) ?? []
    }
    for name in names.prefix(64) {
      _ = try? file.attributes(["trace_name", "p_arrival_sample", "snr_db", "dimension_order"], of: name)
      guard let dataset = try? file.dataset(name) else { continue }
      _ = try? dataset.value()
      guard dataset.shape.allSatisfy({ $0 > 0 }) else { continue }
      let count = dataset.shape.map { min($0, 64) }
      if count.reduce(1, { $0 &* $1 }) <= 1 << 20 {
        _ = try? dataset.floats(from: count.map { _ in 0 }, count: count)
      }
    }
  },
]

/// What was read of a ledger, written again, is read as the same.
private func checkLedger(_ content: LedgerContent) {
  for entry in content.entries.values {
    let sink = TextSink()
    entry.append(to: sink)
    let again = LedgerContent(sink.bytes)
    guard again.damagedLineCount == 0, again.entries.count == 1, again.entries[entry.name]?.files == entry.files,
      again.entries[entry.name]?.payload == entry.payload
    else { abort() }
  }
}

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
