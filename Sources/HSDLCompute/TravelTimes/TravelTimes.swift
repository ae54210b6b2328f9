public import SeismicFormats

/// Tables of the times of the first P and the first S arrival in a layered Earth.
///
/// A receiver at sea level is tabulated for sources at all depths and distances (see ``RayTracing`` for what a first
/// arrival is); receivers at other heights are reached by going on along the ray. Against rays traced exactly the times
/// are within 5 ms, for receivers below sea level within 40 ms where one wave overtakes another. Times agree with those of a spherical Earth, for layers are
/// flattened (``LayerStack``). Two tables of the default size take about 10 MB and a fraction of a second to make.
public struct TravelTimes: Sendable {
  /// The Earth model.
  public let model: VelocityModel
  /// The greatest distance, in km at sea level.
  public let maximumDistance: Double
  /// The greatest depth of sources, in km below sea level.
  public let maximumDepth: Double

  private let tracing: [RayTracing]
  private let tables: [TravelTimeTable]

  /// How much further than the greatest distance the tables reach, in km: rays to receivers below sea level would come up
  /// further away.
  private static let margin = 30.0

  /// Tabulates.
  ///
  /// - Parameters:
  ///   - model: the Earth model.
  ///   - maximumDistance: in km, 1 ... 10000.
  ///   - maximumDepth: of sources, in km, 0.5 ... 800.
  ///   - shape: spherical but for tests.
  /// - Throws: ``ComputeError`` with `badEarthModel`.
  public init(
    model: VelocityModel, maximumDistance: Double = 400, maximumDepth: Double = 100, shape: EarthShape = .spherical
  ) throws {
    guard maximumDistance >= 1, maximumDistance <= 10000, maximumDepth >= 0.5, maximumDepth <= 800 else {
      throw ComputeError.badEarthModel(
        reason: "distances go from 1 to 10000 km, depths from 0.5 to 800 km; not \(maximumDistance) and "
          + "\(maximumDepth) km")
    }
    self.model = model
    self.maximumDistance = maximumDistance
    self.maximumDepth = maximumDepth
    // A way that goes down by more than half the distance is overtaken by others.
    let bottom = min(6000, maximumDepth + maximumDistance / 2 + 50)
    let stacks = try Wave.allCases.map { try LayerStack(model, $0, shape: shape, bottom: bottom) }
    for (stack, wave) in zip(stacks, Wave.allCases) where stack.bottom < maximumDepth {
      throw ComputeError.badEarthModel(reason: "\(wave) waves end at \(stack.bottom) km")
    }
    tracing = stacks.map(RayTracing.init)
    tables = stacks.map { stack in
      let grid = TravelTimeGrid(stack, maximumDistance: maximumDistance + Self.margin, maximumDepth: maximumDepth)
      return TravelTimeTable(stack, grid: grid)
    }
  }

  /// How many bytes the tables take.
  public var byteCount: Int { tables.reduce(0) { $0 + $1.byteCount } }

  /// The time of the first arrival, in s.
  ///
  /// - Parameters:
  ///   - distance: between epicentre and receiver, in km at sea level.
  ///   - depth: of the source, in km below sea level; negative above it.
  ///   - elevation: of the receiver, in m above sea level.
  /// - Returns: NaN outside the table, and for sources or receivers more than 12 km above sea level.
  @inline(__always)
  public func time(_ wave: Wave, distance: Double, depth: Double, elevation: Double = 0) -> Double {
    guard distance >= 0, distance <= maximumDistance, depth <= maximumDepth else { return .nan }
    if elevation == 0, depth >= 0 {
      let (direct, turning) = tables[wave == .p ? 0 : 1].branches(distance: distance, depth: depth)
      return min(direct.time, turning.time)
    }
    return timeAside(wave, distance: distance, depth: depth, elevation: elevation).time
  }

  /// The horizontal slowness at which the first arrival comes in, in s/km: the slope of its time by distance.
  ///
  /// - Parameters:
  ///   - distance: between epicentre and receiver, in km at sea level.
  ///   - depth: of the source, in km below sea level; negative above it.
  ///   - elevation: of the receiver, in m above sea level.
  /// - Returns: NaN where ``time(_:distance:depth:elevation:)`` is.
  public func slowness(_ wave: Wave, distance: Double, depth: Double, elevation: Double = 0) -> Double {
    guard distance >= 0, distance <= maximumDistance, depth <= maximumDepth else { return .nan }
    if elevation == 0, depth >= 0 {
      let (direct, turning) = tables[wave == .p ? 0 : 1].branches(distance: distance, depth: depth)
      return direct.time <= turning.time ? direct.slowness : turning.slowness
    }
    return timeAside(wave, distance: distance, depth: depth, elevation: elevation).slowness
  }

