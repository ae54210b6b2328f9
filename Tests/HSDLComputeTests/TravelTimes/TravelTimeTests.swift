import Foundation
import HSDLCompute
import SeismicFormats
import TestSupport
import Testing

@Suite("Travel times")
struct TravelTimeTests {
  static func model(
    _ name: String, _ nodes: [(Double, Double, Double)], _ interpolation: VelocityModel.Interpolation = .linear
  ) -> VelocityModel {
    VelocityModel(
      name: name, nodes: nodes.map { VelocityModel.Node(depth: $0.0, p: $0.1, s: $0.2) }, interpolation: interpolation)
  }

  static let models = [
    VelocityModel.iasp91,
    // Strong gradients near the surface, as in Oklahoma.
    model(
      "basin",
      [
        (0, 2.7, 1.56), (0.3, 2.95, 1.71), (1, 4.15, 2.4), (1.5, 5.8, 3.35), (8, 6.27, 3.62), (42, 6.64, 3.84),
        (42, 7.9, 4.57), (80, 8.5, 4.91),
      ]),
    model("volcano", [(-3, 1.5, 0.84), (1, 4, 2.25), (3, 5.2, 2.9), (6, 6.4, 3.6), (13, 7, 3.95), (42, 7.4, 4.16)]),
    model("layers", [(-3, 1.5, 0.84), (1, 4, 2.25), (3, 5.2, 2.9), (6, 6.4, 3.6), (13, 7, 3.95)], .layers),
    model(
      "low velocity",
      [(0, 5, 3), (5, 6, 3.5), (10, 6.5, 3.7), (10, 5.5, 3.2), (15, 5.7, 3.3), (15, 6.8, 3.9), (30, 8, 4.5)]),
    model("half space", [(0, 6, 3.5)], .layers),
  ]

  /// Tables of all models, made once.
  static let tables = Result { try models.map { try TravelTimes(model: $0) } }

  private func tables(_ model: VelocityModel) throws -> TravelTimes {
    try #require(try Self.tables.get().first { $0.model == model })
  }

  private func flat(
    _ nodes: [(Double, Double, Double)], _ interpolation: VelocityModel.Interpolation
  ) throws
    -> RayTracing
  {
    RayTracing(try LayerStack(Self.model("flat", nodes, interpolation), .p, shape: .flat, bottom: 200))
  }

