import CHDF5

/// A dataset of an HDF5 file: numbers in a grid, or texts.
public final class HDF5Dataset {
  /// Its path within the file.
  public let name: String
  /// How many values it has along each dimension, the slowest first; empty for a single value.
  public let shape: [Int]
  /// Whether its values are numbers.
  public let isNumeric: Bool
  private let path: String
  private let handle: HDF5Handle
  private let file: HDF5Handle
  private let message: HDF5CrashGuard.Message

  /// The most values that are read at once: 1 GiB of single precision.
  public static let countLimit = 1 << 28
  /// The largest chunk, in bytes, that a dataset may be stored in; a chunk is unpacked as a whole.
  public static let chunkLimit = 1 << 28

  /// Call it under the lock.
  init(_ handle: HDF5Handle, name: String, path: String, file: HDF5Handle, message: HDF5CrashGuard.Message) throws {
    self.message = message
    self.handle = handle
    self.file = file
    self.name = name
    self.path = path
    func damaged(_ what: String) -> FormatError {
      FormatError(.badData, file: path, found: "dataset \(quoted(name)): \(what)")
    }
    guard let space = HDF5Handle(H5Dget_space(handle.id), H5Sclose),
      let type = HDF5Handle(H5Dget_type(handle.id), H5Tclose),
      let creation = HDF5Handle(H5Dget_create_plist(handle.id), H5Pclose)
    else { throw damaged("its description is damaged") }
    let rank = H5Sget_simple_extent_ndims(space.id)
    guard rank >= 0, rank <= 32 else { throw damaged("it has \(rank) dimensions") }
    var sizes = [hsize_t](repeating: 0, count: Int(rank))
    guard H5Sget_simple_extent_dims(space.id, &sizes, nil) == rank else { throw damaged("its size is damaged") }
    var shape: [Int] = []
    for size in sizes {
      guard let size = Int(exactly: size) else { throw damaged("a dimension of \(size) values") }
      shape.append(size)
    }
    self.shape = shape
    let kind = H5Tget_class(type.id)
    isNumeric = kind == H5T_INTEGER || kind == H5T_FLOAT
    let elementSize = H5Tget_size(type.id)
    guard elementSize > 0, elementSize <= 1 << 20 else { throw damaged("values of \(elementSize) bytes") }

    let layout = H5Pget_layout(creation.id)
    guard layout == H5D_CHUNKED || layout == H5D_CONTIGUOUS || layout == H5D_COMPACT else {
      throw FormatError(
        .unsupported, file: path, found: "dataset \(quoted(name)) is put together from other datasets",
        expected: "values in the file itself")
    }
    if layout == H5D_CONTIGUOUS, H5Pget_external_count(creation.id) != 0 {
      throw FormatError(
        .unsupported, file: path, found: "the values of dataset \(quoted(name)) lie in another file",
        expected: "values in the file itself")
    }
    if layout == H5D_CHUNKED {
      var chunk = [hsize_t](repeating: 0, count: Int(max(rank, 1)))
      guard H5Pget_chunk(creation.id, rank, &chunk) == rank else { throw damaged("its chunks are damaged") }
      var bytes = hsize_t(elementSize)
      for size in chunk.prefix(Int(rank)) {
        let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
        guard !overflow, product <= hsize_t(Self.chunkLimit) else {
          throw damaged("chunks of more than \(Self.chunkLimit >> 20) MiB")
        }
        bytes = product
      }
    }
  }

  /// Reads a block of numbers, in the order in which they are stored.
  ///
  /// - Parameters:
  ///   - start: the first index along each dimension; as many as the dataset has dimensions.
  ///   - count: how many values along each dimension.
  /// - Returns: the values, the last dimension fastest.
  /// - Throws: ``FormatError`` when the block is not inside the dataset, too large, not of numbers, or damaged.
  public func floats(from start: [Int], count: [Int]) throws -> [Float] {
    try block(start, count, hsdl_native_float(), Float(0))
  }

  /// As ``floats(from:count:)``, in double precision.
  public func doubles(from start: [Int], count: [Int]) throws -> [Double] {
    try block(start, count, hsdl_native_double(), 0.0)
  }

  /// The whole of a small dataset.
  ///
  /// - Throws: ``FormatError`` when it is large (65,536 values), of another type than numbers and text, or damaged.
  public func value() throws -> HDF5Value {
    try HDF5Library.locked(message) {
      guard let value = HDF5Value.read(dataset: handle) else {
        throw FormatError(
          .badData, file: path, found: "dataset \(quoted(name)) cannot be read as a value",
          expected: "at most \(HDF5Value.countLimit) numbers or texts")
      }
      return value
    }
  }

  private func block<Number>(_ start: [Int], _ count: [Int], _ type: hid_t, _ zero: Number) throws -> [Number] {
    func failure(_ found: String, _ expected: String) -> FormatError {
      FormatError(.badData, file: path, found: "dataset \(quoted(name)): \(found)", expected: expected)
    }
    guard isNumeric else { throw failure("its values are not numbers", "numbers") }
    guard start.count == shape.count, count.count == shape.count else {
      throw failure("it has \(shape.count) dimensions", "\(count.count)")
    }
    var total = 1
    for dimension in shape.indices {
      guard start[dimension] >= 0, count[dimension] >= 0, start[dimension] <= shape[dimension],
        count[dimension] <= shape[dimension] - start[dimension]
      else {
        throw failure(
          "it has \(shape[dimension]) values along dimension \(dimension)",
          "at least \(start[dimension]) + \(count[dimension])")
      }
      let (product, overflow) = total.multipliedReportingOverflow(by: count[dimension])
      guard !overflow, product <= Self.countLimit else {
        throw failure("a block of more than \(Self.countLimit) values", "less")
      }
      total = product
    }
    guard total > 0 else { return [] }
    return try HDF5Library.locked(message) {
      var values = [Number](repeating: zero, count: total)
      let offsets = start.map { hsize_t($0) }
      let counts = count.map { hsize_t($0) }
      var status: herr_t = -1
      if shape.isEmpty {
        status = values.withUnsafeMutableBytes { H5Dread(handle.id, type, 0, 0, 0, $0.baseAddress) }
      } else if let space = HDF5Handle(H5Dget_space(handle.id), H5Sclose),
        let memory = HDF5Handle(H5Screate_simple(Int32(counts.count), counts, nil), H5Sclose),
        H5Sselect_hyperslab(space.id, H5S_SELECT_SET, offsets, nil, counts, nil) >= 0
      {
        status = withExtendedLifetime((space, memory)) {
          values.withUnsafeMutableBytes { H5Dread(handle.id, type, memory.id, space.id, 0, $0.baseAddress) }
        }
      }
      guard status >= 0 else {
        throw failure("its values cannot be read", "values that are whole, packed with a filter that HDF5 brings along")
      }
      return values
    }
  }
}
