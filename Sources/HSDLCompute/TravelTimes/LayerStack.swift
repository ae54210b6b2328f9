public import SeismicFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An Earth model of one wave as plane layers in which velocity is linear.
///
/// Shells of a sphere become plane layers by the Earth-flattening transformation (Gerver and Markushevich, 1966; Müller,
/// 1971): `Z = R ln(R/r)`, `u = v R/r`; times and horizontal distances at sea level stay what they are. A velocity that
/// is linear in depth is not quite linear in `Z`; layers are cut so thin that the difference is below 10⁻⁵ of the velocity
/// (10⁻⁶ in the uppermost 100 km).
public struct LayerStack: Sendable {
  /// A layer.
  struct Layer: Sendable {
    /// Depth of the top and the bottom below sea level, in km.
    var top: Double
    var bottom: Double
    /// The same in the flattened Earth.
    var flatTop: Double
    var flatBottom: Double
    /// Velocities at the top and the bottom of the flattened Earth, in km/s.
    var topVelocity: Double
    var bottomVelocity: Double

    var thickness: Double { flatBottom - flatTop }
    var gradient: Double { (bottomVelocity - topVelocity) / (flatBottom - flatTop) }
    var fastest: Double { max(topVelocity, bottomVelocity) }

    /// The velocity at a depth of the flattened Earth.
    @inline(__always)
    func velocity(_ flatDepth: Double) -> Double {
      if flatDepth >= flatBottom { return bottomVelocity }
      return topVelocity + (bottomVelocity - topVelocity) * ((flatDepth - flatTop) / (flatBottom - flatTop))
    }
  }

  /// From top to bottom, touching each other.
  let layers: [Layer]
  /// The shape of the Earth.
  public let shape: EarthShape

  /// The highest place that rays reach, in km above sea level.
  static let ceiling = 12.0

  /// The depth down to which the stack goes, in km.
  public var bottom: Double { layers.last?.bottom ?? 0 }

  /// Creates the stack of one wave.
  ///
  /// Above the first node its velocity goes on up to 12 km above sea level, below the last node its velocity goes down to
  /// `bottom`. For S, liquids on top take the velocity of the first solid, and liquids further down end the stack.
  ///
  /// - Parameters:
  ///   - bottom: how deep rays are followed, in km.
  /// - Throws: ``ComputeError`` with `badEarthModel` for a model without nodes, with depths out of order, with velocities
  ///   that are not positive numbers below 20 km/s, or all liquid for S.
  public init(_ model: VelocityModel, _ wave: Wave, shape: EarthShape = .spherical, bottom: Double) throws {
    let pieces = try Self.pieces(of: model, wave)
    guard bottom > pieces[0].top, bottom <= 6000 else {
      throw ComputeError.badEarthModel(reason: "rays cannot be followed down to \(bottom) km")
    }
    var layers: [Layer] = []
    for piece in pieces where piece.top < bottom {
      let end = min(piece.bottom, bottom)
      guard end > piece.top else { continue }
      // In steps, so that velocity is as good as linear in each after flattening.
      var top = piece.top
      while top < end {
        let step = top < 100 ? 10.0 : top < 700 ? 20.0 : 50.0
        var next = shape == .flat ? end : min(end, ((top + 1e-9) / step).rounded(.down) * step + step)
        if end - next < 1e-6 { next = end }
        layers.append(Self.layer(from: top, to: next, in: piece, shape))
        top = next
      }
    }
    self.layers = layers
    self.shape = shape
  }

  /// A stretch of depth in which velocity is linear.
  private struct Piece {
    var top: Double
    var bottom: Double
    var topVelocity: Double
    var bottomVelocity: Double

    func velocity(_ depth: Double) -> Double {
      guard bottom > top, bottom.isFinite, topVelocity != bottomVelocity else { return topVelocity }
      return topVelocity + (bottomVelocity - topVelocity) * min(1, max(0, (depth - top) / (bottom - top)))
    }
  }

