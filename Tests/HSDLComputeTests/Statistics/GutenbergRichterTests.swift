import Foundation
import HSDLCompute
import Testing

@Suite("Gutenberg–Richter relation")
struct GutenbergRichterTests {
  /// Magnitudes of a catalog that follows the relation exactly: in each bin of 0.1 as many as there should be.
  static func catalog(b: Double, from completeness: Double, count: Double) -> [Double] {
    var magnitudes: [Double] = []
    var carried = 0.0
    for bin in 0..<60 {
      let lower = count * pow(10, -b * Double(bin) / 10)
      carried += lower - lower * pow(10, -b / 10)
      while carried >= 0.5 {
        magnitudes.append((completeness * 10 + Double(bin)).rounded() / 10)
        carried -= 1
      }
    }
    return magnitudes
  }

  @Test("b, its deviation and completeness of a catalog that follows the relation", arguments: [0.8, 1.0, 1.25])
  func exact(b: Double) throws {
    let magnitudes = Self.catalog(b: b, from: 1.0, count: 40_000)
    let relation = try #require(GutenbergRichter(magnitudes))
    let fit = try #require(relation.fit)
    #expect(relation.step == 0.1)
    #expect(relation.lowest == 1)
    #expect(relation.counts.reduce(0, +) == magnitudes.count)
    // The fullest bin is the lowest one, 1.0.
    #expect(fit.completeness == 1.2)
    #expect(fit.isStable)
    #expect(fit.count == magnitudes.count { $0 > 1.15 })
    // What the estimate is of a geometric distribution in bins of 0.1: the mean lies 0.05 coth(x / 2) above the edge.
    let x = 0.1 * b * log(10.0)
    #expect(abs(fit.b * 0.05 / tanh(x / 2) / log10(exp(1.0)) - 1) < 0.003)
    // Of magnitudes that are exponential Shi and Bolt's deviation is Aki's, b / √n.
    #expect(abs(fit.deviation * Double(fit.count).squareRoot() / b - 1) < 0.03)
    #expect(abs(fit.count(from: 1.15) / Double(fit.count) - 1) < 1e-9)
  }

  @Test("By hand: thirty events of 2.0 and thirty of 3.0")
  func byHand() throws {
    let magnitudes = Array(repeating: 2.0, count: 30) + Array(repeating: 3.0, count: 30)
    // The higher of two equal bins is the peak, so there is nothing above completeness.
    #expect(try #require(GutenbergRichter(magnitudes)).fit == nil)
    let more = Array(repeating: 1.8, count: 61) + magnitudes
    let fit = try #require(GutenbergRichter(more)?.fit)
    #expect(fit.completeness == 2)
    // The mean above is 2.5, the edge of the lowest bin 1.95.
    #expect(abs(fit.b - log10(exp(1.0)) / 0.55) < 1e-12)
    let spread = (60 * 0.25 / (60 * 59)).squareRoot()
    #expect(abs(fit.deviation - log(10.0) * fit.b * fit.b * spread) < 1e-12)
  }

  @Test("Completeness lies where small events begin to be missing")
  func incomplete() throws {
    let whole = Self.catalog(b: 1, from: 0, count: 60_000)
    // Below 1.5 a share of 10^(M − 1.5) is left, which leaves the same in each bin.
    var carried = 0.0
    let seen = whole.sorted().filter { magnitude in
      carried += min(1, pow(10, magnitude - 1.5))
      if carried >= 1 {
        carried -= 1
        return true
      }
      return false
    }
    let fit = try #require(GutenbergRichter(seen)?.fit)
    #expect((1.4...1.9).contains(fit.completeness))
    #expect(abs(fit.b - 1) < 4 * fit.deviation)
  }

  @Test("Order does not matter; too little, and what is no magnitude, is said so")
  func limits() throws {
    let magnitudes = Self.catalog(b: 1, from: 1, count: 500)
    #expect(GutenbergRichter(magnitudes) == GutenbergRichter(magnitudes.reversed()))
    #expect(GutenbergRichter([]) == nil)
    #expect(GutenbergRichter([.nan, .infinity, 1e300]) == nil)
    #expect(try #require(GutenbergRichter([2.0])).fit == nil)
    #expect(try #require(GutenbergRichter([2.03, 2.5])).step == 0.01)
    #expect(try #require(GutenbergRichter([2.0312, 2.5])).step == 0)
    #expect(try #require(GutenbergRichter(Array(repeating: 1, count: 100))).fit == nil)
  }
}

@Suite("Poisson's binomial distribution")
struct PoissonBinomialTests {
  @Test("Of equal probabilities it is the binomial one")
  func binomial() {
    // Quantiles at 2.5 and 97.5 % of 20 throws of a coin, and of 100.
    #expect(PoissonBinomial(Array(repeating: 0.5, count: 20)).interval == 6...14)
    #expect(PoissonBinomial(Array(repeating: 0.5, count: 100)).interval == 40...60)
    #expect(PoissonBinomial(Array(repeating: 0.02, count: 50)).interval == 0...3)
  }

  @Test("Mean and variance, certain things, none")
  func simple() {
    let mixed = PoissonBinomial([0.1, 0.5, 1, 0, .nan])
    #expect(abs(mixed.mean - 1.6) < 1e-12)
    #expect(abs(mixed.variance - 0.34) < 1e-12)
    #expect(PoissonBinomial([1, 1, 1]).interval == 3...3)
    #expect(PoissonBinomial([]).interval == 0...0)
    #expect(PoissonBinomial([0, 0]).interval == 0...0)
  }

  @Test("Many things: the approximation carries on from the exact sum")
  func many() {
    let probabilities = (0..<4000).map { Double($0 % 97) / 970 }
    let exact = PoissonBinomial(probabilities).interval
    let approximate = PoissonBinomial(probabilities + Array(repeating: 0, count: 1)).interval
    #expect(abs(exact.lowerBound - approximate.lowerBound) <= 1)
    #expect(abs(exact.upperBound - approximate.upperBound) <= 1)
  }
}
