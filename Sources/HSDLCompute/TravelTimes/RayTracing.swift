#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The first arrival between two points of a layered Earth, by tracing rays.
///
/// Along a ray the horizontal slowness p is constant; distance and time through layers of linear velocity are known in
/// closed form (e.g. Aki and Richards, 2002, section 9.4). Three kinds of ways are compared, and the fastest is taken:
/// - the direct one, which goes from the lower point up to the upper one;
/// - those that go down from the lower point, turn where the velocity is 1/p and come up; they are found in every layer;
/// - those that run along a depth: head waves, and waves along the top of a low-velocity layer, which follow it into the
///   shadow. They are ways in the sense of Fermat, so the time is the one that the eikonal equation has.
///
/// Ways that rise above the upper point are left out: they are faster only where both points lie in a low-velocity layer
/// under a faster one.
public struct RayTracing: Sendable {
  /// The layers.
  public let stack: LayerStack

  /// Creates a tracer.
  public init(_ stack: LayerStack) { self.stack = stack }

  /// A first arrival.
  public struct Arrival: Hashable, Sendable {
    /// Travel time, in s.
    public var time: Double
    /// Horizontal slowness, in s/km at sea level.
    public var slowness: Double
    /// Whether the ray leaves the lower point downwards or horizontally.
    public var goesDown: Bool
  }

  /// How many rays are tried in each layer before those that arrive are searched for.
  private static let raysPerLayer = 24

  /// The first arrival.
  ///
  /// - Parameters:
  ///   - distance: in km at sea level, 0 or more.
  ///   - depth: of the source, in km below sea level.
  ///   - receiverDepth: of the receiver, in km below sea level.
  /// - Returns: nil for numbers outside the stack, or that are none.
  public func firstArrival(distance: Double, depth: Double, receiverDepth: Double = 0) -> Arrival? {
    let shallow = min(depth, receiverDepth)
    let deep = max(depth, receiverDepth)
    guard distance >= 0, distance.isFinite, shallow >= -LayerStack.ceiling, deep < stack.bottom else { return nil }
    var best = direct(distance: distance, from: deep, to: shallow)
    let floor = fastest(between: shallow, and: deep)
    let deepFlat = stack.flattened(deep)
    var fastestSoFar = floor
    for index in stack.layer(at: deep, upper: false)..<stack.layers.count {
      let layer = stack.layers[index]
      let start = max(deepFlat, layer.flatTop)
      let slow = max(fastestSoFar, layer.velocity(start))
      let fast = layer.bottomVelocity
      var previous: (velocity: Double, leg: RayLeg)?
      let count = fast > slow ? Self.raysPerLayer : layer.velocity(start) >= fastestSoFar ? 0 : -1
      guard count >= 0 else { continue }
      for number in 0...count {
        let velocity =
          count == 0 ? slow : slow + (fast - slow) * 0.5 * (1 - cos(Double.pi * Double(number) / Double(count)))
        let leg = turning(velocity, in: index, from: deep, to: shallow)
        if leg.distance <= distance {
          let time = leg.time + (distance - leg.distance) / velocity
          if time < best.time { best = Arrival(time: time, slowness: 1 / velocity, goesDown: true) }
        }
        if let before = previous, before.leg.distance <= distance, leg.distance >= distance {
          let found = refine(before.velocity, velocity, in: index, distance: distance, from: deep, to: shallow)
          if found.time < best.time { best = found }
        }
        previous = (velocity, leg)
      }
      fastestSoFar = max(fastestSoFar, layer.velocity(start), layer.bottomVelocity)
    }
    return best
  }

  /// The ray that turns in a layer and arrives at a distance, between two turning velocities.
  private func refine(
    _ low: Double, _ high: Double, in index: Int, distance: Double, from deep: Double, to shallow: Double
  ) -> Arrival {
    var low = low
    var high = high
    var leg = RayLeg()
    var velocity = high
    for _ in 0..<60 {
      velocity = 0.5 * (low + high)
      leg = turning(velocity, in: index, from: deep, to: shallow)
      if abs(leg.distance - distance) < 1e-9 || velocity == low || velocity == high { break }
      if leg.distance < distance { low = velocity } else { high = velocity }
    }
    return Arrival(
      time: leg.time + (distance - leg.distance) / velocity, slowness: 1 / velocity, goesDown: true)
  }

  /// The way from a point down to where the velocity is `velocity` in a layer, and up again to another.
  func turning(_ velocity: Double, in turningLayer: Int, from deep: Double, to shallow: Double) -> RayLeg {
    let p = 1 / velocity
    let deepFlat = stack.flattened(deep)
    let shallowFlat = stack.flattened(shallow)
    var leg = RayLeg()
    for index in stack.layer(at: shallow, upper: false)...turningLayer {
      let layer = stack.layers[index]
      let twice = layer.flatTop >= deepFlat
      if twice || layer.flatBottom <= deepFlat {
        add(
          layer, from: max(layer.flatTop, shallowFlat), velocity, p, turns: index == turningLayer, twice ? 2 : 1,
          to: &leg)
      } else {
        // The deeper point is in this layer: above it the ray passes once, below twice.
        let top = max(layer.flatTop, shallowFlat)
        var upper = layer
        upper.flatBottom = deepFlat
        upper.bottomVelocity = layer.velocity(deepFlat)
        if deepFlat > top { add(upper, from: top, velocity, p, turns: false, 1, to: &leg) }
        add(layer, from: deepFlat, velocity, p, turns: index == turningLayer, 2, to: &leg)
      }
    }
    return leg
  }

