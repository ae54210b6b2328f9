import Foundation
import HSDLCompute
import SeismicFormats
import Worker

/// Prints pages with GMT 6 (modern mode) and Ghostscript, in a folder of its own that is removed afterwards.
///
/// Nothing of the user's GMT settings or history counts, and nothing is left in them. The same page gives the same bytes.
struct GMTPress {
  let installation: GMTInstallation
  /// How long a program may take, in seconds.
  var timeLimit = 120.0

  /// A printed page.
  struct Print {
    var png: Data
    var pdf: Data
    /// What could not be drawn, though the rest was.
    var remarks: [String]
  }

  /// Prints a page.
  ///
  /// - Throws: ``JobError`` when a program fails; ``FormatError`` when the temporary folder cannot be used.
  func print(_ page: Page) throws -> Print {
    let folder = try Self.makeTemporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let gmt = ExternalProgram(
      path: installation.gmt, folder: folder, environment: Self.environment(folder), timeLimit: timeLimit)
    let ghostscript = ExternalProgram(
      path: installation.ghostscript, folder: folder, environment: Self.environment(folder), timeLimit: timeLimit)
    var remarks: [String] = []
    try write(
      """
      #
      # GMT 6.0.0 Defaults file
      PS_CHAR_ENCODING = ISOLatin1+
      PROJ_LENGTH_UNIT = cm
      PROJ_ELLIPSOID = Sphere

      """, "\(folder)/gmt.conf")
    try gmt.run(["begin", "page", "ps"], log: "begin.log")
    // The whole page, not what GMT thinks is on it.
    let points = (width: Int((Page.width * 72 / 2.54).rounded()), height: Int((page.height * 72 / 2.54).rounded()))
    let media = "--PS_MEDIA=\(points.width)px\(points.height)p"
    for (number, coast) in page.coasts.enumerated() {
      do {
        try gmt.run(coastArguments(coast) + [media], log: "coast-\(number).log")
      } catch {
        // Coasts are a package of their own; a map without them is better than none.
        remarks.append("maps have no coasts (\(error)); apt install gmt-gshhg-low")
      }
    }
    let paper = [
      "-R0/\(fixed(Page.width, decimals: 4))/0/\(fixed(page.height, decimals: 4))", "-Jx1c", "-Xf0c", "-Yf0c", media,
    ]
    for (name, text) in [("fills", GMTFiles.fills(page)), ("lines", GMTFiles.lines(page))] where !text.isEmpty {
      try write(text, "\(folder)/\(name).txt")
      try gmt.run(["plot", "\(name).txt"] + paper, log: "\(name).log")
    }
    if !page.symbols.isEmpty {
      try write(GMTFiles.symbols(page), "\(folder)/symbols.txt")
      try gmt.run(["plot", "symbols.txt", "-S", "-N"] + paper, log: "symbols.log")
    }
    let plates = GMTFiles.plates(page)
    if !plates.isEmpty {
      try write(plates, "\(folder)/plates.txt")
      try gmt.run(["plot", "plates.txt"] + paper, log: "plates.log")
    }
    if !page.words.isEmpty {
      try write(GMTFiles.words(page), "\(folder)/words.txt")
      try gmt.run(["text", "words.txt", "-F+f+a+j", "-N"] + paper, log: "words.log")
    }
    try gmt.run(["end"], log: "end.log")
    try setTitle(page.title, "\(folder)/page.ps")
    let common = [
      "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-dDEVICEWIDTHPOINTS=\(points.width)",
      "-dDEVICEHEIGHTPOINTS=\(points.height)", "-dFIXEDMEDIA",
    ]
    try ghostscript.run(
      common + [
        "-sDEVICE=png16m", "-r\(Page.resolution)", "-dTextAlphaBits=4", "-dGraphicsAlphaBits=4",
        "-sOutputFile=page.png", "page.ps",
      ], log: "png.log")
    try ghostscript.run(
      common + ["-sDEVICE=pdfwrite", "-dAutoRotatePages=/None", "-sOutputFile=page.pdf", "page.ps"], log: "pdf.log")
    return Print(
      png: try read("\(folder)/page.png"), pdf: Self.timeless(try read("\(folder)/page.pdf")), remarks: remarks)
  }

  private func coastArguments(_ coast: Page.Coast) -> [String] {
    let (region, frame) = (coast.region, coast.frame)
    func number(_ value: Double) -> String { fixed(value, decimals: 6) }
    let projection =
      region.isMercator
      ? "-JM\(fixed(frame.width, decimals: 4))c"
      : "-JX\(fixed(frame.width, decimals: 4))cd/\(fixed(frame.height, decimals: 4))cd"
    return [
      "coast", "-R\(number(region.west))/\(number(region.east))/\(number(region.south))/\(number(region.north))",
      projection, "-Da", "-G238/236/228", "-S222/235/245", "-W0.4p,90/90/90", "-N1/0.4p,140/140/140",
      "-N2/0.25p,180/180/180", "-A0/0/1", "-Xf\(fixed(frame.x, decimals: 4))c", "-Yf\(fixed(frame.y, decimals: 4))c",
    ]
  }

