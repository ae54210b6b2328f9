/// Makes arrivals of a picker's curves: maxima above the thresholds, paired and thinned.
struct ArrivalExtraction: Sendable {
  /// Detections that go on for longer than this are cut, in s.
  static let longestDetection = 120

  private let settings: PickSettings
  private let pairing: PhasePairing
  private let rate: Int
  private let p: Int
  private let s: Int
  private let detection: Int?

  /// Prepares.
  ///
  /// - Throws: ``ComputeError`` where the picker gives no P or no S.
  init(_ description: PickerDescription, _ settings: PickSettings, rate: Int) throws {
    guard let p = description.outputs.firstIndex(of: .p), let s = description.outputs.firstIndex(of: .s) else {
      throw ComputeError.badModel(
        reason:
          "its outputs are \(description.outputs.map(\.rawValue).joined(separator: ", ")); expected P and S among them")
    }
    self.p = p
    self.s = s
    detection = description.outputs.firstIndex(of: .detection)
    self.settings = settings
    self.rate = rate
    pairing = PhasePairing(settings, rate: rate)
  }

  /// How far from an arrival the curves matter, in s.
  var reach: Double {
    let links = Double(PickTrigger.thinningRounds) * settings.thinning
    let pairs = detection == nil ? 2 * settings.longestSP : 2.5 * Double(Self.longestDetection)
    return pairs + links + 12
  }

  /// The arrivals in curves.
  ///
  /// - Parameters:
  ///   - curves: as the picker gives them, one after another.
  ///   - first: the number of their first sample.
  ///   - isQuiet: whether nothing may be picked at a sample of a number.
  /// - Returns: arrivals by sample; samples by number.
  func arrivals(
    _ curves: [ArraySlice<Float>], first: Int, isQuiet: (_ sample: Int) -> Bool = { _ in false }
  ) -> [PhasePairing.Arrival] {
    func peaks(_ place: Int, _ threshold: Double) -> [PickTrigger.Peak] {
      curves[place].withUnsafeBufferPointer { curve in
        PickTrigger.peaks(curve, threshold: Float(threshold)) { !isQuiet($0 + first) }.map {
          var peak = $0
          peak.sample += first
          return peak
        }
      }
    }
    let p = peaks(self.p, settings.pThreshold)
    let s = peaks(self.s, settings.sThreshold)
    guard let detection else { return pairing.pair(p: p, s: s) }
    let detections = curves[detection].withUnsafeBufferPointer { curve in
      PickTrigger.intervals(
        curve, first: first, threshold: Float(settings.detectionThreshold), shortest: max(rate / 10, 1),
        longest: Self.longestDetection * rate
      ).map {
        PickTrigger.Interval(
          samples: $0.samples.lowerBound + first..<$0.samples.upperBound + first, mean: $0.mean)
      }
    }
    return pairing.pair(p: p, s: s, detections: detections)
  }
}