  @Test("a half-space has straight rays")
  func halfSpace() throws {
    let tracing = try flat([(0, 6, 3)], .layers)
    for (x, z, receiver) in [(0.0, 5.0, 0.0), (10, 0, 0), (30, 8, -2), (0.001, 12, 0), (150, 0.01, 1), (7, 3, 3)] {
      let arrival = try #require(tracing.firstArrival(distance: x, depth: z, receiverDepth: receiver))
      #expect(abs(arrival.time - hypot(x, z - receiver) / 6) < 1e-9)
      if x > 0 { #expect(abs(arrival.slowness - x / hypot(x, z - receiver) / 6) < 1e-6) }
    }
  }

  @Test("a layer over a half-space: direct wave, head wave, and where one overtakes the other")
  func layerOverHalfSpace() throws {
    let (v1, v2, h) = (5.0, 8.0, 30.0)
    let tracing = try flat([(0, v1, 3), (h, v2, 4.5)], .layers)
    for z in [0.0, 1, 10, 29.9] {
      let critical = (2 * h - z) * v1 / (v2 * v2 - v1 * v1).squareRoot()
      let intercept = (2 * h - z) * (1 / (v1 * v1) - 1 / (v2 * v2)).squareRoot()
      for x in stride(from: 0.0, through: 300, by: 7.3) {
        var expected = hypot(x, z) / v1
        if x >= critical { expected = min(expected, x / v2 + intercept) }
        let arrival = try #require(tracing.firstArrival(distance: x, depth: z))
        #expect(abs(arrival.time - expected) < 1e-8, "at \(x) km from \(z) km")
      }
    }
    let crossing = 2 * h * ((v2 + v1) / (v2 - v1)).squareRoot()
    let before = try #require(tracing.firstArrival(distance: crossing - 0.01, depth: 0))
    let after = try #require(tracing.firstArrival(distance: crossing + 0.01, depth: 0))
    #expect(abs(before.slowness - 1 / v1) < 1e-9)
    #expect(abs(after.slowness - 1 / v2) < 1e-9)
  }

  @Test("a source below the layer")
  func belowTheLayer() throws {
    let tracing = try flat([(0, 5, 3), (10, 8, 4.5)], .layers)
    // By Snell's law: the ray of a given slowness, and where it comes up.
    for p in [0.0, 0.02, 0.08, 0.12, 0.1245] {
      let (w1, w2) = ((1 - 25 * p * p).squareRoot(), (1 - 64 * p * p).squareRoot())
      let x = 10 * 5 * p / w1 + 15 * 8 * p / w2
      let time = 10 / (5 * w1) + 15 / (8 * w2)
      let arrival = try #require(tracing.firstArrival(distance: x, depth: 25))
      #expect(abs(arrival.time - time) < 1e-9)
      #expect(abs(arrival.slowness - p) < 1e-6)
    }
  }

  @Test("a gradient: rays are circles")
  func gradient() throws {
    let (v0, g) = (4.0, 0.04)
    let tracing = try flat([(0, v0, 2), (200, v0 + 200 * g, 4)], .linear)
    for z in [0.0, 0.5, 7, 40] {
      for x in [0.0, 0.3, 5, 40, 120, 250] {
        let v = v0 + g * z
        let expected = acosh(1 + g * g * (x * x + z * z) / (2 * v0 * v)) / g
        let arrival = try #require(tracing.firstArrival(distance: x, depth: z))
        #expect(abs(arrival.time - expected) < 1e-7, "at \(x) km from \(z) km")
      }
    }
  }

  @Test("a low-velocity layer: its shadow is reached along its top")
  func lowVelocity() throws {
    let tracing = try flat([(0, 6, 3), (10, 4, 2), (50, 4.5, 2.5)], .layers)
    let arrival = try #require(tracing.firstArrival(distance: 60, depth: 12))
    // From within, up to the faster layer above: by Snell's law.
    func distance(_ p: Double) -> Double {
      10 * 6 * p / (1 - 36 * p * p).squareRoot() + 2 * 4 * p / (1 - 16 * p * p).squareRoot()
    }
    #expect(abs(distance(arrival.slowness) - 60) < 1e-5)
    #expect(!arrival.goesDown)
  }

  @Test("both ways take the same time")
  func reciprocity() throws {
    for model in Self.models {
      let tracing = RayTracing(try LayerStack(model, .p, bottom: 300))
      for (x, a, b) in [(3.0, 0.2, 12.0), (80, 0, 31), (250, 35, 2), (40, 11, 14), (1, -1, 2)] {
        let there = try #require(tracing.firstArrival(distance: x, depth: a, receiverDepth: b))
        let back = try #require(tracing.firstArrival(distance: x, depth: b, receiverDepth: a))
        #expect(there == back)
      }
    }
  }

  /// Random places: everywhere, near the epicentre, near boundaries of layers, on a logarithmic scale.
  private func places(_ model: VelocityModel, count: Int, _ random: inout SplitMix64) -> [(x: Double, z: Double)] {
    (0..<count).map { k in
      let x = [400 * random.uniform(), 20 * random.uniform(), 0.01 * pow(40_000, random.uniform())][k % 3]
      let depth = model.nodes[Int(random.uniform() * Double(model.nodes.count))].depth
      let z = [
        100 * random.uniform(), 15 * random.uniform(), min(100, max(0, depth + 0.6 * random.uniform() - 0.3)),
        0.01 * pow(5000, random.uniform()),
      ][k % 4]
      return (x, z)
    }
  }

  @Test(
    "tables are within 5 ms of traced rays at sea level, and slownesses near theirs", arguments: models, Wave.allCases)
  func tables(model: VelocityModel, wave: Wave) throws {
    let times = try tables(model)
    let tracing = RayTracing(try LayerStack(model, wave, bottom: 350))
    var random = SplitMix64(seed: 5)
    var (worst, worstPlace) = (0.0, (x: 0.0, z: 0.0))
    var slownesses: [Double] = []
    for place in places(model, count: 240, &random) {
      let time = times.time(wave, distance: place.x, depth: place.z)
      let exact = try #require(tracing.firstArrival(distance: place.x, depth: place.z))
      let miss = abs(time - exact.time)
      if !(miss <= worst) { (worst, worstPlace) = (miss, place) }
      slownesses.append(abs(times.slowness(wave, distance: place.x, depth: place.z) - exact.slowness))
    }
    #expect(worst < 0.005, "at \(worstPlace)")
    slownesses.sort()
    #expect(slownesses[slownesses.count * 99 / 100] < 0.003)
  }

  @Test("tables are within 5 ms for stations on hills, and sources above sea level", arguments: models, Wave.allCases)
  func elevations(model: VelocityModel, wave: Wave) throws {
    let times = try tables(model)
    let tracing = RayTracing(try LayerStack(model, wave, bottom: 350))
    var random = SplitMix64(seed: 6)
    var (worst, worstPlace) = (0.0, (x: 0.0, z: 0.0, e: 0.0))
    for (index, place) in places(model, count: 120, &random).enumerated() {
      let elevation = 4000 * random.uniform()
      let depth = index % 8 == 0 ? -3 * random.uniform() : place.z
      let time = times.time(wave, distance: place.x, depth: depth, elevation: elevation)
      let exact = try #require(
        tracing.firstArrival(distance: place.x, depth: depth, receiverDepth: -elevation / 1000))
      let miss = abs(time - exact.time)
      if !(miss <= worst) { (worst, worstPlace) = (miss, (place.x, depth, elevation)) }
    }
    #expect(worst < 0.005, "at \(worstPlace)")
  }

