/// Phase and location formats that are known and not read, told by their first line, so that messages can name them.
enum PhaseFileSignature {
  /// What a file is; nil where it is none of them.
  static func name(of bytes: Bytes) -> String? {
    guard let first = bytes.split(separator: 10, maxSplits: 1, omittingEmptySubsequences: true).first else {
      return nil
    }
    let line = NordicLine(bytes: Bytes(rebasing: first))
    if line.bytes.begins(with: "NLLOC ") { return "a location of NonLinLoc" }
    if line.bytes.begins(with: "EventID,DT,X,Y,Z,COA") { return "an event of QuakeMigrate" }
    if line.bytes.begins(with: "BEGIN ") || line.bytes.begins(with: "DATA_TYPE ") { return "an IMS/GSE bulletin" }
    let words = line.text(1, 200).split(separator: " ")
    if line.column(1) == 35, words.count >= 14, Int(words[1]) != nil { return "a phase file of HypoDD" }
    // HypoInverse's archive and summary begin with the date, its year in four digits or two, and have long lines.
    let digits = line.columns(1, 16)
    let isMonth = [line.integer(5, 6), line.integer(3, 4)].contains { (1...12).contains($0 ?? 0) }
    if line.bytes.count >= 90, isMonth, digits.prefix(8).allSatisfy({ (48...57).contains($0) }),
      digits.allSatisfy({ (48...57).contains($0) || $0 == 32 || $0 == 46 })
    {
      return "an archive or summary of HypoInverse"
    }
    // Station, network, component and the phase in columns 14 and 15, the date in 18 to 29.
    if line.column(15) == 80, line.integer(18, 29) != nil, line.bytes.count >= 34 { return "HypoInverse phases" }
    return nil
  }
}