  /// The environment of both programs: this one's, without what belongs to other sessions of GMT, and with a home of their own.
  private static func environment(_ folder: String) -> [String: String] {
    var environment = ProcessInfo.processInfo.environment
    for name in environment.keys
    where name.hasPrefix("PMI") || ["GMT_USERDIR", "GMT_TMPDIR", "GMT_CACHEDIR", "GMT_COMPATIBILITY"].contains(name) {
      environment[name] = nil
    }
    environment["GMT_USERDIR"] = "\(folder)/user"
    environment["GMT_TMPDIR"] = folder
    environment["TMPDIR"] = folder
    environment["TEMP"] = folder
    environment["HOME"] = folder
    environment["GMT_SESSION_NAME"] = "figure"
    environment["LC_ALL"] = "C"
    environment["TZ"] = "UTC"
    environment["OMP_NUM_THREADS"] = "1"
    environment["SOURCE_DATE_EPOCH"] = "0"
    return environment
  }

  /// A new folder; in the system's own where the user's has a name that the programs' own shells would misread.
  private static func makeTemporaryFolder() throws -> String {
    let wanted = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    let isPlain = wanted.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-+".contains($0)) }
    for parent in [isPlain ? wanted : "/tmp", "/tmp"] {
      var template = Array("\(parent)/hsdl-mpi-figure-XXXXXX".utf8CString)
      guard let made = mkdtemp(&template) else { continue }
      let folder = String(cString: made)
      if mkdir("\(folder)/user", 0o700) == 0 { return folder }
    }
    throw FormatError(
      .cannotCreate, file: wanted, found: "no temporary folder can be made (\(String(cString: strerror(errno))))",
      remedy: "set TMPDIR to a folder that can be written")
  }

  private func write(_ text: String, _ path: String) throws {
    let file = try FileOutput(path, isDurable: false)
    try file.write(text)
    try file.commit()
  }

  private func read(_ path: String) throws -> Data {
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw JobError(.unavailable, "GMT and Ghostscript ended without complaint, but \(path) is not there")
    }
  }

  /// Gives a PostScript file its title, which Ghostscript hands on to the PDF.
  private func setTitle(_ title: String, _ path: String) throws {
    var data = try read(path)
    guard
      let begin = data.range(
        of: Data("%%Title:".utf8), in: data.startIndex..<min(data.endIndex, data.startIndex + 4096)),
      let end = data.range(of: Data("\n".utf8), in: begin.upperBound..<data.endIndex)
    else { return }
    let plain = String(
      title.unicodeScalars.map {
        $0.isASCII && $0.value >= 32 && $0.value < 127 && !"()\\%<>".unicodeScalars.contains($0) ? Character($0) : " "
      })
    data.replaceSubrange(begin.upperBound..<end.lowerBound, with: Data(" \(plain.prefix(200))".utf8))
    try data.write(to: URL(fileURLWithPath: path))
  }

  /// A PDF without what differs from one run to the next: times and identifiers, which are replaced by as many zeros.
  static func timeless(_ data: Data) -> Data {
    var bytes = [UInt8](data)
    func replace(after mark: String, until ends: Set<UInt8>, atMost: Int, _ isReplaced: (UInt8) -> Bool) {
      let pattern = Array(mark.utf8)
      var place = 0
      while place + pattern.count < bytes.count {
        guard bytes[place] == pattern[0], bytes[place..<place + pattern.count].elementsEqual(pattern) else {
          place += 1
          continue
        }
        place += pattern.count
        let limit = min(bytes.count, place + atMost)
        while place < limit, !ends.contains(bytes[place]) {
          if isReplaced(bytes[place]) { bytes[place] = UInt8(ascii: "0") }
          place += 1
        }
      }
    }
    let isDigit = { (byte: UInt8) in (48...57).contains(byte) }
    let isHexadecimal = { (byte: UInt8) in
      (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
    }
    for mark in ["/CreationDate(D:", "/ModDate(D:"] {
      replace(after: mark, until: [UInt8(ascii: ")")], atMost: 40, isDigit)
    }
    for mark in ["<xmp:ModifyDate>", "<xmp:CreateDate>"] {
      replace(after: mark, until: [UInt8(ascii: "<")], atMost: 40, isDigit)
    }
    replace(after: "DocumentID='uuid:", until: [UInt8(ascii: "'")], atMost: 60, isHexadecimal)
    replace(after: "/ID [<", until: [UInt8(ascii: "]")], atMost: 80, isHexadecimal)
    replace(after: "/ID[<", until: [UInt8(ascii: "]")], atMost: 80, isHexadecimal)
    return Data(bytes)
  }
}