  /// The first arrival where source or receiver is off the table's sea level.
  ///
  /// What is stationary in p along the ray to sea level stays so to first order when the ray is prolonged, so the point
  /// where it crosses sea level need not be known well.
  @inline(never)
  private func timeAside(_ wave: Wave, distance: Double, depth: Double, elevation: Double) -> TravelTimeTable.Branch {
    let tracing = tracing[wave == .p ? 0 : 1]
    let table = tables[wave == .p ? 0 : 1]
    let receiver = -elevation / 1000
    let shallow = min(depth, receiver)
    let deep = max(depth, receiver)
    guard elevation.isFinite, shallow >= -LayerStack.ceiling, deep <= maximumDepth else {
      return TravelTimeTable.Branch(time: .nan, slowness: .nan)
    }
    if deep < 0 {
      // Between two places above sea level rays may turn in the rock there: rare enough to trace them.
      let arrival = tracing.firstArrival(distance: distance, depth: depth, receiverDepth: receiver)
      return TravelTimeTable.Branch(time: arrival?.time ?? .nan, slowness: arrival?.slowness ?? .nan)
    }

    // The time is the same both ways, so the deeper end is the table's source.
    let best = prolongedTurning(tracing, table, distance: distance, deep: deep, shallow: shallow)
    let direct = prolonged(tracing, table, distance: distance, deep: deep, shallow: shallow)
    return direct.time <= best.time ? direct : best
  }

  /// The wave that goes down first between two depths of which one at least is not sea level.
  private func prolongedTurning(
    _ tracing: RayTracing, _ table: TravelTimeTable, distance: Double, deep: Double, shallow: Double
  ) -> TravelTimeTable.Branch {
    var best = TravelTimeTable.Branch(time: .infinity, slowness: 0)
    let tolerance = 0.02 + 0.002 * distance
    let depth = max(deep, 0)
    let height = shallow + min(deep, 0)
    // From two sides, for near a distance where one wave overtakes another both may come up at the right place.
    for start in [distance, distance + 3 * height] {
      var place = max(0, start)
      for _ in 0..<6 {
        guard place <= maximumDistance + Self.margin else { break }
        let turning = table.branches(distance: place, depth: depth).turning
        guard turning.time < .infinity, let way = tracing.vertical(turning.slowness, shallow, min(deep, 0)) else {
          // Too near for a wave that gets down to the upper end.
          guard shallow > 0 else { break }
          place += 1.5 * shallow
          continue
        }
        // A ray that comes up too far away has not arrived; one that comes up nearer goes on along its turning depth.
        let rest = distance - place - way.distance
        if rest > -tolerance {
          let time = turning.time + turning.slowness * rest + way.time
          if time < best.time { best = TravelTimeTable.Branch(time: time, slowness: turning.slowness) }
          if rest < tolerance { break }
        }
        place = max(0, distance - way.distance)
      }
    }
    return best
  }

  /// The direct wave between two depths of which one at least is not sea level.
  private func prolonged(
    _ tracing: RayTracing, _ table: TravelTimeTable, distance: Double, deep: Double, shallow: Double
  ) -> TravelTimeTable.Branch {
    // Where the source is well below a receiver that is above sea level, the table's slopes are good enough.
    if shallow < 0, deep > 1 - 2 * shallow {
      var low = 0.0
      var high = distance
      var place = distance * deep / (deep - shallow)
      for _ in 0..<20 {
        let direct = table.branches(distance: place, depth: deep).direct
        guard let way = tracing.vertical(direct.slowness, shallow, 0) else {
          high = place
          place = 0.5 * (low + high)
          continue
        }
        let miss = place + way.distance - distance
        if abs(miss) < 0.01 + 0.002 * distance {
          return TravelTimeTable.Branch(
            time: direct.time + way.time - direct.slowness * miss, slowness: direct.slowness)
        }
        if miss > 0 { high = place } else { low = place }
        let next = place - miss / (1 - shallow / deep)
        place = next > low && next < high ? next : 0.5 * (low + high)
      }
    }
    let arrival = tracing.direct(distance: distance, from: deep, to: shallow)
    return TravelTimeTable.Branch(time: arrival.time, slowness: arrival.slowness)
  }
}

extension RayTracing {
  /// Distance and time from sea level up to two places, of a ray of given slowness; negative for places below.
  ///
  /// - Returns: nil when the ray does not get there.
  @inline(__always)
  func vertical(_ slowness: Double, _ first: Double, _ second: Double) -> RayLeg? {
    var result = RayLeg()
    guard add(slowness, first, to: &result), second == 0 || add(slowness, second, to: &result) else { return nil }
    return result
  }

  private func add(_ p: Double, _ depth: Double, to result: inout RayLeg) -> Bool {
    guard depth != 0 else { return true }
    let top = stack.flattened(min(depth, 0))
    let bottom = stack.flattened(max(depth, 0))
    var index = stack.layer(at: min(depth, 0), upper: false)
    while index < stack.layers.count, stack.layers[index].flatTop < bottom {
      let layer = stack.layers[index]
      index += 1
      let from = max(top, layer.flatTop)
      let to = min(bottom, layer.flatBottom)
      guard to > from else { continue }
      let u1 = layer.velocity(from)
      let u2 = layer.velocity(to)
      let (square1, square2) = (1 - p * p * u1 * u1, 1 - p * p * u2 * u2)
      guard square1 > 1e-9, square2 > 1e-9 else { return false }
      var leg = RayLeg()
      leg.pass(u1, u2, to - from, square1.squareRoot(), square2.squareRoot(), p)
      result.distance += depth < 0 ? leg.distance : -leg.distance
      result.time += depth < 0 ? leg.time : -leg.time
    }
    return true
  }
}
