/// Where travel times are tabulated: distances that are dense near the epicentre, depths that are dense near the
/// surface and hold every boundary of layers, twice where velocity jumps.
struct TravelTimeGrid: Sendable {
  /// A depth at which times are tabulated.
  struct Row: Sendable {
    /// In km below sea level.
    var depth: Double
    /// The layer of the stack whose side is meant.
    var layer: Int
  }

  /// A stretch of distances with equal steps.
  private struct Stretch: Sendable {
    var start: Double
    var inverseStep: Double
    var first: Int
  }

  /// In km, rising from 0.
  let distances: [Double]
  /// By depth.
  let rows: [Row]
  private let stretches: [Stretch]
  /// For every multiple of ``depthStep``: the last row that is not deeper.
  private let rowOfDepth: [Int32]

  private static let depthStep = 0.05
  private static let distanceSteps: [(end: Double, step: Double)] = [
    (4, 0.05), (10, 0.1), (40, 0.2), (100, 0.4), (400, 0.8), (.infinity, 1.6),
  ]
  private static let depthSteps: [(end: Double, step: Double)] = [(15, 0.1), (40, 0.25), (100, 0.5), (.infinity, 1)]

  init(_ stack: LayerStack, maximumDistance: Double, maximumDepth: Double) {
    var distances = [0.0]
    var stretches: [Stretch] = []
    for (end, step) in Self.distanceSteps {
      let start = distances[distances.count - 1]
      guard start < maximumDistance else { break }
      stretches.append(Stretch(start: start, inverseStep: 1 / step, first: distances.count - 1))
      let count = Int(((min(end, maximumDistance) - start) / step - 1e-9).rounded(.up))
      for index in 1...max(1, count) { distances.append(start + Double(index) * step) }
    }
    self.distances = distances
    self.stretches = stretches

    var rows: [Row] = []
    let last = stack.layer(at: maximumDepth, upper: true)
    for index in stack.layer(at: 0, upper: false)...max(last, stack.layer(at: 0, upper: false)) {
      let layer = stack.layers[index]
      let top = max(layer.top, 0)
      let bottom = min(layer.bottom, maximumDepth)
      if rows.isEmpty || layer.topVelocity != stack.layers[index - 1].bottomVelocity {
        rows.append(Row(depth: top, layer: index))
      }
      var depth = top
      while depth < bottom {
        // Near the depth at which a ray turns, its vertical slowness goes as the square root of the distance from there;
        // this step keeps what comes of it below about 2 ms.
        let bend = max(1e-12, layer.gradient) / (layer.topVelocity * layer.topVelocity * layer.topVelocity)
        let steepStep = exponentialFunction(logarithm(0.003 / (2 * bend).squareRoot()) * 2 / 3)
        let ordinaryStep = Self.depthSteps.first { depth < $0.end - 1e-9 }?.step ?? 1
        let step = ordinaryStep / (ordinaryStep / min(ordinaryStep, max(0.02, steepStep))).rounded(.up)
        depth = ((depth + 1e-9) / step).rounded(.down) * step + step
        // A row close to the boundary would only cost room.
        rows.append(Row(depth: depth > bottom - 0.2 * step ? bottom : depth, layer: index))
        if depth > bottom - 0.2 * step { break }
      }
    }
    self.rows = rows
    var rowOfDepth: [Int32] = []
    var row = 0
    while true {
      let depth = Double(rowOfDepth.count) * Self.depthStep
      guard depth <= maximumDepth + Self.depthStep else { break }
      while row + 2 < rows.count, rows[row + 1].depth <= depth { row += 1 }
      rowOfDepth.append(Int32(row))
    }
    self.rowOfDepth = rowOfDepth
  }

  /// The cell that holds a distance, from 0 to the greatest.
  @inline(__always)
  func column(_ distance: Double) -> Int {
    var stretch = stretches[0]
    for next in stretches.dropFirst() where next.start <= distance { stretch = next }
    return min(stretch.first + Int((distance - stretch.start) * stretch.inverseStep), distances.count - 2)
  }

  /// The row above a depth, from 0 to the greatest; the next row is below it.
  @inline(__always)
  func row(_ depth: Double) -> Int {
    var row = Int(rowOfDepth[min(Int(depth / Self.depthStep), rowOfDepth.count - 1)])
    while row + 2 < rows.count, rows[row + 1].depth <= depth { row += 1 }
    return row
  }
}
