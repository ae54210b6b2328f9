/// A 64-bit hash that is the same in every process, on every machine.
///
/// Swift's own hashes differ from run to run; this one decides shares and seeds, which must not. It is FNV-1a (Fowler,
/// Noll, Vo) with the bits mixed at the end (Stafford, 2011), not made to withstand someone who looks for collisions.
public func stableHash(_ bytes: Bytes, seed: UInt64 = 0) -> UInt64 {
  var hash = stableHashStart ^ seed
  for byte in bytes { hash = (hash ^ UInt64(byte)) &* stableHashFactor }
  return mixed(hash)
}

let stableHashStart: UInt64 = 0xcbf2_9ce4_8422_2325
let stableHashFactor: UInt64 = 0x0000_0100_0000_01b3

/// As ``stableHash(_:seed:)``, of text.
public func stableHash(_ text: String, seed: UInt64 = 0) -> UInt64 {
  var text = text
  return text.withUTF8 { stableHash($0, seed: seed) }
}

/// Spreads the bits of a number, so that numbers near each other get hashes far apart.
@inlinable
public func mixed(_ value: UInt64) -> UInt64 {
  var value = value
  value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
  value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
  return value ^ (value >> 31)
}
