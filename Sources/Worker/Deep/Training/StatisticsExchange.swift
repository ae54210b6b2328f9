import HSDLCompute
package import MPI

/// Adds a network's statistics over the ranks of a communicator.
package final class StatisticsExchange: SumExchange {
  private let communicator: any Communicator
  /// Seconds spent here since ``begin()``.
  package private(set) var seconds = 0.0

  /// Wraps a communicator, which is used for nothing else while a network computes.
  package init(_ communicator: any Communicator) { self.communicator = communicator }

  /// Begins a step.
  package func begin() { seconds = 0 }

  package func sum(_ values: UnsafeMutableBufferPointer<Double>) throws {
    let start = now()
    defer { seconds += now() - start }
    guard communicator.size > 1, let base = values.baseAddress, !values.isEmpty else { return }
    try communicator.allreduceBytes(base, count: values.count, datatype: .float64, operation: .sum)
  }

  package func sum(_ rows: UnsafeMutableBufferPointer<Double>, rowCount: Int) throws {
    guard rowCount > 0 else { return }
    let start = now()
    defer { seconds += now() - start }
    let width = rows.count / rowCount
    var registers = FixedPointSum.registers(rows, rowCount: rowCount)
    if communicator.size > 1 { registers = try communicator.allreduce(registers, .sum) }
    FixedPointSum.values(registers, into: UnsafeMutableBufferPointer(rebasing: rows[..<width]))
  }
}
