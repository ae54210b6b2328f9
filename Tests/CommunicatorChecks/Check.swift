public import MPI

/// A claim about a communicator that must hold on every rank, for any number of ranks.
public struct Check: Sendable {
  /// What is claimed.
  public var name: String
  /// Throws when the claim does not hold.
  public var body: @Sendable (any Communicator) throws -> Void

  init(_ name: String, _ body: @escaping @Sendable (any Communicator) throws -> Void) {
    self.name = name
    self.body = body
  }
}

/// A claim that did not hold.
public struct CheckFailure: Error, CustomStringConvertible {
  public var description: String
}

func expect(_ condition: Bool, _ what: @autoclosure () -> String, line: Int = #line) throws {
  if !condition { throw CheckFailure(description: "line \(line): \(what())") }
}

func expectEqual<T: Equatable>(_ left: T, _ right: T, line: Int = #line) throws {
  if left != right { throw CheckFailure(description: "line \(line): \(left) is not \(right)") }
}

func expectThrows(_ body: () throws -> Void, line: Int = #line) throws -> any Error {
  do {
    try body()
  } catch {
    return error
  }
  throw CheckFailure(description: "line \(line): nothing was thrown")
}
