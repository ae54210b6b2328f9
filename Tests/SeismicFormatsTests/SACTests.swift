import SeismicFormats
import TestSupport
import Testing

/// The bytes of a SAC file.
struct SACBytes {
  var floats = [Float](repeating: -12345, count: 70)
  var words = [Int32](repeating: -12345, count: 40)
  var texts = [String](repeating: "-12345", count: 24)
  var samples: [Float]
  var footer: [Double]?

  init(_ samples: [Float], interval: Float = 0.01) {
    self.samples = samples
    floats[0] = interval
    floats[5] = 0
    words.replaceSubrange(0..<6, with: [2020, 32, 1, 2, 3, 250])
    words[6] = 6
    words[9] = Int32(samples.count)
    words[15] = 1
    words[35] = 1
    texts[0] = "ABC"
    texts[20] = "HHZ"
    texts[21] = "XX"
  }

  func bytes(bigEndian: Bool = false) -> [UInt8] {
    var bytes: [UInt8] = []
    func put(_ value: UInt32) {
      for shift in 0..<4 {
        bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * (bigEndian ? 3 - shift : shift))))
      }
    }
    for value in floats { put(value.bitPattern) }
    for value in words { put(UInt32(bitPattern: value)) }
    for (index, text) in texts.enumerated() where index != 2 {
      // The second text has room for two.
      let width = index == 1 ? 16 : 8
      bytes.append(contentsOf: (Array(text.utf8) + [UInt8](repeating: 32, count: width)).prefix(width))
    }
    bytes.append(contentsOf: [UInt8](repeating: 32, count: 632 - bytes.count))
    for value in samples { put(value.bitPattern) }
    for value in footer ?? [] {
      let parts = [UInt32(truncatingIfNeeded: value.bitPattern), UInt32(truncatingIfNeeded: value.bitPattern >> 32)]
      for part in bigEndian ? parts.reversed() : parts { put(part) }
    }
    return bytes
  }
}

