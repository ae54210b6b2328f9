import CHDF5
import Foundation

/// The HDF5 library as a whole: one lock, since it is not made for threads, and no printing of its own.
enum HDF5Library {
  private static let lock: NSRecursiveLock = {
    H5open()
    // Errors come back as return values; the library's own report of them goes to standard error.
    H5Eset_auto2(0, nil, nil)
    // A file may ask for filters by number; no library is loaded for that.
    H5PLset_loading_state(0)
    HDF5CrashGuard.install()
    return NSRecursiveLock()
  }()

  /// Calls the library; one thread at a time.
  ///
  /// - Parameter message: what is said if the library crashes meanwhile.
  static func locked<Result>(
    _ message: HDF5CrashGuard.Message? = nil, _ body: () throws -> Result
  ) rethrows -> Result {
    lock.lock()
    defer { lock.unlock() }
    return try message == nil ? body() : HDF5CrashGuard.watching(message, body)
  }
}

/// An identifier of the library that is closed with this object.
final class HDF5Handle {
  let id: hid_t
  private let close: (hid_t) -> herr_t

  /// Takes an identifier over; nil where it is not valid.
  init?(_ id: hid_t, _ close: @escaping (hid_t) -> herr_t) {
    guard id >= 0 else { return nil }
    self.id = id
    self.close = close
  }

  deinit { _ = HDF5Library.locked { close(id) } }
}

/// A value of an attribute or a small dataset.
public enum HDF5Value: Hashable, Sendable {
  /// Whole numbers, in the order in which they are stored.
  case integers([Int64])
  /// Numbers with decimals, in the order in which they are stored.
  case reals([Double])
  /// Texts; bytes that are not UTF-8 are replaced.
  case texts([String])

  /// How many values there are.
  public var count: Int {
    switch self {
    case .integers(let values): values.count
    case .reals(let values): values.count
    case .texts(let values): values.count
    }
  }

  /// The value as text when it is one: numbers are written out.
  public var text: String? {
    switch self {
    case .integers(let values): values.count == 1 ? String(values[0]) : nil
    case .reals(let values): values.count == 1 ? String(values[0]) : nil
    case .texts(let values): values.count == 1 ? values[0] : nil
    }
  }

  /// The first number; nil where there is none, or text that is none.
  public var number: Double? { numbers.first }

  /// The numbers, also those that stand in a text.
  ///
  /// `[ 56.8  55.4 ]` and `[[2896.]]` are such texts; for others there are none.
  public var numbers: [Double] {
    switch self {
    case .integers(let values): values.map(Double.init)
    case .reals(let values): values
    case .texts(let values): values.count == 1 ? numbersInBrackets(values[0]) : []
    }
  }
}

/// The numbers of a text such as `700.0`, `[ 56.8  55.4  47.4]`, `[1, 2]` or `[[2896.]]`; empty where it is anything else.
func numbersInBrackets(_ text: String) -> [Double] {
  let words = text.utf8.split { $0 <= 32 || $0 == 91 || $0 == 93 || $0 == 44 || $0 == 40 || $0 == 41 }
  guard words.count <= 1000 else { return [] }
  var numbers: [Double] = []
  for word in words {
    let value = Array(word).withUnsafeBufferPointer { bytes -> Double? in
      // NumPy writes 2896. for a number without decimals.
      if bytes.count > 1, bytes.last == 46 { return parseDecimal(Bytes(rebasing: bytes[..<(bytes.count - 1)])) }
      if bytes.equals("nan") || bytes.equals("NaN") { return .nan }
      return parseDecimal(bytes)
    }
    guard let value else { return [] }
    numbers.append(value)
  }
  return numbers
}
