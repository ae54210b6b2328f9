#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Many rays from the surface to their turning points, of which the part above a source is taken off again as the source
/// goes down.
struct TurningRays {
  private struct Ray {
    /// The velocity at which it turns.
    var velocity: Double
    /// The depth at which it turns, flattened.
    var turningDepth: Double
    /// From sea level to the turning point.
    var whole = RayLeg()
    /// From sea level to the depth of the source.
    var above = RayLeg()
  }

  private var rays: [Ray] = []
  private var depth = 0.0
  /// For each distance the first ray that begins to count there, and for each ray the next one.
  private var firstRay: [Int32] = []
  private var nextRay: [Int32] = []

  private static let raysPerLayer = 16

  /// - Parameter depths: depths in which a ray shall turn each, where velocity allows it.
  init(_ stack: LayerStack, depths: [Double]) {
    let tracing = RayTracing(stack)
    var fastest = 0.0
    var row = 0
    for index in stack.layer(at: 0, upper: false)..<stack.layers.count {
      let layer = stack.layers[index]
      let start = max(layer.flatTop, 0)
      let topVelocity = layer.velocity(start)
      let slow = max(fastest, topVelocity)
      let fast = layer.bottomVelocity
      var velocities: [Double] = []
      if fast > slow {
        for number in 0...Self.raysPerLayer {
          let share = 0.5 * (1 - cos(Double.pi * Double(number) / Double(Self.raysPerLayer)))
          velocities.append(slow + (fast - slow) * share)
        }
        while row < depths.count, depths[row] <= layer.bottom {
          let velocity = layer.velocity(stack.flattened(depths[row]))
          if velocity > slow, velocity < fast { velocities.append(velocity) }
          row += 1
        }
      } else if topVelocity >= fastest {
        velocities.append(topVelocity)
      }
      for velocity in velocities {
        let turningDepth = velocity <= topVelocity ? start : start + (velocity - topVelocity) / layer.gradient
        // Down and up are the same when both ends are at the surface.
        var whole = tracing.turning(velocity, in: index, from: 0, to: 0)
        whole.distance *= 0.5
        whole.time *= 0.5
        rays.append(Ray(velocity: velocity, turningDepth: min(turningDepth, layer.flatBottom), whole: whole))
      }
      fastest = max(fastest, topVelocity, fast)
    }
    nextRay = [Int32](repeating: -1, count: rays.count)
  }

  /// Moves the source down to the next row, which must lie in the layer of the last one or at its boundary.
  mutating func advance(to row: TravelTimeGrid.Row, in stack: LayerStack) {
    defer { depth = row.depth }
    guard row.depth > depth else { return }
    let layer = stack.layers[row.layer]
    let top = stack.flattened(depth)
    let bottom = stack.flattened(row.depth)
    let u1 = layer.velocity(top)
    let u2 = layer.velocity(bottom)
    let fastest = max(u1, u2)
    for index in rays.indices where rays[index].velocity >= fastest && rays[index].turningDepth >= bottom - 1e-9 {
      let c = rays[index].velocity
      let p = 1 / c
      let w1 = ((c - u1) * (c + u1)).squareRoot() * p
      let w2 = ((c - u2) * (c + u2)).squareRoot() * p
      if w1 + w2 > 0 { rays[index].above.pass(u1, u2, bottom - top, w1, w2, p) }
    }
  }

  /// Tabulates the first of these waves by distance.
  ///
  /// Each ray counts from the distance at which it comes up, on the straight line with its slowness: the way along its
  /// turning depth. So no time is too early.
  mutating func fill(
    _ line: UnsafeMutableBufferPointer<SIMD4<Float>>, depth: Double, velocity: Double, fastest: Double,
    _ lines: inout LowestLines, stack: LayerStack
  ) {
    let distances = lines.positions
    firstRay.removeAll(keepingCapacity: true)
    firstRay.append(contentsOf: repeatElement(-1, count: distances.count))
    let flat = stack.flattened(depth)
    lines.removeAll()
    // Those that turn at the source are the end of the direct wave.
    let slowest = fastest * (1 + 1e-12)
    for (index, ray) in rays.enumerated() where ray.velocity > slowest && ray.turningDepth >= flat - 1e-9 {
      let start = 2 * ray.whole.distance - ray.above.distance
      var low = 0
      var high = distances.count
      while low < high {
        let middle = (low + high) / 2
        if distances[middle] < start - 1e-9 { low = middle + 1 } else { high = middle }
      }
      guard low < distances.count else { continue }
      nextRay[index] = firstRay[low]
      firstRay[low] = Int32(index)
    }
    let scale = stack.shape == .flat ? 1 : EarthShape.radius / (EarthShape.radius - depth)
    for column in line.indices {
      var next = firstRay[column]
      while next >= 0 {
        let ray = rays[Int(next)]
        let slowness = 1 / ray.velocity
        let leg = (
          distance: 2 * ray.whole.distance - ray.above.distance, time: 2 * ray.whole.time - ray.above.time
        )
        lines.insert(LowestLines.Line(start: leg.time - slowness * leg.distance, slope: slowness))
        next = nextRay[Int(next)]
      }
      if let lowest = lines.lowest(at: column) {
        let vertical = (max(0, 1 / (velocity * velocity) - lowest.slope * lowest.slope)).squareRoot() * scale
        line[column].y = Float(lowest.start + lowest.slope * distances[column])
        line[column].z = Float(lowest.slope)
        line[column].w = Float(vertical)
      } else {
        line[column].y = .infinity
        line[column].z = 0
        line[column].w = 0
      }
    }
  }
}

/// The lowest of many straight lines at given positions (the segment tree of Li, 2012): inserting and asking cost the
/// logarithm of the number of positions.
struct LowestLines {
  struct Line {
    var start: Double
    var slope: Double

    @inline(__always)
    func callAsFunction(_ position: Double) -> Double { start + slope * position }
  }

  let positions: [Double]
  private var tree: [Line]
  private static let none = Line(start: .infinity, slope: 0)

  init(positions: [Double]) {
    self.positions = positions
    var size = 1
    while size < positions.count { size *= 2 }
    tree = [Line](repeating: Self.none, count: 2 * size)
  }

  mutating func removeAll() {
    for index in tree.indices { tree[index] = Self.none }
  }

  mutating func insert(_ line: Line) {
    var line = line
    var node = 1
    var low = 0
    var high = tree.count / 2 - 1
    let last = positions.count - 1
    while true {
      let middle = (low + high) / 2
      let center = positions[min(middle, last)]
      if line(center) < tree[node](center) { swap(&line, &tree[node]) }
      guard low < high, line.start < .infinity else { return }
      if line(positions[min(low, last)]) < tree[node](positions[min(low, last)]) {
        high = middle
        node = 2 * node
      } else if line(positions[min(high, last)]) < tree[node](positions[min(high, last)]) {
        low = middle + 1
        node = 2 * node + 1
      } else {
        return
      }
    }
  }

  /// The lowest line at a position; nil when there is none.
  func lowest(at index: Int) -> Line? {
    let position = positions[index]
    var node = tree.count / 2 + index
    var best = Self.none
    while node >= 1 {
      if tree[node](position) < best(position) || best.start == .infinity { best = tree[node] }
      node /= 2
    }
    return best.start < .infinity ? best : nil
  }
}