@Suite("SAC")
struct SACTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  func read(_ bytes: [UInt8]) throws -> SACFile { try SACFile(try folder.write("x.sac", bytes)) }

  @Test("both byte orders, every small size", arguments: [false, true])
  func sizes(bigEndian: Bool) throws {
    for count in 0..<20 {
      let samples = (0..<count).map { Float($0) * 1.5 - 3 }
      let file = try read(SACBytes(samples).bytes(bigEndian: bigEndian))
      let trace = try file.trace()
      #expect(trace.samples == .float32(samples))
      #expect(trace.id == StreamID(network: "XX", station: "ABC", channel: "HHZ"))
      #expect(trace.start == UTCTime("2020-02-01T01:02:03.250Z"))
      #expect(trace.samplingRate == 100)
      #expect(file.station == nil)
    }
  }

  @Test("B moves the first sample, coordinates make a station")
  func header() throws {
    var sac = SACBytes([1, 2])
    sac.floats[5] = 0.003664
    sac.floats.replaceSubrange(31..<35, with: [38.5, -22.25, 100, 5])
    sac.floats[57] = 90
    sac.floats[58] = 90
    sac.texts[3] = "01"
    let file = try read(sac.bytes())
    #expect(file.start == UTCTime("2020-02-01T01:02:03.253664Z"))
    let station = try #require(file.station)
    #expect(station.latitude == 38.5 && station.longitude == -22.25 && station.elevation == 100)
    let channel = try #require(station.channels.first)
    #expect(channel.location == "01" && channel.depth == 5 && channel.azimuth == 90 && channel.dip == 0)
  }

  @Test("version 7 has rate, begin and coordinates in double precision")
  func versionSeven() throws {
    var sac = SACBytes([1, 2, 3], interval: 0.004)
    sac.words[6] = 7
    var footer = [Double](repeating: -12345, count: 22)
    footer[0] = 1 / 249.99998
    footer[1] = 1.123456789
    footer[18] = 8.123456789
    footer[19] = 47.987654321
    sac.footer = footer
    for bigEndian in [false, true] {
      let file = try read(sac.bytes(bigEndian: bigEndian))
      #expect(abs(file.samplingRate - 249.99998) < 1e-9)
      #expect(file.start == UTCTime("2020-02-01T01:02:04.373456789Z"))
      #expect(file.station?.latitude == 47.987654321 && file.station?.longitude == 8.123456789)
      #expect(try file.trace().samples == .float32([1, 2, 3]))
    }
  }

  @Test("whole rates come back whole from 24 bits")
  func rates() throws {
    for rate in [1.0, 3, 20, 30, 31.25, 40, 62.5, 99, 100, 120, 125, 250, 300, 500, 1000, 2000, 4000, 0.1, 0.01] {
      let file = try read(SACBytes([0], interval: Float(1 / rate)).bytes())
      #expect(rate == rate.rounded() ? file.samplingRate == rate : abs(file.samplingRate / rate - 1) < 1e-7)
    }
  }

  @Test("what is no evenly spaced series is refused, by what is wrong")
  func refused() throws {
    func kind(_ change: (inout SACBytes) -> Void) -> FormatError.Kind? {
      var sac = SACBytes([1, 2, 3])
      change(&sac)
      do {
        _ = try read(sac.bytes())
        return nil
      } catch {
        return (error as? FormatError)?.kind
      }
    }
    #expect(kind { _ in } == nil)
    #expect(kind { $0.words[35] = 0 } == .unsupported)
    #expect(kind { $0.words[15] = 2 } == .unsupported)
    #expect(kind { $0.words[6] = 5 } == .badData)
    #expect(kind { $0.words[9] = 4 } == .badData)
    #expect(kind { $0.words[9] = 2 } == .badData)
    #expect(kind { $0.words[9] = -1 } == .badData)
    #expect(kind { $0.words[9] = .max } == .badData)
    #expect(kind { $0.words[0] = -12345 } == .badData)
    #expect(kind { $0.words[1] = 400 } == .badData)
    #expect(kind { $0.words[5] = 1000 } == .badData)
    for interval: Float in [0, -1, .nan, .infinity, -12345, .leastNonzeroMagnitude] {
      #expect(kind { $0.floats[0] = interval } == .badData, "\(interval)")
    }
    #expect(kind { $0.floats[5] = 1e30 } == .badData)
    // An unknown begin is the reference time.
    #expect(kind { $0.floats[5] = -12345 } == nil)
  }

  @Test("cut anywhere it is refused, changed anywhere it does no harm")
  func damage() throws {
    let whole = SACBytes([1, 2, 3]).bytes()
    for length in 0..<whole.count { #expect(throws: FormatError.self) { try read(Array(whole[..<length])) } }
    #expect(throws: FormatError.self) { try read(whole + [0]) }
    for index in whole.indices {
      for value: UInt8 in [0, 0x7F, 0x80, 0xFF] {
        var changed = whole
        changed[index] = value
        if let file = try? read(changed) { #expect(try file.trace().count == 3) }
      }
    }
  }

  @Test(
    "files of other programs, as ObsPy reads them",
    .enabled(if: SharedData.has("badfiles/sac"), "the shared data is not here"))
  func published() throws {
    let corinth = "archive/corinth-20100118/2010.01.18-17.03.51/"
    for (name, id, start, rate, count, sum) in [
      (
        corinth + "2010.01.18-17.03.51.AGE.01.EHE.SAC", "CL.AGE.01.EHE", "2010-01-18T17:03:51.003664Z", 250.0, 25000,
        -1709191489.0
      ),
      (
        corinth + "2010.01.18-17.03.51.AIO.00.EHZ.SAC", "CL.AIO.00.EHZ", "2010-01-18T17:03:51.006339Z", 125, 12500,
        -740755176
      ),
      (corinth + "triz_deconv.sac", "CL.TRIZ.00.HHE", "2010-01-18T17:03:51.005Z", 100, 10000, -18408.143197327852),
      ("badfiles/sac/null_terminated.sac", "GD.PIN1..LYE", "2012-05-01T12:00:00Z", 1, 10, -226741),
      ("badfiles/sac/test.sac", ".STA..Q", "1978-07-18T08:00:10Z", 1, 100, 9.169194882474585e-06),
      ("badfiles/sac/test.sac.swap", ".STA..Q", "1978-07-18T08:00:10Z", 1, 100, 9.169194882474585e-06),
    ] {
      let trace = try SACFile(SharedData.path(name)).trace()
      #expect(trace.id.description == id && trace.start == UTCTime(start))
      #expect(trace.samplingRate == rate && trace.count == count)
      #expect(abs(trace.samples.doubles.reduce(0, +) - sum) <= 1e-9 * max(1, abs(sum)), "\(name)")
    }
    #expect(try SACFile(SharedData.path(corinth + "2010.01.18-17.03.51.AGE.01.EHE.SAC")).station?.elevation == -118)
    for name in ["seism-longer.sac", "seism-shorter.sac"] {
      #expect(throws: FormatError.self) { try SACFile(SharedData.path("badfiles/sac/" + name)) }
    }
  }
}
