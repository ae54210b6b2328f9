/// What concerns miniSEED in general: recognising it.
public enum MiniSEED {
  /// Whether a file that begins with these bytes is miniSEED, version 2 or 3, or full SEED.
  ///
  /// Records without data before the first one, such as full SEED's control headers and blank records, are passed over
  /// as far as the bytes reach.
  ///
  /// - Parameter bytes: the first bytes of the file; 48 are enough for most, some thousands for all.
  public static func isMiniSEED(prefix bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var offset = 0
    while offset + 40 <= bytes.count {
      let rest = Bytes(rebasing: bytes[offset...])
      if MiniSEEDHeader.isVersion3(rest) || MiniSEEDHeader.isVersion2(rest) { return true }
      guard MiniSEEDHeader.isBlank(rest) || MiniSEEDHeader.isControl(rest) else { return false }
      // A volume header says so much about itself that nothing else looks like it.
      if offset == 0, MiniSEEDHeader.isControl(rest), rest.begins(with: "000001V") { return true }
      offset += 64
      while offset + 40 <= bytes.count, !MiniSEEDHeader.isStart(Bytes(rebasing: bytes[offset...])) { offset += 64 }
    }
    return false
  }
}
