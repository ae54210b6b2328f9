/// Turns a model's score into a probability.
public enum Calibration: Sendable, Equatable, Codable {
  /// The score's own log-odds are taken at their word.
  case none
  /// A logistic curve in the score's log-odds (Platt, 1999).
  case logistic(slope: Double, intercept: Double)
  /// A line through points that only rises: isotonic regression (Zadrozny and Elkan, 2002), joined between the middles of
  /// its steps, so that different scores keep different probabilities.
  case isotonic(logOdds: [Double], probabilities: [Double])

  /// What it is called.
  public var name: String {
    switch self {
    case .none: "none"
    case .logistic: "logistic (Platt)"
    case .isotonic: "isotonic"
    }
  }

  /// With this many events of each kind there is enough to let the curve's shape be free.
  static let isotonicMinimum = 1000

  /// Learns from scores that a model gave to events it was not trained on.
  ///
  /// - Parameters:
  ///   - logOdds: the scores' log-odds.
  ///   - labels: 1 real, 0 fake.
  /// - Returns: `none` when there are not at least two events of each kind.
  public init(logOdds: [Double], labels: [UInt8]) {
    let real = labels.reduce(0) { $0 + Int($1) }
    let fake = labels.count - real
    guard min(real, fake) >= 2 else {
      self = .none
      return
    }
    self =
      min(real, fake) >= Self.isotonicMinimum
      ? Self.isotonic(logOdds, labels) : Self.platt(logOdds, labels, real: real, fake: fake)
  }

  /// The probability for a score's log-odds.
  public func probability(_ logOdds: Double) -> Double {
    switch self {
    case .none: return HSDLCompute.logistic(logOdds)
    case .logistic(let slope, let intercept): return HSDLCompute.logistic(slope * logOdds + intercept)
    case .isotonic(let x, let y):
      guard let first = x.first, let last = x.last, logOdds > first else { return y.first ?? 0.5 }
      guard logOdds < last else { return y.last ?? 0.5 }
      var low = 0
      var high = x.count - 1
      while high - low > 1 {
        let middle = (low + high) / 2
        if x[middle] <= logOdds { low = middle } else { high = middle }
      }
      return y[low] + (y[high] - y[low]) * (logOdds - x[low]) / (x[high] - x[low])
    }
  }

  /// Whether its numbers can be used.
  var isValid: Bool {
    switch self {
    case .none: true
    case .logistic(let slope, let intercept): slope.isFinite && intercept.isFinite
    case .isotonic(let x, let y):
      x.count == y.count && !x.isEmpty && x.allSatisfy(\.isFinite) && y.allSatisfy { (0...1).contains($0) }
        && zip(x, x.dropFirst()).allSatisfy { $0 < $1 } && zip(y, y.dropFirst()).allSatisfy { $0 <= $1 }
    }
  }

  /// Newton's method with the targets pulled in from 0 and 1 (Lin, Lin and Weng, 2007).
  private static func platt(_ x: [Double], _ labels: [UInt8], real: Int, fake: Int) -> Calibration {
    let high = (Double(real) + 1) / (Double(real) + 2)
    let low = 1 / (Double(fake) + 2)
    let targets = labels.map { $0 == 1 ? high : low }
    var slope = 1.0
    var intercept = 0.0
    func loss(_ slope: Double, _ intercept: Double) -> Double {
      var sum = ExactSum()
      for (value, target) in zip(x, targets) {
        let z = slope * value + intercept
        sum.add(softplus(z) - target * z)
      }
      return sum.value
    }
    var current = loss(slope, intercept)
    for _ in 0..<200 {
      var h = (ExactSum(), ExactSum(), ExactSum())
      var g = (ExactSum(), ExactSum())
      for (value, target) in zip(x, targets) {
        let p = HSDLCompute.logistic(slope * value + intercept)
        let weight = p * (1 - p)
        h.0.add(weight * value * value)
        h.1.add(weight * value)
        h.2.add(weight)
        g.0.add((p - target) * value)
        g.1.add(p - target)
      }
      let (a, b, c) = (h.0.value + 1e-12, h.1.value, h.2.value + 1e-12)
      let (u, v) = (g.0.value, g.1.value)
      if max(abs(u), abs(v)) < 1e-8 { break }
      let determinant = a * c - b * b
      let step = ((c * u - b * v) / determinant, (a * v - b * u) / determinant)
      var scale = 1.0
      var next = current
      while scale > 1e-10 {
        next = loss(slope - scale * step.0, intercept - scale * step.1)
        if next < current { break }
        scale /= 2
      }
      guard next < current else { break }
      slope -= scale * step.0
      intercept -= scale * step.1
      current = next
    }
    // A score that points the wrong way is not turned round: that would hide it.
    guard slope > 0 else { return .logistic(slope: 0, intercept: logarithm(Double(real) / Double(fake))) }
    return .logistic(slope: slope, intercept: intercept)
  }

  /// Pooling of adjacent violators (Ayer et al., 1955).
  private static func isotonic(_ x: [Double], _ labels: [UInt8]) -> Calibration {
    struct Block {
      var count: Double
      var real: Double
      var sum: Double
      var mean: Double { real / count }
    }
    var blocks: [Block] = []
    let order = x.indices.sorted { (x[$0], labels[$0]) < (x[$1], labels[$1]) }
    var index = 0
    while index < order.count {
      // Equal scores belong together.
      var block = Block(count: 0, real: 0, sum: 0)
      let value = x[order[index]]
      while index < order.count, x[order[index]] == value {
        block.count += 1
        block.real += Double(labels[order[index]])
        block.sum += value
        index += 1
      }
      blocks.append(block)
      while blocks.count > 1, blocks[blocks.count - 2].mean >= blocks[blocks.count - 1].mean {
        let last = blocks.removeLast()
        blocks[blocks.count - 1].count += last.count
        blocks[blocks.count - 1].real += last.real
        blocks[blocks.count - 1].sum += last.sum
      }
    }
    // No finite number of events shows that something is certain.
    let limit = 1 / (Double(x.count) + 2)
    var points: (x: [Double], y: [Double]) = ([], [])
    for block in blocks {
      let center = block.sum / block.count
      if let last = points.x.last, center <= last { continue }
      points.x.append(center)
      points.y.append(min(max(block.mean, limit), 1 - limit))
    }
    return .isotonic(logOdds: points.x, probabilities: points.y)
  }
}
