public import HSDLCompute

/// A stand-in for a network: P where the vertical component has an impulse, S where the north component has one, a
/// detection from one to the other.
public final class ImpulseNetwork: PickerNetwork {
  /// What it takes and gives.
  public var description: PickerDescription
  /// How many windows there were in each call.
  public private(set) var calls: [Int] = []
  private let limit: Float

  /// Creates a network that fires where a normalised window exceeds `limit`.
  public init(
    length: Int = 200, detects: Bool = false, limit: Float = 6, rate: Double = 100, order: String = "ZNE",
    blind: Int = 0
  ) {
    description = PickerDescription(
      architecture: "impulse", windowLength: length, outputs: detects ? [.detection, .p, .s] : [.noise, .p, .s])
    description.samplingRate = rate
    description.componentOrder = order
    description.blind = blind
    self.limit = limit
  }

  public func probabilities(
    _ windows: UnsafeBufferPointer<Float>, count: Int, into probabilities: UnsafeMutableBufferPointer<Float>
  ) throws {
    calls.append(count)
    let length = description.windowLength
    let order = Array(description.componentOrder)
    probabilities.update(repeating: 0)
    for window in 0..<count {
      func component(_ letter: Character) -> UnsafeBufferPointer<Float> {
        let place = order.firstIndex(of: letter) ?? 0
        let start = (window * 3 + place) * length
        return UnsafeBufferPointer(rebasing: windows[start..<start + length])
      }
      func output(_ place: Int) -> UnsafeMutableBufferPointer<Float> {
        let start = (window * 3 + place) * length
        return UnsafeMutableBufferPointer(rebasing: probabilities[start..<start + length])
      }
      var found: [[Int]] = []
      for (place, letter) in [(1, Character("Z")), (2, "N")] {
        let (samples, curve) = (component(letter), output(place))
        // The highest sample within 15 on either side, so that what a filter makes of an impulse is one.
        let impulses = samples.indices.filter { index in
          samples[index] > limit
            && (max(0, index - 15)..<min(length, index + 16)).allSatisfy {
              samples[$0] < samples[index] || (samples[$0] == samples[index] && $0 >= index)
            }
        }
        found.append(impulses)
        for impulse in impulses {
          for index in max(0, impulse - 10)..<min(length, impulse + 11) {
            curve[index] = max(curve[index], 1 - Float(abs(index - impulse)) / 16)
          }
        }
      }
      if description.outputs[0] == .detection {
        for impulse in found[0] + found[1] {
          for index in max(0, impulse - 15)..<min(length, impulse + 30) { output(0)[index] = 0.9 }
        }
      }
    }
  }
}
