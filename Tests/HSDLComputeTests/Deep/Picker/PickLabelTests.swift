import HSDLCompute
import Testing

@Suite("Labels of pickers")
struct PickLabelTests {
  private func curves(
    _ labels: PickLabels, _ arrivals: [PhaseArrivals], _ outputs: [PickerDescription.Output], _ length: Int = 100
  ) -> [[Float]] {
    var targets = [Float](repeating: -1, count: outputs.count * length)
    targets.withUnsafeMutableBufferPointer {
      labels.write(arrivals, outputs: outputs, length: length, into: $0)
    }
    return outputs.indices.map { Array(targets[($0 * length)..<(($0 + 1) * length)]) }
  }

  @Test("closed forms", arguments: PickLabels.Curve.allCases)
  func forms(curve: PickLabels.Curve) {
    let p = curves(PickLabels(curve), [PhaseArrivals(p: 50, s: nil)], [.p])[0]
    for index in p.indices {
      let x = Double(index - 50)
      let expected: Double =
        switch curve {
        case .gaussian: abs(x) <= 20 ? [1, 0.60653066, 0.13533528][min(Int(abs(x) / 10), 2)] : 0
        case .triangle: max(0, 1 - abs(x) / 20)
        case .box: x >= -20 && x < 20 ? 1 : 0
        }
      if curve != .gaussian || Int(abs(x)) % 10 == 0 || abs(x) > 20 { #expect(abs(Double(p[index]) - expected) < 1e-6) }
    }
    #expect(p[50] == 1)
    if curve == .box { #expect(p.reduce(0, +) == 40) }
  }

  @Test("near every edge, and outside, the part within counts", arguments: PickLabels.Curve.allCases)
  func edges(curve: PickLabels.Curve) {
    let labels = PickLabels(curve)
    for arrival in stride(from: -30.5, through: 60.5, by: 0.5) {
      let p = curves(labels, [PhaseArrivals(p: arrival, s: nil)], [.p], 30)[0]
      for index in p.indices { #expect(p[index] == Float(labels.value(Double(index) - arrival))) }
    }
    for odd in [Double.nan, .infinity, -1e300, 1e300] {
      #expect(curves(labels, [PhaseArrivals(p: odd, s: odd)], [.p, .s, .noise], 30)[2].allSatisfy { $0 == 1 })
    }
  }

  @Test("detection lasts from P to S and 0.4 of the time between beyond")
  func detection() {
    let curve = curves(PickLabels(), [PhaseArrivals(p: 20, s: 40)], [.detection])[0]
    #expect(curve.indices.filter { curve[$0] == 1 } == Array(20...48))
    #expect(curve.allSatisfy { $0 == 0 || $0 == 1 })
    let cut = curves(PickLabels(), [PhaseArrivals(p: -10, s: 90)], [.detection])[0]
    #expect(cut.allSatisfy { $0 == 1 })
    let alone = curves(PickLabels(), [PhaseArrivals(p: 20, s: nil)], [.detection])[0]
    #expect(alone.allSatisfy { $0 == 0 })
    let coda = curves(PickLabels(), [PhaseArrivals(p: 20, s: nil, codaEnd: 30)], [.detection])[0]
    #expect(coda.indices.filter { coda[$0] == 1 } == Array(20...30))
  }

  @Test("noise is what P and S leave; the three add up to 1, in any order of outputs")
  func noise() {
    for s in 30...80 {
      let events = [PhaseArrivals(p: 30, s: Double(s)), PhaseArrivals(p: 70, s: 90)]
      let curves = curves(PickLabels(), events, [.noise, .p, .s])
      let other = self.curves(PickLabels(), events, [.s, .noise, .p])
      #expect(curves == [other[1], other[2], other[0]])
      for index in 0..<100 {
        #expect(abs(curves[0][index] + curves[1][index] + curves[2][index] - 1) < 1e-6)
        #expect(curves.allSatisfy { $0[index] >= 0 && $0[index] <= 1 })
      }
    }
  }

  @Test("of curves that overlap the higher one counts")
  func overlap() {
    let p = curves(PickLabels(.triangle), [PhaseArrivals(p: 40, s: nil), PhaseArrivals(p: 50, s: nil)], [.p])[0]
    #expect(p[40] == 1 && p[50] == 1 && p[45] == 0.75)
  }
}
