/// How the samples of a record are stored (SEED manual 2.4, blockette 1000; FDSN miniSEED 3).
struct MiniSEEDEncoding: Hashable, Sendable {
  /// The number that stands in the record.
  let code: UInt8

  static let text = MiniSEEDEncoding(code: 0)
  static let int16 = MiniSEEDEncoding(code: 1)
  static let int24 = MiniSEEDEncoding(code: 2)
  static let int32 = MiniSEEDEncoding(code: 3)
  static let float32 = MiniSEEDEncoding(code: 4)
  static let float64 = MiniSEEDEncoding(code: 5)
  static let steim1 = MiniSEEDEncoding(code: 10)
  static let steim2 = MiniSEEDEncoding(code: 11)
  static let geoscope24 = MiniSEEDEncoding(code: 12)
  static let geoscope16Exponent3 = MiniSEEDEncoding(code: 13)
  static let geoscope16Exponent4 = MiniSEEDEncoding(code: 14)
  static let cdsn = MiniSEEDEncoding(code: 16)
  static let sro = MiniSEEDEncoding(code: 30)
  static let dwwssn = MiniSEEDEncoding(code: 32)

  /// The type that the samples have when they are read.
  enum Kind: UInt8, Sendable {
    case int32, float32, float64, text
  }

  /// The type that the samples have when they are read; nil for an encoding that is not read here.
  var kind: Kind? {
    switch self {
    case .text: .text
    case .int16, .int24, .int32, .steim1, .steim2, .cdsn, .sro, .dwwssn: .int32
    case .float32, .geoscope24, .geoscope16Exponent3, .geoscope16Exponent4: .float32
    case .float64: .float64
    default: nil
    }
  }

  /// How many samples there can be in so many bytes: what a record may claim at most.
  func capacity(bytes: Int) -> Int {
    switch self {
    case .text: bytes
    case .int16, .geoscope16Exponent3, .geoscope16Exponent4, .cdsn, .sro, .dwwssn: bytes / 2
    case .int24, .geoscope24: bytes / 3
    case .int32, .float32: bytes / 4
    case .float64: bytes / 8
    // Of each frame of 16 words one says how the others are to be read; the first frame has two constants besides.
    case .steim1: Self.differences(words: bytes / 4) * 4
    case .steim2: Self.differences(words: bytes / 4) * 7
    default: 0
    }
  }

  private static func differences(words: Int) -> Int { max(0, words - (words + 15) / 16 - 2) }

  /// What the encoding is called.
  var name: String {
    switch self {
    case .text: "text"
    case .int16: "16-bit integers"
    case .int24: "24-bit integers"
    case .int32: "32-bit integers"
    case .float32: "32-bit floats"
    case .float64: "64-bit floats"
    case .steim1: "Steim1"
    case .steim2: "Steim2"
    case .geoscope24: "GEOSCOPE 24-bit"
    case .geoscope16Exponent3: "GEOSCOPE 16-bit with a 3-bit exponent"
    case .geoscope16Exponent4: "GEOSCOPE 16-bit with a 4-bit exponent"
    case .cdsn: "CDSN 16-bit"
    case .sro: "SRO 16-bit"
    case .dwwssn: "DWWSSN 16-bit"
    case MiniSEEDEncoding(code: 15): "US National Network (15)"
    case MiniSEEDEncoding(code: 17): "Graefenberg 16-bit (17)"
    case MiniSEEDEncoding(code: 18): "IPG Strasbourg 16-bit (18)"
    case MiniSEEDEncoding(code: 19): "Steim3 (19)"
    case MiniSEEDEncoding(code: 31): "HGLP (31)"
    case MiniSEEDEncoding(code: 33): "RSTN 16-bit (33)"
    case MiniSEEDEncoding(code: 100): "opaque data (100)"
    default: "encoding \(code)"
    }
  }
}
