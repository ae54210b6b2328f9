public import Foundation
import Testing

/// Real data with answers, kept outside the project; tests that need it are skipped, saying so, where it is absent.
public enum SharedData {
  /// The folder `shared/data` beside the project.
  public static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../shared/data").standardizedFileURL

  /// Whether a folder or file of the data is here.
  public static func has(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
  }

  /// The path of a folder or file of the data.
  public static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
}

/// A folder for the files of one test; gone when the object is.
public final class TemporaryFolder: Sendable {
  /// The folder.
  public let url: URL

  /// Makes a folder.
  public init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The path of a file in the folder.
  public func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Writes a file and returns its path.
  @discardableResult
  public func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

  /// Writes a file, in folders that are made where they are missing, and returns its path.
  @discardableResult
  public func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    if name.contains("/") {
      try FileManager.default.createDirectory(
        at: url.appendingPathComponent(name).deletingLastPathComponent(), withIntermediateDirectories: true)
    }
    // Not Foundation's way of writing, which waits for the disk: some tests write thousands of files.
    unlink(path(name))
    guard let file = fopen(path(name), "w") else { throw CocoaError(.fileWriteUnknown) }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw CocoaError(.fileWriteUnknown) }
    return path(name)
  }

  /// What a file holds.
  public func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: url.appendingPathComponent(name)), as: UTF8.self)
  }

  /// The bytes of a file.
  public func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: url.appendingPathComponent(name)))
  }

  /// The names of the files and folders in the folder or in one of its folders, in order.
  public func names(_ folder: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? url.path : path(folder)).sorted()
  }
}
