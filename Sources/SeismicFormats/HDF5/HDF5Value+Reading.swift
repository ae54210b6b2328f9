import CHDF5
import Glibc

/// Where values come from: an attribute or a dataset.
private enum Source {
  case attribute(hid_t)
  case dataset(hid_t)

  func type() -> hid_t {
    switch self {
    case .attribute(let id): H5Aget_type(id)
    case .dataset(let id): H5Dget_type(id)
    }
  }

  func space() -> hid_t {
    switch self {
    case .attribute(let id): H5Aget_space(id)
    case .dataset(let id): H5Dget_space(id)
    }
  }

  func read(_ type: hid_t, _ memory: UnsafeMutableRawPointer) -> herr_t {
    switch self {
    case .attribute(let id): H5Aread(id, type, memory)
    case .dataset(let id): H5Dread(id, type, 0, 0, 0, memory)
    }
  }
}

extension HDF5Value {
  /// The most values that an attribute or a small dataset may have.
  static let countLimit = 65_536
  /// The most bytes that one text may have.
  static let textLimit = 1 << 20

  /// Reads an attribute; nil where it is of a type that is not read here, too large or damaged.
  ///
  /// Call it under the lock.
  static func read(attribute: HDF5Handle) -> HDF5Value? { read(.attribute(attribute.id)) }

  /// Reads a small dataset as a whole; nil as for an attribute.
  ///
  /// Call it under the lock.
  static func read(dataset: HDF5Handle) -> HDF5Value? { read(.dataset(dataset.id)) }

  private static func read(_ source: Source) -> HDF5Value? {
    guard let space = HDF5Handle(source.space(), H5Sclose), let type = HDF5Handle(source.type(), H5Tclose) else {
      return nil
    }
    var points = H5Sget_simple_extent_npoints(space.id)
    guard points >= 0, points <= Int64(countLimit) else { return nil }
    defer { withExtendedLifetime((space, type)) {} }
    var element = type
    var perPoint = 1
    if H5Tget_class(type.id) == H5T_ARRAY {
      // An array type is read as its numbers one after the other.
      guard let base = HDF5Handle(H5Tget_super(type.id), H5Tclose), let size = sizes(type, base) else { return nil }
      element = base
      perPoint = size
      points *= Int64(perPoint)
      guard points <= Int64(countLimit) else { return nil }
    }
    let count = Int(points)
    switch H5Tget_class(element.id) {
    case H5T_INTEGER, H5T_ENUM, H5T_BITFIELD:
      guard H5Tget_class(element.id) == H5T_INTEGER else { return nil }
      return numbers(source, count, perPoint, type, hsdl_native_int64(), Int64(0)).map { .integers($0) }
    case H5T_FLOAT:
      return numbers(source, count, perPoint, type, hsdl_native_double(), 0.0).map { .reals($0) }
    case H5T_STRING:
      guard perPoint == 1 else { return nil }
      return texts(source, count, space, element).map { .texts($0) }
    default:
      return nil
    }
  }

  /// How many elements an array type has.
  private static func sizes(_ type: HDF5Handle, _ base: HDF5Handle) -> Int? {
    let whole = H5Tget_size(type.id)
    let part = H5Tget_size(base.id)
    guard part > 0, whole >= part, whole % part == 0, whole / part <= countLimit else { return nil }
    return whole / part
  }

  private static func numbers<Number>(
    _ source: Source, _ count: Int, _ perPoint: Int, _ type: HDF5Handle, _ native: hid_t, _ zero: Number
  ) -> [Number]? {
    var values = [Number](repeating: zero, count: count)
    guard count > 0 else { return values }
    var memoryType = native
    var arrayType: HDF5Handle?
    if H5Tget_class(type.id) == H5T_ARRAY {
      var dimension = hsize_t(perPoint)
      arrayType = HDF5Handle(H5Tarray_create2(native, 1, &dimension), H5Tclose)
      guard let arrayType, H5Tget_array_ndims(type.id) == 1 else { return nil }
      memoryType = arrayType.id
    }
    let status = values.withUnsafeMutableBytes { memory in
      memory.baseAddress.map { source.read(memoryType, $0) } ?? -1
    }
    // The identifiers must be open until here.
    return withExtendedLifetime((arrayType, type)) { status >= 0 ? values : nil }
  }

  private static func texts(_ source: Source, _ count: Int, _ space: HDF5Handle, _ type: HDF5Handle) -> [String]? {
    guard count > 0 else { return [] }
    guard let memoryType = HDF5Handle(H5Tcopy(hsdl_c_string()), H5Tclose),
      H5Tset_cset(memoryType.id, H5Tget_cset(type.id)) >= 0
    else { return nil }
    defer { withExtendedLifetime((memoryType, space, type)) {} }
    if H5Tis_variable_str(type.id) > 0 {
      // A size of -1 is how the library calls a size that varies.
      guard H5Tset_size(memoryType.id, -1) >= 0 else { return nil }
      var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
      let status = pointers.withUnsafeMutableBytes { memory in
        memory.baseAddress.map { source.read(memoryType.id, $0) } ?? -1
      }
      defer { _ = pointers.withUnsafeMutableBytes { H5Dvlen_reclaim(memoryType.id, space.id, 0, $0.baseAddress) } }
      guard status >= 0 else { return nil }
      return pointers.map { pointer in
        guard let pointer else { return "" }
        let length = strnlen(pointer, textLimit)
        return pointer.withMemoryRebound(to: UInt8.self, capacity: length) { Bytes(start: $0, count: length).string }
      }
    }
    let size = H5Tget_size(type.id)
    guard size > 0, size <= textLimit, size * count <= 64 << 20, H5Tset_size(memoryType.id, size) >= 0,
      H5Tset_strpad(memoryType.id, H5Tget_strpad(type.id)) >= 0
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: size * count)
    let status = bytes.withUnsafeMutableBytes { memory in
      memory.baseAddress.map { source.read(memoryType.id, $0) } ?? -1
    }
    guard status >= 0 else { return nil }
    let isSpacePadded = H5Tget_strpad(type.id) == H5T_STR_SPACEPAD
    return (0..<count).map { index in
      var text = bytes[(index * size)..<((index + 1) * size)].prefix { $0 != 0 }
      if isSpacePadded { while text.last == 32 { text.removeLast() } }
      return String(decoding: text, as: UTF8.self)
    }
  }
}
