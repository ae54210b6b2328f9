import CHDF5

/// A file of HDF5 that is open for reading.
///
/// Foreign files are not trusted: sizes are checked before memory is taken, links to other files are not followed, data
/// that lies in other files is not read, and no filter is loaded that the library does not bring along. The library itself crashes at some
/// damaged files; the program ends then with the name of the file (``HDF5CrashGuard``). Version 1.14.4 or later is advisable for files from
/// strangers.
public final class HDF5File {
  /// The path, as it was given.
  public let path: String
  let handle: HDF5Handle
  private let message: HDF5CrashGuard.Message

  /// Opens a file.
  ///
  /// - Throws: ``FormatError``: `missing`, `unreadable`, or `badData` for anything but HDF5.
  public init(_ path: String) throws {
    self.path = path
    // Errors of the file system are better told by the project's own words.
    let input = try FileInput(path)
    try input.requireContent(expected: "an HDF5 file")
    let message = HDF5CrashGuard.Message(path)
    self.message = message
    let handle = HDF5Library.locked(message) { HDF5Handle(H5Fopen(path, hsdl_read_only(), 0), H5Fclose) }
    guard let handle else {
      let isHDF5 = try input.prefix(8).elementsEqual([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A])
      throw FormatError(
        .badData, file: path, found: isHDF5 ? "an HDF5 file that is damaged or cut" : "it is not an HDF5 file",
        expected: "an HDF5 file", remedy: "check that it was copied whole")
    }
    self.handle = handle
  }

  /// What an object of a file is.
  public enum ObjectKind: Hashable, Sendable {
    /// Holds other objects.
    case group
    /// Holds numbers or texts.
    case dataset
    /// Something else.
    case other
  }

  /// What stands at a path within the file; nil for nothing, and for links to other files.
  public func kind(of object: String) -> ObjectKind? {
    HDF5Library.locked(message) {
      guard let handle = open(object) else { return nil }
      return Self.kind(handle)
    }
  }

  private static func kind(_ handle: HDF5Handle) -> ObjectKind {
    switch H5Iget_type(handle.id) {
    case H5I_GROUP: .group
    case H5I_DATASET: .dataset
    default: .other
    }
  }

  /// Opens an object, one part of the path after the other, without leaving the file.
  ///
  /// Call it under the lock.
  private func open(_ object: String) -> HDF5Handle? {
    let parts = object.utf8.split(separator: 47)
    guard parts.count <= 32, !object.utf8.contains(0) else { return nil }
    var place = ""
    for part in parts {
      place += "/" + String(decoding: part, as: UTF8.self)
      guard hsdl_link_kind(handle.id, place) == 0 else { return nil }
    }
    return HDF5Handle(H5Oopen(handle.id, place.isEmpty ? "/" : place, 0), H5Oclose)
  }

  private func failure(_ object: String, _ found: String, expected: String? = nil) -> FormatError {
    FormatError(.badData, file: path, found: "\(quoted(object)): \(found)", expected: expected)
  }

  /// The names of what a group holds, sorted; links to other files are left out.
  ///
  /// - Throws: ``FormatError`` when there is no such group, or it cannot be read.
  public func names(in group: String = "/") throws -> [String] {
    try HDF5Library.locked(message) {
      guard let handle = open(group), Self.kind(handle) == .group else {
        throw failure(group, "there is no such group", expected: "a group of the file")
      }
      final class Names { var list: [String] = [] }
      let names = Names()
      let status = withExtendedLifetime(names) {
        hsdl_visit_links(
          handle.id,
          { name, context in
            guard let name, let context else { return -1 }
            let names = Unmanaged<Names>.fromOpaque(context).takeUnretainedValue()
            names.list.append(String(cString: name))
            return names.list.count < 100_000_000 ? 0 : -1
          }, Unmanaged.passUnretained(names).toOpaque())
      }
      guard status >= 0 else { throw failure(group, "its list of names is damaged") }
      return names.list
    }
  }

  /// Opens a dataset.
  ///
  /// - Throws: ``FormatError``: `badData` when there is none, or its description is damaged; `unsupported` when its values
  ///   lie in other files.
  public func dataset(_ name: String) throws -> HDF5Dataset {
    try HDF5Library.locked(message) {
      guard let handle = open(name), Self.kind(handle) == .dataset else {
        throw failure(name, "there is no such dataset", expected: "a dataset of the file")
      }
      return try HDF5Dataset(handle, name: name, path: path, file: self.handle, message: message)
    }
  }

  /// Attributes of a group or dataset, in the order of the names; those that are not there, or cannot be read, are left out.
  ///
  /// They are asked for by name: to list the attributes of a damaged object makes the library (1.10.8) crash.
  ///
  /// - Throws: ``FormatError`` when there is no such object.
  public func attributes(_ names: [String], of object: String) throws -> [(name: String, value: HDF5Value)] {
    try HDF5Library.locked(message) {
      guard let handle = open(object) else { throw failure(object, "there is no such object") }
      return names.compactMap { name in
        guard H5Aexists(handle.id, name) > 0, let attribute = HDF5Handle(H5Aopen(handle.id, name, 0), H5Aclose),
          let value = HDF5Value.read(attribute: attribute)
        else { return nil }
        return (name, value)
      }
    }
  }
}
