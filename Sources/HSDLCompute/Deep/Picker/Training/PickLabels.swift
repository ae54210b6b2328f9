/// What a picker should say of a window with known arrivals: curves that are 1 at an arrival and fall off beside it.
///
/// The curves are those of EQTransformer (Mousavi and others, 2020) and PhaseNet (Zhu and Beroza, 2019). Where arrivals lie
/// near an edge, or outside, the part of the curve within the window counts.
public struct PickLabels: Sendable, Hashable, Codable {
  /// The form of the curve of an arrival.
  public enum Curve: String, Sendable, Codable, CaseIterable {
    /// exp(−x² / 2σ²), cut off at the half width.
    case gaussian
    /// A straight line from 1 to 0 at the half width.
    case triangle
    /// 1 from the half width before to just before the half width behind.
    case box
  }

  /// The form.
  public var curve: Curve
  /// Where it ends on either side, in samples.
  public var halfWidth: Double
  /// The standard deviation of ``Curve/gaussian``, in samples.
  public var deviation: Double

  /// Describes labels.
  ///
  /// - Parameters:
  ///   - curve: the form.
  ///   - halfWidth: in samples; 20 in EQTransformer.
  ///   - deviation: of the Gaussian, in samples; nil for half the half width.
  public init(_ curve: Curve = .gaussian, halfWidth: Double = 20, deviation: Double? = nil) {
    self.curve = curve
    self.halfWidth = halfWidth.isFinite ? max(halfWidth, 0.5) : 20
    self.deviation = deviation ?? self.halfWidth / 2
  }

  /// The curve at a distance from the arrival, in samples.
  public func value(_ distance: Double) -> Double {
    switch curve {
    case .gaussian:
      abs(distance) <= halfWidth ? exponentialFunction(-0.5 * distance * distance / (deviation * deviation)) : 0
    case .triangle: max(0, 1 - abs(distance) / halfWidth)
    case .box: distance >= -halfWidth && distance < halfWidth ? 1 : 0
    }
  }

  /// Raises a curve to what an arrival asks for.
  func raise(_ output: UnsafeMutableBufferPointer<Float>, to arrival: Double?) {
    guard let arrival, arrival.isFinite,
      let range = Self.samples(arrival - halfWidth, arrival + halfWidth, output.count)
    else { return }
    for index in range {
      output[index] = max(output[index], Float(value(Double(index) - arrival)))
    }
  }

  /// The samples of a window from one place to another, both included; nil where there are none.
  static func samples(_ from: Double, _ to: Double, _ count: Int) -> Range<Int>? {
    let first = max(from.rounded(.up), 0)
    let last = min(to.rounded(.down), Double(count - 1))
    guard first <= last else { return nil }
    return Int(first)..<Int(last) + 1
  }

  /// Writes what a picker should say of a window.
  ///
  /// Noise is what P and S leave of 1. Where the curves of P and S add up to more than 1 and noise is wanted too, as with
  /// PhaseNet, whose curves always add up to 1, they are divided by their sum.
  ///
  /// - Parameters:
  ///   - arrivals: those of all events.
  ///   - outputs: the curves, in the order in which they are written.
  ///   - length: samples of the window.
  ///   - targets: room for outputs × length numbers.
  public func write(
    _ arrivals: [PhaseArrivals], outputs: [PickerDescription.Output], length: Int,
    into targets: UnsafeMutableBufferPointer<Float>
  ) {
    guard length > 0, targets.count >= outputs.count * length else { return }
    func part(_ index: Int) -> UnsafeMutableBufferPointer<Float> {
      UnsafeMutableBufferPointer(rebasing: targets[(index * length)..<((index + 1) * length)])
    }
    targets.update(repeating: 0)
    for (index, output) in outputs.enumerated() {
      let curve = part(index)
      for event in arrivals {
        switch output {
        case .p: raise(curve, to: event.p)
        case .s: raise(curve, to: event.s)
        case .detection:
          guard let span = event.detection, let range = Self.samples(span.lowerBound, span.upperBound, length) else {
            continue
          }
          curve[range].update(repeating: 1)
        case .noise: break
        }
      }
    }
    guard let noise = outputs.firstIndex(of: .noise).map(part) else { return }
    let phases = outputs.indices.filter { outputs[$0] == .p || outputs[$0] == .s }.map(part)
    for sample in 0..<length {
      let sum = phases.reduce(Float(0)) { $0 + $1[sample] }
      if sum > 1 { for phase in phases { phase[sample] /= sum } }
      noise[sample] = max(0, 1 - sum)
    }
  }
}