  @inline(__always)
  private func add(
    _ layer: LayerStack.Layer, from top: Double, _ velocity: Double, _ p: Double, turns: Bool, _ times: Double,
    to leg: inout RayLeg
  ) {
    let u1 = layer.velocity(top)
    var u2 = layer.bottomVelocity
    var bottom = layer.flatBottom
    if turns {
      // Nothing of a layer is passed when the ray only grazes its top.
      guard velocity > u1, u2 > u1 else { return }
      bottom = min(bottom, top + (velocity - u1) / layer.gradient)
      u2 = velocity
    }
    guard bottom > top else { return }
    let w1 = (max(0, (velocity - u1) * (velocity + u1))).squareRoot() * p
    let w2 = (max(0, (velocity - u2) * (velocity + u2))).squareRoot() * p
    guard w1 + w2 > 0 else {
      // Horizontal all through: it never gets to the other side.
      leg.distance = .infinity
      return
    }
    var part = RayLeg()
    part.pass(u1, u2, bottom - top, w1, w2, p)
    leg.distance += times * part.distance
    leg.time += times * part.time
  }

  /// The highest velocity between two depths.
  func fastest(between shallow: Double, and deep: Double) -> Double {
    guard deep > shallow else {
      return stack.layers[stack.layer(at: deep, upper: false)].velocity(stack.flattened(deep))
    }
    var fastest = 0.0
    for index in stack.layer(at: shallow, upper: false)...stack.layer(at: deep, upper: true) {
      let layer = stack.layers[index]
      fastest = max(
        fastest, layer.velocity(max(layer.flatTop, stack.flattened(shallow))),
        layer.velocity(min(layer.flatBottom, stack.flattened(deep))))
    }
    return fastest
  }

  /// The way straight up from one depth to another.
  ///
  /// - Parameter steepness: the tangent of the ray's angle from the vertical where the velocity is `fastest`.
  func rising(
    _ steepness: Double, fastest: Double, from deep: Double, to shallow: Double
  ) -> (leg: RayLeg, slowness: Double) {
    let square = steepness * steepness
    let p = steepness / (fastest * (1 + square).squareRoot())
    let deepFlat = stack.flattened(deep)
    let shallowFlat = stack.flattened(shallow)
    var leg = RayLeg()
    guard deep > shallow else { return (leg, p) }
    // The cosine where the velocity is u, without loss where u is close to the fastest.
    func cosine(_ u: Double) -> Double {
      let contrast = max(0, (fastest - u) * (fastest + u)) / (fastest * fastest)
      return ((1 + square * contrast) / (1 + square)).squareRoot()
    }
    for index in stack.layer(at: shallow, upper: false)...stack.layer(at: deep, upper: true) {
      let layer = stack.layers[index]
      let top = max(layer.flatTop, shallowFlat)
      let bottom = min(layer.flatBottom, deepFlat)
      guard bottom > top else { continue }
      let u1 = layer.velocity(top)
      let u2 = layer.velocity(bottom)
      leg.pass(u1, u2, bottom - top, cosine(u1), cosine(u2), p)
    }
    return (leg, p)
  }

  /// The direct ray, or where there is none the way along the fastest depth between the points.
  func direct(distance: Double, from deep: Double, to shallow: Double) -> Arrival {
    let fastest = fastest(between: shallow, and: deep)
    let steepest = 1e7
    let end = rising(steepest, fastest: fastest, from: deep, to: shallow)
    guard end.leg.distance > distance else {
      return Arrival(
        time: end.leg.time + (distance - end.leg.distance) / fastest, slowness: 1 / fastest, goesDown: true)
    }
    // Distance grows with steepness; asinh makes both ends of the range well-behaved.
    var low = 0.0
    var high = asinh(steepest)
    var guess = asinh(distance / (stack.flattened(deep) - stack.flattened(shallow)))
    var ray = rising(sinh(guess), fastest: fastest, from: deep, to: shallow)
    for _ in 0..<100 {
      let miss = ray.leg.distance - distance
      if abs(miss) < 1e-10 * (1 + distance) || high - low < 1e-14 { break }
      if miss < 0 { low = guess } else { high = guess }
      let delta = 1e-6
      let beside = rising(sinh(guess + delta), fastest: fastest, from: deep, to: shallow).leg.distance
      let next = guess - miss * delta / (beside - ray.leg.distance)
      guess = next > low && next < high ? next : 0.5 * (low + high)
      ray = rising(sinh(guess), fastest: fastest, from: deep, to: shallow)
    }
    return Arrival(
      time: ray.leg.time + (distance - ray.leg.distance) * ray.slowness, slowness: ray.slowness, goesDown: false)
  }
}