  @Test("tables are near for stations below sea level", arguments: models, Wave.allCases)
  func boreholes(model: VelocityModel, wave: Wave) throws {
    let times = try tables(model)
    let tracing = RayTracing(try LayerStack(model, wave, bottom: 350))
    var random = SplitMix64(seed: 7)
    var misses: [Double] = []
    for place in places(model, count: 120, &random) {
      let elevation = -2000 * random.uniform()
      let exact = try #require(
        tracing.firstArrival(distance: place.x, depth: place.z, receiverDepth: -elevation / 1000))
      misses.append(abs(times.time(wave, distance: place.x, depth: place.z, elevation: elevation) - exact.time))
    }
    misses.sort()
    // Where one wave overtakes another it may be some 30 ms.
    #expect(misses[misses.count * 98 / 100] < 0.005)
    #expect(misses[misses.count - 1] < 0.04)
  }

  @Test("times grow with distance", arguments: models)
  func monotony(model: VelocityModel) throws {
    let times = try tables(model)
    for (depth, elevation) in [(0.0, 0.0), (0.5, 0), (9.7, 0), (10, 1200), (34.9, 0), (80, 0), (12, -900)] {
      var previous = -1.0
      for number in 0...1600 {
        let time = times.time(.s, distance: 0.25 * Double(number), depth: depth, elevation: elevation)
        #expect(time > previous)
        previous = time
      }
    }
  }

  @Test("outside the table there is no time")
  func outside() throws {
    let times = try TravelTimes(model: .iasp91, maximumDistance: 50, maximumDepth: 20)
    for (x, z, e) in [
      (-1.0, 5.0, 0.0), (50.1, 5, 0), (5, 20.1, 0), (.nan, 5, 0), (5, .nan, 0), (5, 5, .nan), (5, 5, 20_000),
      (5, -20, 0), (.infinity, 5, 0), (5, 5, -30_000), (5, 5, -.infinity),
    ] {
      #expect(times.time(.p, distance: x, depth: z, elevation: e).isNaN, "\(x), \(z), \(e)")
      #expect(times.slowness(.p, distance: x, depth: z, elevation: e).isNaN, "\(x), \(z), \(e)")
    }
    #expect(times.time(.p, distance: 50, depth: 20).isFinite)
    #expect(times.time(.p, distance: 0, depth: 0) == 0)
    #expect(times.time(.p, distance: 0, depth: 0, elevation: 580) > 0.0999)
  }

  @Test("models that cannot be used are refused")
  func badModels() {
    for nodes in [
      [], [(0.0, 0.0, 0.0)], [(0, 6, 0)], [(0, -6, 3)], [(5, 6, 3), (4, 6, 3)], [(0, .nan, 3)], [(.nan, 6, 3)],
    ] {
      #expect(throws: ComputeError.self) { _ = try TravelTimes(model: Self.model("bad", nodes)) }
    }
    for (distance, depth) in [(0.0, 10.0), (.nan, 10), (100, 0), (100, 7000), (.infinity, 10), (100, .nan)] {
      #expect(throws: ComputeError.self) {
        _ = try TravelTimes(model: .iasp91, maximumDistance: distance, maximumDepth: depth)
      }
    }
  }

  @Test("S under water goes on in the rock's velocity, and ends at liquids below")
  func liquids() throws {
    let model = Self.model("sea", [(0, 1.5, 0), (3, 1.5, 0), (3, 5, 2.9), (60, 8, 4.5), (60, 8, 0)])
    let times = try TravelTimes(model: model, maximumDepth: 50)
    #expect(times.time(.s, distance: 0, depth: 3).isFinite)
    #expect(throws: ComputeError.self) { _ = try TravelTimes(model: model, maximumDepth: 80) }
  }

  @Test("tables are small and quickly made")
  func size() throws {
    let times = try tables(Self.models[1])
    #expect(times.byteCount < 30_000_000)
  }

  // ObsPy 1.5's TauP: degrees, km, first of p P Pn Pg, first of s S Sn Sg.
  static let taup: [(degrees: Double, depth: Double, p: Double, s: Double)] = [
    (1.0, 300.0, 40.344, 72.733), (2.0, 300.0, 46.730, 84.297), (3.5, 300.0, 60.803, 109.829),
    (5.0, 300.0, 77.477, 140.158), (7.0, 300.0, 101.317, 183.688), (10.0, 300.0, 138.064, 251.252),
  ]

  @Test("IASP91 as ObsPy's TauP has it, to 0.1 s up to 10 degrees")
  func taup() throws {
    let times = try TravelTimes(model: .iasp91, maximumDistance: 1200, maximumDepth: 320)
    let tracing = try Wave.allCases.map { RayTracing(try LayerStack(.iasp91, $0, bottom: 900)) }
    for row in Self.taup {
      let distance = row.degrees * 6371 * Double.pi / 180
      for (wave, expected, tracing) in [(Wave.p, row.p, tracing[0]), (.s, row.s, tracing[1])] {
        let exact = try #require(tracing.firstArrival(distance: distance, depth: row.depth))
        #expect(abs(exact.time - expected) < 0.1, "\(wave) at \(row.degrees)° from \(row.depth) km: \(exact.time)")
        #expect(abs(times.time(wave, distance: distance, depth: row.depth) - exact.time) < 0.005)
      }
    }
  }

  @Test("REAL's table of central Italy, made with TauP", .enabled(if: SharedData.has("real_demo/ttdb.txt")))
  func realTable() throws {
    let model = try VelocityModel.open(SharedData.path("real_demo/itvel.nd"))
    let times = try TravelTimes(model: model, maximumDistance: 170, maximumDepth: 25)
    let text = try String(contentsOfFile: SharedData.path("real_demo/ttdb.txt"), encoding: .utf8)
    var differences: [[Double]] = [[], []]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").compactMap { Double($0) }
      guard words.count >= 4 else { continue }
      let distance = words[0] * 6371 * Double.pi / 180
      differences[0].append(times.time(.p, distance: distance, depth: words[1]) - words[2])
      differences[1].append(times.time(.s, distance: distance, depth: words[1]) - words[3])
    }
    #expect(differences[0].count == 2940)
    for wave in differences {
      #expect(wave.allSatisfy { abs($0) < 0.05 }, "\(wave.min() ?? 0) ... \(wave.max() ?? 0)")
    }
  }
}
