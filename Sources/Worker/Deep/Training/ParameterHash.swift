package import MPI
import SeismicFormats

/// Hashes numbers by their bits.
package func parameterHash(_ parts: [UnsafeBufferPointer<Float>]) -> UInt64 {
  parts.reduce(0) { hash, part in
    // One multiplication for each float: the bytes one by one would take four times as long.
    var state = hash ^ 0xcbf2_9ce4_8422_2325
    for value in part { state = (state ^ UInt64(value.bitPattern)) &* 0x0000_0100_0000_01b3 }
    return mixed(state)
  }
}

/// Makes sure that all ranks have the same parameters.
///
/// Collective.
///
/// - Throws: ``AgreedFailure`` on all ranks, which names those that are not like most.
package func requireSameParameters(_ hash: UInt64, at moment: String, over communicator: any Communicator) throws {
  let hashes = try communicator.allgather(hash)
  var usual = hashes[0]
  var most = 0
  for candidate in hashes {
    let count = hashes.count { $0 == candidate }
    if count > most { (usual, most) = (candidate, count) }
  }
  let others = hashes.indices.filter { hashes[$0] != usual }
  guard !others.isEmpty else { return }
  let names = others.map(String.init).joined(separator: ", ")
  let values = others.prefix(3).map { hexadecimal(hashes[$0]) }.joined(separator: ", ")
  throw AgreedFailure(
    rank: others[0], exitCode: ExitStatus.internalError.rawValue,
    description:
      "\(moment) the parameters of rank\(others.count == 1 ? "" : "s") \(names) (\(values)) differ from those of the other ranks (\(hexadecimal(usual))); look for faulty memory or different libraries on that node, and go on from the last checkpoint"
  )
}

func hexadecimal(_ value: UInt64) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
