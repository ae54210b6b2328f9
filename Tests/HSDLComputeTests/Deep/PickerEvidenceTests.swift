import HSDLCompute
import SeismicFormats
import TestSupport
import Testing

/// A picker that takes the square of the vertical for P and that of north for S, each over its largest value.
private final class SquarePicker: PickerNetwork {
  let description: PickerDescription

  init(order: String = "ZNE") {
    var description = PickerDescription(architecture: "phasenet", windowLength: 3001, outputs: [.noise, .p, .s])
    description.componentOrder = order
    self.description = description
  }

  func probabilities(
    _ windows: UnsafeBufferPointer<Float>, count: Int, into probabilities: UnsafeMutableBufferPointer<Float>
  ) throws {
    let length = description.windowLength
    let order = Array(description.componentOrder)
    for (curve, component) in [(1, "Z"), (2, "N")] as [(Int, Character)] {
      let start = (order.firstIndex(of: component) ?? 0) * length
      let largest = windows[start..<start + length].reduce(0) { max($0, $1 * $1) }
      for index in 0..<length {
        let value = windows[start + index]
        probabilities[curve * length + index] = largest > 0 ? value * value / largest : 0
      }
    }
  }
}

@Suite("What a picker says of an event's stations")
struct PickerEvidenceTests {
  /// A record of two minutes with an impulse up at 60 s and one to the north at 66 s.
  private func record(rate: Double) -> StationRecord {
    let count = Int(120 * rate)
    func component(_ time: Double, _ channel: String) -> StationRecord.Component {
      var samples = (0..<count).map { 1e-3 * Double(($0 &* 7919) % 101) }
      samples[Int(time * rate)] += 1000
      return StationRecord.Component(channel: channel, samples: samples)
    }
    return StationRecord(
      station: StationID(network: "XX", code: "A"), start: UTCTime(seconds: 0), samplingRate: rate, count: count,
      vertical: component(60, "HHZ"), north: component(66, "HHN"), east: component(30, "HHE"))
  }

  private func attributes(
    _ network: any PickerNetwork, rate: Double, p: Double?, s: Double?, predictedP: Double = 60, predictedS: Double = 66
  ) throws -> [Float] {
    let extractor = EventWindowExtractor(evidence: try PickerEvidence(network))
    extractor.begin()
    let arrivals = StationArrivals(
      p: p ?? predictedP, s: s ?? predictedS, predictedP: predictedP, predictedS: predictedS, isPPicked: p != nil,
      isSPicked: s != nil, distance: 40, hypocentralDistance: 42, azimuth: 10, backazimuth: 190)
    let site = EventWindowExtractor.Site(elevation: 0, depth: 10)
    #expect(try extractor.add(record(rate: rate), arrivals, site))
    let windows = extractor.finish()
    return [.pickerAtP, .pickerAtS, .pickerNearP, .pickerNearS].map { windows[$0, 0] }
  }

  @Test("answers belong to picks and predictions near them, at any rate", arguments: [100.0, 50, 40, 200])
  func near(rate: Double) throws {
    for order in ["ZNE", "ENZ"] {
      let network = SquarePicker(order: order)
      let all = try attributes(network, rate: rate, p: 60.3, s: 65.8)
      #expect(all.allSatisfy { $0 > 0.99 }, "\(all)")
      // A pick a second off is another one; the prediction still holds.
      let off = try attributes(network, rate: rate, p: 61.2, s: 67, predictedP: 61.5, predictedS: 64.5)
      #expect(off[0] < 0.3 && off[1] < 0.3 && off[2] > 0.99 && off[3] > 0.99, "\(off)")
      let none = try attributes(network, rate: rate, p: nil, s: nil, predictedP: 57, predictedS: 70)
      #expect(none[0] == 0 && none[1] == 0 && none[2] < 0.3 && none[3] < 0.3, "\(none)")
    }
  }

  @Test("what cannot be looked at gives zeros")
  func nothing() throws {
    let network = SquarePicker()
    #expect(try attributes(network, rate: 15, p: 60, s: 66) == [0, 0, 0, 0])
    var description = PickerDescription(architecture: "phasenet", windowLength: 3001, outputs: [.noise, .p])
    description.samplingRate = 100
    let blind = BlindPicker(description: description)
    #expect(throws: ComputeError.self) { try PickerEvidence(blind) }
  }
}

private final class BlindPicker: PickerNetwork {
  let description: PickerDescription
  init(description: PickerDescription) { self.description = description }
  func probabilities(
    _ windows: UnsafeBufferPointer<Float>, count: Int, into probabilities: UnsafeMutableBufferPointer<Float>
  ) throws {}
}
