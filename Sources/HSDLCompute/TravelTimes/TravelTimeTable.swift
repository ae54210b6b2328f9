#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Times of the direct wave, and of those that go down first, from sources at all depths to a receiver at sea level.
///
/// The two are kept apart, for each alone is smooth. The direct one is kept as time by straight distance, which changes
/// little; the other as time and its two slopes at each node: a cell's time is the lowest of the planes through its four
/// corners, which is right where head waves overtake each other.
struct TravelTimeTable: Sendable {
  let grid: TravelTimeGrid
  /// By row and distance: direct time by straight distance; time, horizontal and vertical slowness of the wave that goes
  /// down, infinite where there is none.
  private let nodes: [SIMD4<Float>]

  /// How many bytes it takes.
  var byteCount: Int { nodes.count * MemoryLayout<SIMD4<Float>>.stride }

  init(_ stack: LayerStack, grid: TravelTimeGrid) {
    self.grid = grid
    let width = grid.distances.count
    var nodes = [SIMD4<Float>](repeating: .zero, count: grid.rows.count * width)
    var turning = TurningRays(stack, depths: grid.rows.map(\.depth))
    var lines = LowestLines(positions: grid.distances)
    let tracing = RayTracing(stack)
    var fastest = 0.0
    for (index, row) in grid.rows.enumerated() {
      let layer = stack.layers[row.layer]
      let velocity = layer.velocity(stack.flattened(row.depth))
      fastest = max(fastest, velocity)
      nodes.withUnsafeMutableBufferPointer { nodes in
        let line = UnsafeMutableBufferPointer(rebasing: nodes[index * width..<(index + 1) * width])
        Self.fillDirect(line, tracing, depth: row.depth, fastest: fastest, distances: grid.distances)
        turning.advance(to: row, in: stack)
        turning.fill(line, depth: row.depth, velocity: velocity, fastest: fastest, &lines, stack: stack)
      }
    }
    self.nodes = nodes
  }

  /// Tabulates the direct wave at one depth.
  private static func fillDirect(
    _ line: UnsafeMutableBufferPointer<SIMD4<Float>>, _ tracing: RayTracing, depth: Double, fastest: Double,
    distances: [Double]
  ) {
    guard depth > 1e-9 else {
      for index in line.indices { line[index].x = Float(1 / fastest) }
      return
    }
    var steepness = 0.0
    var (before, slownessBefore) = tracing.rising(0, fastest: fastest, from: depth, to: 0)
    var (after, slownessAfter) = (before, slownessBefore)
    for (index, distance) in distances.enumerated() {
      while after.distance <= distance, steepness < 12.5 {
        (before, slownessBefore) = (after, slownessAfter)
        steepness += 0.05
        (after, slownessAfter) = tracing.rising(sinh(steepness), fastest: fastest, from: depth, to: 0)
      }
      var time = after.time + (distance - after.distance) / fastest
      let width = after.distance - before.distance
      if after.distance > distance, width > 0 {
        // Cubic through times and slopes at both ends (Hermite).
        let f = (distance - before.distance) / width
        let (g, square) = (1 - f, f * f)
        time =
          before.time * (1 + 2 * f) * g * g + after.time * square * (3 - 2 * f)
          + width * (slownessBefore * f * g * g - slownessAfter * square * g)
      }
      line[index].x = Float(time / (distance * distance + depth * depth).squareRoot())
    }
  }

  /// A time, in s, and its slope by distance, in s/km.
  struct Branch {
    var time: Double
    var slowness: Double
  }

  /// The times of both waves at sea level; infinite for the one that goes down where there is none.
  ///
  /// - Parameters:
  ///   - distance: in km, from 0 to the grid's greatest.
  ///   - depth: in km, from 0 to the grid's greatest.
  @inline(__always)
  func branches(distance: Double, depth: Double) -> (direct: Branch, turning: Branch) {
    let column = grid.column(distance)
    let row = grid.row(depth)
    let width = grid.distances.count
    let (x0, x1) = (grid.distances[column], grid.distances[column + 1])
    let (z0, z1) = (grid.rows[row].depth, grid.rows[row + 1].depth)
    return nodes.withUnsafeBufferPointer { nodes in
      let a = nodes[row * width + column]
      let b = nodes[row * width + column + 1]
      let c = nodes[(row + 1) * width + column]
      let d = nodes[(row + 1) * width + column + 1]
      let f = (distance - x0) / (x1 - x0)
      let g = (depth - z0) / (z1 - z0)
      let upper = Double(a.x) * (1 - g) + Double(c.x) * g
      let lower = Double(b.x) * (1 - g) + Double(d.x) * g
      let straight = (distance * distance + depth * depth).squareRoot()
      let mean = upper + (lower - upper) * f
      let direct = Branch(
        time: mean * straight,
        slowness: (straight > 0 ? mean * distance / straight : 0) + straight * (lower - upper) / (x1 - x0))
      var turning = Branch(time: .infinity, slowness: 0)
      @inline(__always)
      func consider(_ node: SIMD4<Float>, _ x: Double, _ z: Double) {
        let time = Double(node.y) + Double(node.z) * (distance - x) - Double(node.w) * (depth - z)
        if time < turning.time { turning = Branch(time: time, slowness: Double(node.z)) }
      }
      consider(a, x0, z0)
      consider(b, x1, z0)
      consider(c, x0, z1)
      consider(d, x1, z1)
      return (direct, turning)
    }
  }
}