  private static func pieces(of model: VelocityModel, _ wave: Wave) throws -> [Piece] {
    var nodes = model.nodes.map { (depth: $0.depth, velocity: wave == .p ? $0.p : $0.s) }
    guard !nodes.isEmpty else { throw ComputeError.badEarthModel(reason: "it has no nodes") }
    var floor = Double.infinity
    if wave == .s {
      guard let solid = nodes.firstIndex(where: { $0.velocity != 0 }) else {
        throw ComputeError.badEarthModel(reason: "it has no S velocities")
      }
      for index in 0..<solid { nodes[index].velocity = nodes[solid].velocity }
      if let liquid = nodes.firstIndex(where: { $0.velocity == 0 }) {
        floor = nodes[liquid].depth
        nodes.removeLast(nodes.count - liquid)
      }
    }
    for (index, node) in nodes.enumerated() {
      guard node.velocity > 0, node.velocity < 20 else {
        throw ComputeError.badEarthModel(reason: "\(node.velocity) km/s at \(node.depth) km is no velocity")
      }
      guard node.depth > -ceiling, node.depth < EarthShape.radius + 1,
        index == 0 || node.depth >= nodes[index - 1].depth
      else { throw ComputeError.badEarthModel(reason: "the depth \(node.depth) km is out of order or no depth") }
    }
    var pieces = [
      Piece(top: -ceiling, bottom: nodes[0].depth, topVelocity: nodes[0].velocity, bottomVelocity: nodes[0].velocity)
    ]
    for index in nodes.indices {
      let node = nodes[index]
      let next = index + 1 < nodes.count ? nodes[index + 1] : nil
      guard let next else {
        pieces.append(
          Piece(
            top: node.depth, bottom: max(floor, node.depth), topVelocity: node.velocity, bottomVelocity: node.velocity))
        break
      }
      guard next.depth > node.depth else { continue }
      let below = model.interpolation == .layers ? node.velocity : next.velocity
      pieces.append(
        Piece(top: node.depth, bottom: next.depth, topVelocity: node.velocity, bottomVelocity: below))
    }
    return pieces
  }

  private static func layer(from top: Double, to bottom: Double, in piece: Piece, _ shape: EarthShape) -> Layer {
    let above = piece.velocity(top)
    let below = piece.velocity(bottom)
    guard shape == .spherical else {
      return Layer(
        top: top, bottom: bottom, flatTop: top, flatBottom: bottom, topVelocity: above, bottomVelocity: below)
    }
    let radius = EarthShape.radius
    return Layer(
      top: top, bottom: bottom, flatTop: -radius * log1p(-top / radius), flatBottom: -radius * log1p(-bottom / radius),
      topVelocity: above * radius / (radius - top), bottomVelocity: below * radius / (radius - bottom))
  }

  /// A depth in the flattened Earth.
  @inline(__always)
  func flattened(_ depth: Double) -> Double {
    shape == .flat ? depth : -EarthShape.radius * log1p(-depth / EarthShape.radius)
  }

  /// The layer that holds a depth; at a boundary the upper or the lower one.
  func layer(at depth: Double, upper: Bool) -> Int {
    var low = 0
    var high = layers.count - 1
    while low < high {
      let middle = (low + high) / 2
      if layers[middle].bottom > depth || (upper && layers[middle].bottom == depth) {
        high = middle
      } else {
        low = middle + 1
      }
    }
    return low
  }
}

/// Horizontal distance, in km, and time, in s, along a part of a ray.
struct RayLeg: Sendable {
  var distance = 0.0
  var time = 0.0

  /// Adds the way through a layer, from one side to the other, of a ray that does not turn in it.
  ///
  /// - Parameters:
  ///   - u1: velocity at the top.
  ///   - u2: velocity at the bottom.
  ///   - h: thickness.
  ///   - w1: cosine of the ray's angle from the vertical at the top.
  ///   - w2: the same at the bottom; not both may be 0.
  ///   - p: horizontal slowness.
  @inline(__always)
  mutating func pass(_ u1: Double, _ u2: Double, _ h: Double, _ w1: Double, _ w2: Double, _ p: Double) {
    // The usual (w1 - w2)/(p g) and logarithms, written so that nothing is lost where the gradient g is small.
    let x = p * (u1 + u2) * h / (w1 + w2)
    distance += x
    let g = (u2 - u1) / h
    if abs(u2 - u1) < 1e-9 * u1 {
      time += h / (u1 * 0.5 * (w1 + w2))
    } else {
      time += (log1p((u2 - u1) / u1) + log1p(p * g * x / (1 + w2))) / g
    }
  }
}
